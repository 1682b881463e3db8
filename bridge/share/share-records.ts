/**
 * What is kept of films that are shared from this machine's disk, a directory each: keys, description, certificates,
 * roots found so far and attachments. Whoever can read it is the sharer, so it is readable by its owner alone.
 */
import { mkdir, open, readdir, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { concat, equalBytes, type Bytes } from '../../shared/base/bytes.ts';
import { fail, ok, type Result } from '../../shared/base/result.ts';
import { base64url, fromBase64url } from '../../shared/base/text.ts';
import type { StoreFault } from '../../shared/ports/group-store.ts';
import type { PartStore } from '../../shared/ports/part-store.ts';
import { parseShareId, type ShareId } from '../../shared/protocol/ids.ts';
import { KEY_BYTES } from '../../shared/protocol/keys.ts';
import { HASH_BYTES } from '../../shared/protocol/limits.ts';
import type { Hash } from '../../shared/protocol/merkle.ts';
import type { CertifiedGroup } from '../../shared/runtime/certifying-store.ts';
import type { RootRecords } from '../../shared/runtime/sealing.ts';
import { syncDirectory } from '../store/disk-file.ts';
import { PartFiles } from '../store/part-files.ts';

/** A film that is shared. `path`: where it was last. */
export interface ShareRecord {
	readonly id: ShareId;
	readonly secretKey: Bytes;
	readonly linkKey: Bytes;
	readonly contentKey: Bytes;
	readonly path: string;
	readonly size: number;
	readonly modifiedMs: number;
}

/** Bytes of a signature, of a group's number, and of the check of a line. */
const SIGNATURE_BYTES = 64;
const NUMBER_BYTES = 4;
const CHECK_BYTES = 4;
const LINE_BYTES = NUMBER_BYTES + HASH_BYTES + SIGNATURE_BYTES + CHECK_BYTES;

/** All shares in a folder. Those that cannot be read are as if they were not there. */
export async function findShares(folder: string): Promise<readonly ShareRecord[]> {
	const names = await readdir(folder).catch(() => []);
	const records = await Promise.all(names.map(async (name) => {
		const id = parseShareId(name);
		return id && readRecord(join(folder, name), id);
	}));
	return records.filter((record) => record !== undefined);
}

/** One share's directory. */
export class ShareFiles implements RootRecords {
	readonly parts: PartStore;
	readonly #directory: string;
	readonly #hash: Hash;
	readonly #certified = new Map<number, CertifiedGroup>();
	#lines: FileHandle | undefined;
	#lastLine: Promise<unknown> = Promise.resolve();

	private constructor(directory: string, hash: Hash) {
		this.#directory = directory;
		this.#hash = hash;
		this.parts = new PartFiles(join(directory, 'parts'), hash);
	}

	/** Opens a share's directory, and makes it if it is not there. @throws what the system throws */
	static async open(directory: string, hash: Hash): Promise<ShareFiles> {
		await mkdir(directory, { recursive: true, mode: 0o700 });
		const files = new ShareFiles(directory, hash);
		await files.#readLines();
		return files;
	}

	/** To be called before the link is given out: a crash would make it an orphan. @throws what the system throws */
	async putRecord({ secretKey, linkKey, contentKey, path, size, modifiedMs }: ShareRecord): Promise<void> {
		const [secret, link, content] = [secretKey, linkKey, contentKey].map(base64url);
		await this.#replace('share.json', `${JSON.stringify({ secret, link, content, path, size, modifiedMs })}\n`);
	}

	/** The newest descriptor. */
	descriptor(): Promise<Bytes | undefined> { return this.#read('descriptor'); }
	/** @throws what the system throws */
	putDescriptor(descriptor: Bytes): Promise<void> { return this.#replace('descriptor', descriptor); }

	/** What was certified of a group, now or in former visits. */
	certified(group: number): CertifiedGroup | undefined { return this.#certified.get(group); }
	/** Groups that were certified, ascending. */
	get certifiedGroups(): number[] { return [...this.#certified.keys()].sort((one, other) => one - other); }

	/** Settles once a crash cannot lose it. Those that come while the disk is busy go to it together. */
	async putCertified(group: number, certified: CertifiedGroup): Promise<Result<void, StoreFault>> {
		const line = this.#lineOf(group, certified);
		const written = this.#lastLine.then(() => this.#lines?.write(line));
		this.#lastLine = written.catch(() => undefined);
		try {
			await written;
			await this.#lines?.datasync();
		} catch {
			return fail('full');
		}
		this.#certified.set(group, certified);
		return ok(undefined);
	}

	certifiedIn(_: ShareId, from: number, to: number): Promise<ReadonlyMap<number, CertifiedGroup>> {
		return Promise.resolve(new Map([...this.#certified].filter(([group]) => group >= from && group < to)));
	}

	async foundRoots(): Promise<Bytes> {
		const roots = await this.#read('found') ?? new Uint8Array(0);
		return roots.slice(0, roots.length - (roots.length % HASH_BYTES));
	}

	/** What cannot be kept is found again in a later visit. */
	async putFoundRoots(_: ShareId, first: number, roots: Bytes): Promise<void> {
		const file = await open(join(this.#directory, 'found'), first === 0 ? 'w' : 'r+', 0o600).catch(() => undefined);
		await file?.write(roots, 0, roots.length, first * HASH_BYTES).catch(() => undefined);
		await file?.close();
	}

	forgetFoundRoots(): Promise<void> { return rm(join(this.#directory, 'found'), { force: true }); }

	/** Gives its files back. */
	async close(): Promise<void> {
		await this.#lastLine;
		await this.#lines?.close();
		this.#lines = undefined;
	}

	/** Deletes all of it. */
	async remove(): Promise<void> {
		await this.close();
		await rm(this.#directory, { recursive: true, force: true });
	}

	/** Lines that a crash tore, and all after them, are no lines. */
	async #readLines(): Promise<void> {
		this.#lines = await open(join(this.#directory, 'certified'), 'a+', 0o600);
		const bytes = await this.#read('certified') ?? new Uint8Array(0);
		let whole = 0;
		for (; whole + LINE_BYTES <= bytes.length; whole += LINE_BYTES) {
			const line = bytes.slice(whole, whole + LINE_BYTES);
			const root = line.slice(NUMBER_BYTES, NUMBER_BYTES + HASH_BYTES);
			const signature = line.slice(NUMBER_BYTES + HASH_BYTES, LINE_BYTES - CHECK_BYTES);
			const group = new DataView(line.buffer).getUint32(0);
			if (!equalBytes(line, this.#lineOf(group, { root, signature }))) break;
			this.#certified.set(group, { root, signature });
		}
		if (whole < bytes.length) await this.#lines.truncate(whole);
	}

	#lineOf(group: number, { root, signature }: CertifiedGroup): Bytes {
		const number = new Uint8Array(NUMBER_BYTES);
		new DataView(number.buffer).setUint32(0, group);
		const line = concat(number, root, signature);
		return concat(line, this.#hash(line).subarray(0, CHECK_BYTES));
	}

	async #read(name: string): Promise<Bytes | undefined> {
		const found = await readFile(join(this.#directory, name)).catch(() => undefined);
		return found && new Uint8Array(found);
	}

	/** All old or all new, whatever happens in between. */
	async #replace(name: string, content: Bytes | string): Promise<void> {
		const path = join(this.#directory, name);
		const file = await open(`${path}.new`, 'w', 0o600);
		try {
			await file.writeFile(content);
			await file.datasync();
		} finally {
			await file.close();
		}
		await rename(`${path}.new`, path);
		await syncDirectory(this.#directory);
	}
}

async function readRecord(directory: string, id: ShareId): Promise<ShareRecord | undefined> {
	try {
		const text = await readFile(join(directory, 'share.json'), 'utf8');
		const read = JSON.parse(text) as Readonly<Record<string, unknown>>;
		const keys = [read.secret, read.link, read.content].map((key) => fromBase64url(String(key)));
		const [secretKey, linkKey, contentKey] = keys;
		const { path, size, modifiedMs } = read;
		if (!keys.every((key) => key?.length === KEY_BYTES)) return undefined;
		if (typeof path !== 'string' || typeof size !== 'number' || typeof modifiedMs !== 'number') return undefined;
		return secretKey && linkKey && contentKey && { id, secretKey, linkKey, contentKey, path, size, modifiedMs };
	} catch {
		return undefined; // not a share's, or torn by something else than us
	}
}
