/**
 * The parts of one share's attachments, a file each, behind their own SHA-256: what a crash tore or a disk spoiled is
 * not here, and is fetched again.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { concat, equalBytes, type Bytes } from '../../shared/base/bytes.ts';
import type { PartStore, StoredPartName } from '../../shared/ports/part-store.ts';
import { HASH_BYTES } from '../../shared/protocol/limits.ts';
import type { Hash } from '../../shared/protocol/merkle.ts';

/** In a directory of their own, made with the first of them. */
export class PartFiles implements PartStore {
	readonly #directory: string;
	readonly #hash: Hash;
	/** On their way to the disk. */
	readonly #writing = new Map<string, Bytes>();

	constructor(directory: string, hash: Hash) {
		this.#directory = directory;
		this.#hash = hash;
	}

	async get(name: StoredPartName): Promise<Bytes | undefined> {
		const file = fileOf(name);
		const writing = this.#writing.get(file);
		if (writing) return writing.slice();
		const found = await readFile(join(this.#directory, file)).catch(() => undefined);
		if (!found) return undefined;
		const bytes = new Uint8Array(found.subarray(HASH_BYTES));
		return equalBytes(this.#hash(bytes), found.subarray(0, HASH_BYTES)) ? bytes : undefined;
	}

	async put(name: StoredPartName, bytes: Bytes): Promise<boolean> {
		const file = fileOf(name);
		const own = bytes.slice();
		this.#writing.set(file, own);
		const isKept = await this.#write(file, own);
		if (this.#writing.get(file) === own) this.#writing.delete(file);
		return isKept;
	}

	async #write(file: string, bytes: Bytes): Promise<boolean> {
		try {
			await mkdir(this.#directory, { recursive: true });
			await writeFile(join(this.#directory, file), concat(this.#hash(bytes), bytes));
			return true;
		} catch {
			return false; // no room, or no directory any more
		}
	}
}

function fileOf({ attachment, since, of, part }: StoredPartName): string {
	return `${attachment}.${since}.${of}.${part}`;
}
