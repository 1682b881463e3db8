/**
 * What a bridge keeps on disk: a directory for each share, with its groups, the parts of its attachments and its
 * descriptor. There is a quota; what was used least recently goes first, whole shares at a time.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from '../../shared/base/bytes.ts';
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { GroupStore, StoreFault } from '../../shared/ports/group-store.ts';
import type { PartStore } from '../../shared/ports/part-store.ts';
import { parseShareId, type Layout, type ShareId } from '../../shared/protocol/ids.ts';
import type { Hash } from '../../shared/protocol/merkle.ts';
import { faultOf } from '../../shared/store/slot-store.ts';
import { lockDirectory, type Unlock } from './directory-lock.ts';
import { syncDirectory } from './disk-file.ts';
import { DiskGroupStore, roomFor } from './disk-group-store.ts';
import { PartFiles } from './part-files.ts';

/** Kept like a part of an attachment, behind its hash. */
const TORRENT_INFO = { attachment: 0, since: 0, of: 'part', part: 0 } as const;

/** How to keep things. */
export interface DiskStoreInit {
	/** Made if it is not there. */
	readonly directory: string;
	/** Bytes of groups, of all shares together. */
	readonly quotaBytes: number;
	readonly hash: Hash;
	/** Room is needed: lets go of a share, so that it can be deleted. False: it is being watched, so take another. */
	readonly letGo: (share: ShareId) => Promise<boolean>;
	/** Milliseconds since 1970. */
	readonly now: () => number;
}

/** What is kept of a share. `bytes`: on disk, or promised to it. */
interface Kept { bytes: number; usedAt: number }

/** Of one process. */
export class DiskStore {
	readonly #init: DiskStoreInit;
	readonly #unlock: Unlock;
	readonly #kept: Map<ShareId, Kept>;
	readonly #parts = new Map<ShareId, PartStore>();
	#making: Promise<unknown> = Promise.resolve();
	#saving: Promise<void> = Promise.resolve();

	private constructor(init: DiskStoreInit, unlock: Unlock, kept: Map<ShareId, Kept>) {
		this.#init = init;
		this.#unlock = unlock;
		this.#kept = kept;
	}

	/** `busy`: another process uses the directory. `gone`: it cannot be used. */
	static async open(init: DiskStoreInit): Promise<Result<DiskStore, 'busy' | 'gone'>> {
		try {
			await mkdir(init.directory, { recursive: true });
			const locked = await lockDirectory(init.directory);
			return locked.ok ? ok(new DiskStore(init, locked.value, await keptIn(init.directory))) : locked;
		} catch {
			return fail('gone');
		}
	}

	/** Shares of which something is kept, used least recently first. */
	get shares(): readonly ShareId[] {
		return [...this.#kept].sort(([, a], [, b]) => a.usedAt - b.usedAt).map(([share]) => share);
	}

	/** The groups of a share, with as much room as the quota leaves it. Open once at a time. */
	async openGroups(share: ShareId, layout: Layout): Promise<Result<GroupStore, StoreFault>> {
		const wanted = roomFor(layout.groups);
		const making = this.#making.then(() => this.#makeRoom(share, wanted));
		this.#making = making;
		const maxBytes = await making;
		try {
			const directory = await this.#directoryOf(share);
			return await DiskGroupStore.open(directory, { groups: layout.groups, hash: this.#init.hash, maxBytes });
		} catch (error) {
			return fail(faultOf(error));
		}
	}

	/** The parts of a share's attachments. */
	parts(share: ShareId): PartStore {
		let parts = this.#parts.get(share);
		if (!parts) this.#parts.set(share, parts = new PartFiles(join(this.#pathOf(share), 'parts'), this.#init.hash));
		return parts;
	}

	/** What a torrent says of the film; see `torrent/torrents.ts`. */
	torrentInfo(share: ShareId): Promise<Bytes | undefined> { return this.#torrents(share).get(TORRENT_INFO); }
	putTorrentInfo(share: ShareId, info: Bytes): Promise<boolean> {
		return this.#torrents(share).put(TORRENT_INFO, info);
	}

	/** The newest descriptor that was kept. */
	async descriptor(share: ShareId): Promise<Bytes | undefined> {
		const found = await readFile(join(this.#pathOf(share), 'descriptor')).catch(() => undefined);
		return found && new Uint8Array(found);
	}

	/** Replaces it as a whole. One that finds no room is told again by whoever has it. */
	putDescriptor(share: ShareId, bytes: Bytes): Promise<void> {
		return this.#saving = this.#saving.then(() => this.#saveDescriptor(share, bytes));
	}

	/** Somebody uses the share now. */
	async touch(share: ShareId): Promise<void> {
		const kept = this.#kept.get(share);
		if (!kept) return;
		kept.usedAt = this.#init.now();
		const seconds = kept.usedAt / 1000;
		await utimes(this.#pathOf(share), seconds, seconds).catch(() => undefined); // remembered by this process at least
	}

	/** Deletes all that is kept of a share, which is closed. */
	async forget(share: ShareId): Promise<void> {
		this.#kept.delete(share);
		this.#parts.delete(share);
		await rm(this.#pathOf(share), { recursive: true, force: true });
	}

	/** When all shares are closed. */
	async close(): Promise<void> {
		await this.#making;
		await this.#saving;
		await this.#unlock();
	}

	async #saveDescriptor(share: ShareId, bytes: Bytes): Promise<void> {
		try {
			const directory = await this.#directoryOf(share);
			const next = join(directory, 'descriptor.next');
			const file = await open(next, 'w');
			await file.writeFile(bytes);
			await file.datasync();
			await file.close();
			await rename(next, join(directory, 'descriptor'));
			await syncDirectory(directory);
		} catch {
			// No room, or the share was deleted meanwhile.
		}
	}

	/** Deletes shares until `wanted` bytes fit, or none is left that may go. Gives the bytes there are. */
	async #makeRoom(share: ShareId, wanted: number): Promise<number> {
		for (const other of this.shares) {
			if (this.#roomBeside(share) >= wanted) break;
			if (other !== share && await this.#init.letGo(other)) await this.forget(other);
		}
		const bytes = Math.max(0, Math.min(wanted, this.#roomBeside(share)));
		this.#kept.set(share, { bytes, usedAt: this.#init.now() });
		return bytes;
	}

	#roomBeside(share: ShareId): number {
		let others = 0;
		for (const [other, { bytes }] of this.#kept) if (other !== share) others += bytes;
		return this.#init.quotaBytes - others;
	}

	async #directoryOf(share: ShareId): Promise<string> {
		const directory = this.#pathOf(share);
		if (await mkdir(directory, { recursive: true }) !== undefined) await syncDirectory(this.#init.directory);
		if (!this.#kept.has(share)) this.#kept.set(share, { bytes: 0, usedAt: this.#init.now() });
		return directory;
	}

	#torrents(share: ShareId): PartFiles {
		return new PartFiles(join(this.#pathOf(share), 'torrent'), this.#init.hash);
	}

	#pathOf(share: ShareId): string { return join(this.#init.directory, share); }
}

async function keptIn(directory: string): Promise<Map<ShareId, Kept>> {
	const kept = new Map<ShareId, Kept>();
	for (const name of await readdir(directory)) {
		const share = parseShareId(name);
		if (!share) continue;
		const { mtimeMs } = await stat(join(directory, name));
		const slots = await stat(join(directory, name, 'slots')).catch(() => undefined);
		kept.set(share, { bytes: slots?.size ?? 0, usedAt: mtimeMs });
	}
	return kept;
}
