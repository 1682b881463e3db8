/**
 * A sharer's groups: read from the film, encrypted, hashed, and signed the first time somebody needs them. One group is
 * certified once, ever: what was signed is kept before it is sent, and a film that no longer matches is not shared on.
 * Once the film is sealed its tree certifies every group, and nothing has to be signed or kept any more.
 */
import { equalBytes, type Bytes } from '../base/bytes.ts';
import { BitSet } from '../base/bit-set.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { pathCertificate, signGroup } from '../protocol/certificate.ts';
import type { Layout } from '../protocol/ids.ts';
import type { ShareKeys } from '../protocol/keys.ts';
import { groupRoot, type GroupTree } from '../protocol/merkle.ts';
import { CHUNK_SET_BYTES, type Certificate } from '../protocol/peer-message.ts';
import type { Crypto } from '../protocol/primitives.ts';
import type { LoadedGroup } from '../ports/film-source.ts';
import type { GroupStore, Inventory, StoredGroup, StoreFault } from '../ports/group-store.ts';

/** A group's root and the signature over it. */
export interface CertifiedGroup { readonly root: Bytes; readonly signature: Bytes }

/** What a sharer's store is made of. */
export interface CertifyingInit {
	readonly crypto: Crypto;
	readonly keys: ShareKeys;
	readonly layout: Layout;
	readonly load: (group: number) => Promise<Result<LoadedGroup, StoreFault>>;
	/** The tree of the sealed film, once its root has been told: those who know it take paths. */
	readonly tree: () => GroupTree | undefined;
	/** What was certified in former visits and so far; undefined for a group that never was. */
	readonly certified: (group: number) => Promise<CertifiedGroup | undefined>;
	/** The root that the sealing pass found for a group; undefined before it came there. Another one is never signed. */
	readonly found: (group: number) => Bytes | undefined;
	/** Settles once a crash cannot lose it. */
	readonly keep: (group: number, certified: CertifiedGroup) => Promise<Result<void, StoreFault>>;
	/** A group no longer matches what was signed. */
	readonly changed: () => void;
}

/** The groups of a film on this device. Nothing is ever written to it. */
export class CertifyingStore implements GroupStore {
	readonly #init: CertifyingInit;
	readonly #certifying = new Map<number, Promise<Result<CertifiedGroup, StoreFault>>>();

	constructor(init: CertifyingInit) { this.#init = init; }

	inventory(): Promise<Result<Inventory, StoreFault>> {
		return Promise.resolve(ok({ whole: BitSet.full(this.#init.layout.groups).bytes(), partial: new Map() }));
	}

	async read(group: number): Promise<Result<StoredGroup | undefined, StoreFault>> {
		const loaded = await this.#init.load(group);
		if (!loaded.ok) return loaded;
		const { bytes, leaves } = loaded.value;
		const certificate = await this.#certificateOf(group, leaves);
		if (!certificate.ok) return certificate;
		return ok(wholeGroup(this.#init.layout, group, { bytes, leaves, certificate: certificate.value }));
	}

	write(): Promise<Result<void, StoreFault>> { return Promise.resolve(ok(undefined)); }
	remove(): Promise<Result<void, StoreFault>> { return Promise.resolve(ok(undefined)); }

	close(): Promise<void> { return Promise.resolve(); }

	async #certificateOf(group: number, leaves: Bytes): Promise<Result<Certificate, StoreFault>> {
		const root = groupRoot(leaves, this.#init.crypto.sha256Now);
		const tree = this.#init.tree();
		const found = tree?.groupRoot(group) ?? this.#init.found(group);
		if (found && !equalBytes(found, root)) return this.#changed();
		if (tree) return ok(pathCertificate(tree.path(group)));
		const certified = await this.#certify(group, leaves, root);
		if (!certified.ok) return certified;
		const { signature, root: signed } = certified.value; // perhaps by another reader of the same group
		return equalBytes(signed, root) ? ok({ form: 'signature', bytes: signature }) : this.#changed();
	}

	#changed(): Result<never, StoreFault> {
		this.#init.changed();
		return fail('changed');
	}

	/** Two readers of one group wait for the same signature. */
	#certify(group: number, leaves: Bytes, root: Bytes): Promise<Result<CertifiedGroup, StoreFault>> {
		let certifying = this.#certifying.get(group);
		if (!certifying) {
			certifying = this.#certifyOnce(group, leaves, root).finally(() => this.#certifying.delete(group));
			this.#certifying.set(group, certifying);
		}
		return certifying;
	}

	async #certifyOnce(group: number, leaves: Bytes, root: Bytes): Promise<Result<CertifiedGroup, StoreFault>> {
		const before = await this.#init.certified(group);
		if (before) return ok(before);
		const { bytes: signature } = await signGroup(this.#init.crypto, this.#init.keys, group, leaves);
		const kept = await this.#init.keep(group, { root, signature });
		return kept.ok ? ok({ root, signature }) : kept;
	}
}

/** A group of which all is here. */
export function wholeGroup(layout: Layout, group: number, parts: Omit<StoredGroup, 'held'>): StoredGroup {
	const held = new Uint8Array(CHUNK_SET_BYTES);
	held.set(BitSet.full(layout.chunksIn(group)).bytes());
	return { ...parts, held };
}
