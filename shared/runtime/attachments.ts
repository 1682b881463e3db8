/**
 * The attachments of one share: parts come from peers or the store, are checked against the descriptor, and are kept.
 */
import type { Bytes } from '../base/bytes.ts';
import { defer, type Deferred } from '../base/deferred.ts';
import { fail, ok, type Result } from '../base/result.ts';
import {
	checkList, checkPart, listCount, listOf, openPart, partHash, partsCovering, plainPartBytes, type AttachmentEntry,
} from '../protocol/attachment.ts';
import type { ClearDescriptor } from '../protocol/descriptor.ts';
import type { Crypto } from '../protocol/primitives.ts';
import type { PartName } from '../engine/events.ts';
import type { PartStore } from '../ports/part-store.ts';

/**
 * Why content of an attachment did not come. `no-such`: it has no such bytes. `replaced`: a newer descriptor has
 * another one in its place. `forged`: what came was hashed right but sealed for another place or key.
 */
export type AttachmentFault = 'closed' | 'no-such' | 'replaced' | 'forged';

/** Parts being fetched at once for one read, and in the background. */
const FETCHED_AT_ONCE = 8;

interface Awaited extends Deferred<Bytes | undefined> { readonly attachment: number; readonly since: number }

/** Attachments of the newest descriptor. */
export class Attachments {
	readonly #crypto: Crypto;
	readonly #store: PartStore;
	readonly #ask: (part: PartName) => void;
	#descriptor: ClearDescriptor | undefined;
	readonly #waiting = new Map<string, Awaited>();
	/** The list that was used last: parts are read in order, and asking the store for it each time costs milliseconds. */
	#list: { readonly key: string; readonly bytes: Bytes } | undefined;
	#closed = false;

	/** @param ask - wants a part of the swarm; {@link check} is called with what comes */
	constructor(crypto: Crypto, store: PartStore, ask: (part: PartName) => void) {
		this.#crypto = crypto;
		this.#store = store;
		this.#ask = ask;
	}

	/** A newer descriptor: attachments may have been added or replaced. Nobody waits any longer for what was replaced. */
	describe(descriptor: ClearDescriptor): void {
		this.#descriptor = descriptor;
		for (const [key, waiting] of this.#waiting) {
			if (descriptor.attachments[waiting.attachment]?.since === waiting.since) continue;
			this.#waiting.delete(key);
			waiting.resolve(undefined);
		}
	}

	/** A part that a neighbour asks for; undefined when it is not here. */
	async serve(name: PartName): Promise<Bytes | undefined> {
		const entry = this.#descriptor?.attachments[name.attachment];
		return entry && this.#store.get({ ...name, since: entry.since });
	}

	/** Whether bytes that came are that part. If so they are kept, and whoever waited gets them. */
	async check(name: PartName, bytes: Bytes): Promise<boolean> {
		const entry = this.#descriptor?.attachments[name.attachment];
		if (!entry) return true; // of a descriptor that is newer than ours: nobody is to blame
		if (!await this.#fits(entry, name, bytes)) return false;
		void this.#store.put({ ...name, since: entry.since }, bytes); // found by any `get` from now on
		this.#waiting.get(keyOf(name, entry.since))?.resolve(bytes);
		this.#waiting.delete(keyOf(name, entry.since));
		return true;
	}

	/**
	 * Bytes `from` to `to` - 1 of an attachment's content, plain.
	 *
	 * @param key - the attachment key; for clear attachments any
	 */
	async read(
		attachment: number, range: { readonly from: number; readonly to: number }, key: Bytes,
	): Promise<Result<Bytes, AttachmentFault>> {
		const entry = this.#descriptor?.attachments[attachment];
		const id = this.#descriptor?.id;
		if (!entry || !id || range.to > entry.contentBytes) return fail('no-such');
		const { first, end } = partsCovering(entry.form, range.from, range.to);
		const fetched = await this.#fetch(attachment, { first, end });
		const size = plainPartBytes(entry.form);
		const content = new Uint8Array(range.to - range.from);
		for (let part = first; part < end; part++) {
			const bytes = fetched[part - first];
			if (!bytes) return fail(this.#closed ? 'closed' : 'replaced');
			const place = { id, number: attachment, form: entry.form, since: entry.since, part };
			const plain = await openPart(this.#crypto, key, place, bytes);
			if (!plain.ok) return fail('forged');
			const skip = Math.max(0, range.from - part * size);
			content.set(plain.value.subarray(skip, range.to - part * size), part * size + skip - range.from);
		}
		return ok(content);
	}

	/** Fetches every part of every attachment that is not here. True when all are. */
	async fetchAll(): Promise<boolean> {
		const entries = this.#descriptor?.attachments ?? [];
		for (const [attachment, entry] of entries.entries()) {
			for (let first = 0; first < entry.parts; first += FETCHED_AT_ONCE) {
				const fetched = await this.#fetch(attachment, { first, end: Math.min(entry.parts, first + FETCHED_AT_ONCE) });
				if (fetched.includes(undefined)) return false;
			}
		}
		return !this.#closed;
	}

	/** Nothing more will come. */
	close(): void {
		this.#closed = true;
		for (const waiting of this.#waiting.values()) waiting.resolve(undefined);
		this.#waiting.clear();
	}

	/** Parts as they travel, and before them the lists that name them. */
	async #fetch(
		attachment: number, range: { readonly first: number; readonly end: number },
	): Promise<(Bytes | undefined)[]> {
		const entry = this.#descriptor?.attachments[attachment];
		if (!entry) return [undefined];
		if (listCount(entry.parts) > 0) {
			for (let part = listOf(range.first); part <= listOf(range.end - 1); part++) {
				await this.#listOf(entry, { attachment, of: 'list', part });
			}
		}
		const parts = Array.from({ length: range.end - range.first }, (_, k) => range.first + k);
		return Promise.all(parts.map((part) => this.#get(entry, { attachment, of: 'part', part })));
	}

	async #get(entry: AttachmentEntry, name: PartName): Promise<Bytes | undefined> {
		const kept = await this.#store.get({ ...name, since: entry.since });
		if (kept || this.#closed) return kept;
		const key = keyOf(name, entry.since);
		let waiting = this.#waiting.get(key);
		if (!waiting) {
			this.#waiting.set(key, waiting = { ...defer(), attachment: name.attachment, since: entry.since });
			this.#ask(name);
		}
		return waiting.promise;
	}

	/** A list from memory, the store or a peer. */
	async #listOf(entry: AttachmentEntry, name: PartName): Promise<void> {
		if (this.#list?.key !== keyOf(name, entry.since)) await this.#get(entry, name);
	}

	async #keptList(entry: AttachmentEntry, name: PartName): Promise<Bytes | undefined> {
		const key = keyOf(name, entry.since);
		if (this.#list?.key === key) return this.#list.bytes;
		const bytes = await this.#store.get({ ...name, since: entry.since });
		if (bytes) this.#list = { key, bytes };
		return bytes;
	}

	async #fits(entry: AttachmentEntry, name: PartName, bytes: Bytes): Promise<boolean> {
		const hash = (input: Bytes) => this.#crypto.sha256Now(input);
		if (name.of === 'list') return checkList(entry, name.part, bytes, hash);
		const list = listCount(entry.parts) === 0 ? undefined
			: await this.#keptList(entry, { attachment: name.attachment, of: 'list', part: listOf(name.part) });
		const is = partHash(entry, name.part, list);
		return is !== undefined && checkPart(entry, name.part, bytes, { hash, is });
	}
}

function keyOf(name: PartName, since: number): string {
	return `${name.attachment}/${since}/${name.of}/${name.part}`;
}
