/**
 * The sealed root wins. Groups that were proved by signatures of the time the share was open are compared with the list
 * of group roots once it is at hand; one that differs is not of this film, whoever passed it on (PROTOCOL.md §4).
 */
import { equalBytes, type Bytes } from '../base/bytes.ts';
import type { ClearDescriptor } from '../protocol/descriptor.ts';
import { Layout } from '../protocol/ids.ts';
import { HASH_BYTES } from '../protocol/limits.ts';
import { treeRoot, type Hash } from '../protocol/merkle.ts';
import type { Attachments } from './attachments.ts';

/** The group roots of one share. */
export class SealedRoots {
	#roots: Bytes | undefined;
	/** Of groups that a signature proved while there was nothing to compare them with. */
	#signed = new Map<number, Bytes>();

	get isKnown(): boolean { return this.#roots !== undefined; }

	/** A signature proved a group to have this root. False: it is not the sealed film's. */
	fits(group: number, root: Bytes): boolean {
		if (this.#roots) return equalBytes(root, rootAt(this.#roots, group));
		this.#signed.set(group, root);
		return true;
	}

	/** The list is at hand. Says which groups proved so far differ from it. */
	learn(roots: Bytes): number[] {
		this.#roots = roots;
		const differing = [...this.#signed].filter(([group, root]) => !equalBytes(root, rootAt(roots, group)));
		this.#signed = new Map();
		return differing.map(([group]) => group);
	}
}

/** The list a sealed descriptor leads to: whichever clear attachment has its root. Undefined when it is not here. */
export async function sealedRoots(
	attachments: Pick<Attachments, 'read'>, descriptor: ClearDescriptor, hash: Hash,
): Promise<Bytes | undefined> {
	const { root, size } = descriptor;
	if (!root) return undefined;
	const length = new Layout(size).groups * HASH_BYTES;
	for (const [number, entry] of descriptor.attachments.entries()) {
		if (entry.form !== 'clear' || entry.contentBytes !== length) continue;
		const content = await attachments.read(number, { from: 0, to: length }, new Uint8Array(0));
		if (content.ok && equalBytes(treeRoot(content.value, hash), root)) return content.value;
	}
	return undefined;
}

function rootAt(roots: Bytes, group: number): Bytes {
	return roots.subarray(group * HASH_BYTES, (group + 1) * HASH_BYTES);
}
