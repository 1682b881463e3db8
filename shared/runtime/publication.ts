/**
 * What a sharer says of a share, revision after revision: signed, kept, told to the peers and the trackers, in that
 * order. Attachments are only ever added, so a number names the same one for good.
 */
import { concat, equalBytes, type Bytes } from '../base/bytes.ts';
import { assert } from '../base/result.ts';
import { base64url } from '../base/text.ts';
import { openPart, sealAttachment, type AttachmentEntry, type AttachmentForm } from '../protocol/attachment.ts';
import {
	makeDescriptor, openDescriptor, readDescriptor, type ClearDescriptor, type DescriptorDraft,
} from '../protocol/descriptor.ts';
import type { AttachmentKind, DescriptorBody } from '../protocol/descriptor-body.ts';
import type { LinkKeys, ShareKeys } from '../protocol/keys.ts';
import { treeRoot } from '../protocol/merkle.ts';
import type { PartStore } from '../ports/part-store.ts';
import type { Crypto } from '../protocol/primitives.ts';

/** Content to attach. */
export interface NewAttachment {
	readonly kind: AttachmentKind;
	readonly form: AttachmentForm;
	readonly type?: string;
	readonly content: Bytes;
}

/** What a publication is made of. */
export interface PublicationInit {
	readonly crypto: Crypto;
	readonly keys: { readonly share: ShareKeys; readonly link: LinkKeys };
	readonly contentKey: Bytes;
	readonly size: number;
	readonly parts: PartStore;
	/** Keeps a new descriptor, then makes it known. */
	readonly publish: (descriptor: ClearDescriptor) => Promise<void>;
}

/** Fields of the body that a revision may change. */
export type BodyChange = Partial<Pick<DescriptorBody, 'title' | 'durationSec' | 'tracks'>>;

/** The descriptors of one share. */
export class Publication {
	readonly #init: PublicationInit;
	/** What is in force. */
	#latest: ClearDescriptor | undefined;
	#root: Bytes | undefined;
	#entries: readonly AttachmentEntry[] = [];
	#body: DescriptorBody;
	/** Revisions are made one after the other. */
	#last: Promise<unknown> = Promise.resolve();

	constructor(init: PublicationInit, about: { readonly title: string; readonly type: string }) {
		this.#init = init;
		const access = { type: 'open' as const, contentKey: base64url(init.contentKey) };
		this.#body = { ...about, tracks: [], attachments: [], access };
	}

	/** Goes on from the descriptor of a former visit. False when it is not ours to go on from. */
	async resume(bytes: Bytes): Promise<boolean> {
		const { crypto, keys } = this.#init;
		const clear = await readDescriptor(crypto, keys.share.id, bytes);
		if (!clear.ok) return false;
		if (clear.value.state === 'revoked') {
			this.#latest = clear.value;
			return true;
		}
		const body = await openDescriptor(crypto, clear.value, keys.link.descriptor);
		if (!body.ok) return false;
		this.#latest = clear.value;
		this.#root = clear.value.root;
		this.#entries = clear.value.attachments;
		this.#body = body.value;
		return true;
	}

	get body(): DescriptorBody { return this.#body; }
	get revision(): number { return this.#latest?.revision ?? 0; }
	/** The newest descriptor: undefined before the first. */
	get latest(): ClearDescriptor | undefined { return this.#latest; }
	/** Once sealed. */
	get root(): Bytes | undefined { return this.#root; }
	has(kind: AttachmentKind): boolean { return this.#body.attachments.some((attachment) => attachment.kind === kind); }

	/** Once sealed: the published list of group roots. Undefined when it is not kept whole, or leads to another root. */
	async groupRoots(): Promise<Bytes | undefined> {
		const roots = this.#root && await this.content('roots');
		if (!roots || !this.#root) return undefined;
		const { crypto } = this.#init;
		return equalBytes(treeRoot(roots.bytes, (bytes) => crypto.sha256Now(bytes)), this.#root) ? roots.bytes : undefined;
	}

	/** An attachment as it was given, from the parts that were kept. Undefined when there is none, or not all of it. */
	async content(kind: AttachmentKind): Promise<{ readonly bytes: Bytes; readonly type: string } | undefined> {
		const number = this.#body.attachments.findIndex((attachment) => attachment.kind === kind);
		const entry = this.#entries[number];
		if (!entry) return undefined;
		const plain = await Promise.all(Array.from({ length: entry.parts }, (_, part) => this.#open(entry, number, part)));
		const bytes = concat(...plain.filter((part) => part !== undefined));
		const type = this.#body.attachments[number]?.type ?? '';
		return bytes.length === entry.contentBytes ? { bytes, type } : undefined;
	}

	/** The first descriptor, or one with other words. */
	async revise(change: BodyChange): Promise<void> { await this.#inTurn(() => this.#publish(change, [])); }

	/**
	 * One revision with these attachments, and what they change in the body. False when their parts cannot be kept: then
	 * nothing is told of them, for viewers would wait for them in vain.
	 */
	attach(attachments: readonly NewAttachment[], change: BodyChange = {}): Promise<boolean> {
		return this.#inTurn(() => this.#publish(change, attachments));
	}

	/** The whole stream is hashed: size and root are final, and the list of group roots is told. False as above. */
	seal(root: Bytes, groupRoots: Bytes): Promise<boolean> {
		return this.#inTurn(async () => {
			this.#root = root;
			const kept = await this.#publish({}, this.has('roots') ? [] : [{ kind: 'roots', form: 'clear', content: groupRoots }]);
			if (!kept) this.#root = undefined;
			return kept;
		});
	}

	/** The last revision: the share is stopped for good. Twice is once. */
	revoke(): Promise<void> {
		return this.#inTurn(async () => {
			if (!this.#isRevoked) await this.#sign({ state: 'revoked', revision: this.revision + 1 });
		});
	}

	/** Settles when all that was asked so far is published. */
	async settled(): Promise<void> { await this.#last; }

	get #isRevoked(): boolean { return this.#latest?.state === 'revoked'; }

	async #publish(change: BodyChange, added: readonly NewAttachment[]): Promise<boolean> {
		if (this.#isRevoked) return true;
		const since = this.revision + 1;
		const entries = [...this.#entries];
		for (const attachment of added) {
			const entry = await this.#seal(attachment, entries.length, since);
			if (!entry) return false;
			entries.push(entry);
		}
		const about = added.map(({ kind, type }) => ({ kind, ...(type === undefined ? {} : { type }) }));
		this.#body = { ...this.#body, ...change, attachments: [...this.#body.attachments, ...about] };
		this.#entries = entries;
		const said = { revision: since, size: this.#init.size, attachments: entries, body: this.#body };
		await this.#sign(this.#root ? { ...said, state: 'sealed', root: this.#root } : { ...said, state: 'open' });
		return true;
	}

	async #sign(draft: DescriptorDraft): Promise<void> {
		const made = await makeDescriptor(this.#init.crypto, draft, this.#init.keys);
		assert(made.ok, 'a title and a few attachments fit a descriptor');
		this.#latest = made.value;
		await this.#init.publish(made.value);
	}

	/** Seals content and keeps its parts before anybody hears of them. Undefined when they cannot be kept. */
	async #seal(attachment: NewAttachment, number: number, since: number): Promise<AttachmentEntry | undefined> {
		const { crypto, keys, parts } = this.#init;
		const place = { id: keys.share.id, number, form: attachment.form, since };
		const sealed = await sealAttachment(crypto, keys.link.attachments, place, attachment.content);
		const keep = (of: 'part' | 'list', bytes: readonly Bytes[]) => Promise.all(
			bytes.map((part, k) => parts.put({ attachment: number, since, of, part: k }, part)),
		);
		const kept = await Promise.all([keep('part', sealed.parts), keep('list', sealed.lists)]);
		return kept.flat().every(Boolean) ? sealed.entry : undefined;
	}

	async #open(entry: AttachmentEntry, number: number, part: number): Promise<Bytes | undefined> {
		const { crypto, keys, parts } = this.#init;
		const { form, since } = entry;
		const bytes = await parts.get({ attachment: number, since, of: 'part', part });
		if (!bytes) return undefined;
		const place = { id: keys.share.id, number, form, since, part };
		const opened = await openPart(crypto, keys.link.attachments, place, bytes);
		return opened.ok ? opened.value : undefined;
	}

	#inTurn<T>(task: () => Promise<T>): Promise<T> {
		const turn = this.#last.then(task);
		this.#last = turn.catch(() => undefined); // whoever asked for this turn hears of it; the next one has its own
		return turn;
	}
}
