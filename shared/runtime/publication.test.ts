import { expect, test } from 'vitest';
import type { Bytes } from '../base/bytes.ts';
import type { StoredPartName } from '../ports/part-store.ts';
import type { ClearDescriptor } from '../protocol/descriptor.ts';
import { deriveLinkKeys, makeShareKeys } from '../protocol/keys.ts';
import { GROUP_BYTES, HASH_BYTES, PART_BYTES } from '../protocol/limits.ts';
import { treeRoot } from '../protocol/merkle.ts';
import { someBytes, testCrypto } from '../testkit/test-crypto.ts';
import { Publication } from './publication.ts';

const crypto = testCrypto(3);
const keys = { share: await makeShareKeys(crypto), link: await deriveLinkKeys(crypto, someBytes(32, 1)) };
/** More roots than one part of an attachment holds. */
const GROUPS = PART_BYTES / HASH_BYTES + 9;
const ROOTS = someBytes(GROUPS * HASH_BYTES, 2);

/** A share's parts and descriptors, which outlive a visit. */
function device() {
	const kept = new Map<string, Bytes>();
	const published: ClearDescriptor[] = [];
	const its = { isFull: false };
	const keyOf = ({ attachment, since, of, part }: StoredPartName) => [attachment, since, of, part].join();
	const visit = () => new Publication({
		crypto, keys, contentKey: someBytes(32, 4), size: GROUPS * GROUP_BYTES,
		parts: {
			get: (name) => Promise.resolve(kept.get(keyOf(name))),
			put: (name, bytes) => {
				if (!its.isFull) kept.set(keyOf(name), bytes);
				return Promise.resolve(!its.isFull);
			},
		},
		publish: (descriptor) => Promise.resolve(void published.push(descriptor)),
	}, { title: 'Lake', type: 'video/mp4' });
	return { kept, published, visit, its };
}

/** A share that was sealed, as a later visit finds it. */
async function sealed(root = treeRoot(ROOTS, crypto.sha256Now)) {
	const its = device();
	const first = its.visit();
	await first.revise({});
	await first.seal(root, ROOTS);
	const later = its.visit();
	expect(await later.resume(its.published.at(-1)!.bytes)).toBe(true);
	return { ...its, later };
}

test('a later visit of a sealed share knows the roots of all its groups', async () => {
	const { later } = await sealed();
	expect(await later.groupRoots()).toEqual(ROOTS);
});

test('roots of which a part is lost, or that lead to another root, are not believed', async () => {
	const { later, kept } = await sealed();
	const [first = ''] = kept.keys();
	kept.delete(first);
	expect(await later.groupRoots()).toBeUndefined();
	expect(await (await sealed(someBytes(32, 9))).later.groupRoots()).toBeUndefined();
});

test('what cannot be kept is not told', async () => {
	const { published, its, visit } = device();
	const publication = visit();
	await publication.revise({});
	its.isFull = true;
	expect(await publication.attach([{ kind: 'poster', form: 'sealed', content: someBytes(20_000, 5) }])).toBe(false);
	expect(await publication.seal(treeRoot(ROOTS, crypto.sha256Now), ROOTS)).toBe(false);
	expect([publication.has('poster'), publication.root, published.length]).toEqual([false, undefined, 1]);
});

test('a later visit has what was attached, unless a part of it is lost', async () => {
	const { published, kept, visit } = device();
	const first = visit();
	await first.attach([{ kind: 'poster', form: 'sealed', type: 'image/webp', content: someBytes(20_000, 5) }]);
	const later = visit();
	await later.resume(published.at(-1)!.bytes);
	expect(await later.content('poster')).toEqual({ bytes: someBytes(20_000, 5), type: 'image/webp' });
	expect(await later.content('index')).toBeUndefined();
	const [part = ''] = kept.keys();
	kept.delete(part);
	expect(await later.content('poster')).toBeUndefined();
});

test('an open share has no list of group roots', async () => {
	const publication = device().visit();
	await publication.revise({});
	expect(await publication.groupRoots()).toBeUndefined();
});

test('a share is revoked once, after all that was asked before, and nothing comes after that', async () => {
	const { visit, published } = device();
	const publication = visit();
	void publication.revise({ title: 'Sea' });
	void publication.revoke();
	void publication.revise({ title: 'Pond' });
	void publication.revoke();
	await publication.settled();
	const states = () => published.map(({ revision, state }) => [revision, state]);
	expect(states()).toEqual([[1, 'open'], [2, 'revoked']]);
	const later = visit();
	expect(await later.resume(published[1]!.bytes)).toBe(true);
	await later.revoke();
	expect([states().length, later.latest?.state]).toEqual([2, 'revoked']);
});
