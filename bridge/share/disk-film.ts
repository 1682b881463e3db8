/**
 * A film on this machine's disk as groups, and as plain bytes. Read when somebody needs them, never kept: its size does
 * not matter. A file that is written to while it is shared is the film no longer.
 */
import { open, type FileHandle } from 'node:fs/promises';
import type { Bytes } from '../../shared/base/bytes.ts';
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { Crypto } from '../../shared/ports/crypto.ts';
import type { FilmSource, LoadedGroup, SealStep } from '../../shared/ports/film-source.ts';
import type { StoreFault } from '../../shared/ports/group-store.ts';
import type { MediaReader } from '../../shared/ports/media-reader.ts';
import { Layout } from '../../shared/protocol/ids.ts';
import { GROUP_BYTES } from '../../shared/protocol/limits.ts';
import { groupRoot } from '../../shared/protocol/merkle.ts';
import { encryptGroup } from '../../shared/runtime/load-group.ts';

/** Why a file cannot be opened. */
export type OpenFault = 'gone' | 'unreadable' | 'not-a-file';

/** An open file. */
export class DiskFilm {
	readonly size: number;
	/** When it was written to last, in milliseconds since 1970. */
	readonly modifiedMs: number;
	readonly #handle: FileHandle;
	#isClosed = false;

	private constructor(handle: FileHandle, stat: { readonly size: number; readonly mtimeMs: number }) {
		this.#handle = handle;
		this.size = stat.size;
		this.modifiedMs = stat.mtimeMs;
	}

	/** Opens a file for reading. */
	static async open(path: string): Promise<Result<DiskFilm, OpenFault>> {
		try {
			const handle = await open(path, 'r');
			const stat = await handle.stat();
			if (stat.isFile()) return ok(new DiskFilm(handle, stat));
			await handle.close();
			return fail('not-a-file');
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			if (code === 'EISDIR') return fail('not-a-file'); // Windows opens no folders
			return fail(code === 'ENOENT' || code === 'ENOTDIR' ? 'gone' : 'unreadable');
		}
	}

	/** Plain bytes, for whoever looks into the container. */
	get reader(): MediaReader {
		return {
			size: this.size,
			read: (offset, length) => ({ bytes: this.read(offset, length), due: () => {}, cancel: () => {} }),
		};
	}

	/** `changed`: it was written to since it was opened. `gone`: it cannot be read any more. */
	async read(offset: number, length: number): Promise<Result<Bytes, 'changed' | 'gone'>> {
		const bytes = new Uint8Array(length);
		try {
			for (let got = 0; got < length;) {
				const { bytesRead } = await this.#handle.read(bytes, got, length - got, offset + got);
				if (bytesRead === 0) return fail('changed');
				got += bytesRead;
			}
			const { size, mtimeMs } = await this.#handle.stat();
			return size === this.size && mtimeMs === this.modifiedMs ? ok(bytes) : fail('changed');
		} catch {
			return fail('gone'); // closed, or its disk was pulled out
		}
	}

	/** What is being read fails with `gone`. Idempotent. */
	async close(): Promise<void> {
		if (this.#isClosed) return;
		this.#isClosed = true;
		await this.#handle.close();
	}
}

/** A film as a sharer gives it. What somebody waits for goes before the pass that seals it. */
export class DiskFilmSource implements FilmSource {
	readonly #film: DiskFilm;
	readonly #crypto: Crypto;
	readonly #contentKey: Bytes;
	readonly #layout: Layout;
	#loading = 0;
	readonly #patient: (() => void)[] = [];

	/** @param contentKey - 32 bytes, of this film alone */
	constructor(film: DiskFilm, crypto: Crypto, contentKey: Bytes) {
		this.#film = film;
		this.#crypto = crypto;
		this.#contentKey = contentKey;
		this.#layout = new Layout(film.size);
	}

	async loadGroup(group: number): Promise<Result<LoadedGroup, StoreFault>> {
		this.#loading += 1;
		const loaded = await this.#load(group);
		this.#loading -= 1;
		if (this.#loading === 0) for (const go of this.#patient.splice(0)) go();
		return loaded;
	}

	async seal(
		first: number, each: (group: number, root: Bytes) => Promise<SealStep>,
	): Promise<Result<void, StoreFault>> {
		for (let group = first; group < this.#layout.groups; group++) {
			while (this.#loading > 0) await new Promise<void>((resolve) => { this.#patient.push(resolve); });
			const loaded = await this.#load(group);
			if (!loaded.ok) return loaded;
			if (await each(group, groupRoot(loaded.value.leaves, this.#crypto.sha256Now)) === 'changed') return fail('changed');
		}
		return ok(undefined);
	}

	async #load(group: number): Promise<Result<LoadedGroup, StoreFault>> {
		const plain = await this.#film.read(group * GROUP_BYTES, this.#layout.bytesIn(group));
		return plain.ok ? ok(await encryptGroup(this.#crypto, this.#contentKey, group, plain.value)) : plain;
	}
}
