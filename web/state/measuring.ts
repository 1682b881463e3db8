/**
 * Measures what this browser can do, by the parts that films go through: hashing, encryption, the store, a data channel
 * between two ends in this page, and two whole peers on such a channel.
 */
import type { Bytes } from '../../shared/base/bytes.ts';
import type { Ms } from '../../shared/base/units.ts';
import { BitSet } from '../../shared/base/bit-set.ts';
import type { LoadedGroup } from '../../shared/ports/film-source.ts';
import type { GroupStore, StoredGroup } from '../../shared/ports/group-store.ts';
import { signGroup } from '../../shared/protocol/certificate.ts';
import { Layout } from '../../shared/protocol/ids.ts';
import { KEY_BYTES, makeShareKeys, type ShareKeys } from '../../shared/protocol/keys.ts';
import { CHUNK_BYTES, GROUP_BYTES, GROUP_CHUNKS } from '../../shared/protocol/limits.ts';
import { hashLeaf } from '../../shared/protocol/merkle.ts';
import { CHUNK_SET_BYTES } from '../../shared/protocol/peer-message.ts';
import type { Crypto } from '../../shared/protocol/primitives.ts';
import { encryptGroup } from '../../shared/runtime/load-group.ts';
import { deleteKept, openGroupStore } from '../peer/open-group-store.ts';
import type { MeasuredView, Measurement } from './app-view.ts';
import { channelRate, engineRate } from './measuring-pair.ts';
import type { PageParts } from './page-context.ts';

/** What is quick goes on for so long. */
const ROUNDS_MS: Ms = 400;

/** What is written to the store, and read back. */
const STORED_GROUPS = 16;

/** A group of a film nobody knows, as it is kept. */
interface Sample { readonly keys: ShareKeys; readonly stored: StoredGroup }

type Parts = Pick<PageParts, 'crypto' | 'clock' | 'rng'>;

/** One after the other; each is told when it is there. What goes wrong has no rate. */
export async function measure(parts: Parts, tell: (measured: MeasuredView) => void): Promise<void> {
	const { crypto } = parts;
	const say = (what: Measurement, bytesPerSec: number | undefined) => tell({ what, bytesPerSec });
	const plain = new Uint8Array(GROUP_BYTES);
	const key = crypto.random(KEY_BYTES);
	const loaded = await encryptGroup(crypto, key, 0, plain);
	say('hash', await rounds(parts, () => hashAll(crypto, loaded.bytes)));
	say('cipher', await rounds(parts, () => crypto.cipher(key, 0, plain)));
	const stored = await storeRates(parts, await sampleOf(crypto, loaded));
	say('write', stored.write);
	say('read', stored.read);
	say('channel', await channelRate(parts).catch(() => undefined));
	say('engine', await engineRate(parts, plain).catch(() => undefined));
}

/** Bytes a second of what takes a group at a time. */
async function rounds({ clock }: Parts, round: () => Promise<unknown>): Promise<number> {
	const from = clock.now();
	let done = 0;
	do {
		await round();
		done += GROUP_BYTES;
	} while (clock.now() - from < ROUNDS_MS);
	return rateOf(done, clock.now() - from);
}

function hashAll(crypto: Crypto, bytes: Bytes): Promise<unknown> {
	return Promise.all(Array.from({ length: GROUP_CHUNKS }, (_, k) => (
		hashLeaf(crypto, bytes.subarray(k * CHUNK_BYTES, (k + 1) * CHUNK_BYTES))
	)));
}

async function sampleOf(crypto: Crypto, { bytes, leaves }: LoadedGroup): Promise<Sample> {
	const keys = await makeShareKeys(crypto);
	const held = new Uint8Array(CHUNK_SET_BYTES);
	held.set(BitSet.full(GROUP_CHUNKS).bytes());
	return { keys, stored: { bytes, held, leaves, certificate: await signGroup(crypto, keys, 0, leaves) } };
}

/** A store of its own, gone afterwards. */
async function storeRates(
	parts: Parts, { keys, stored }: Sample,
): Promise<{ readonly write: number | undefined; readonly read: number | undefined }> {
	const opened = await openGroupStore(keys.id, new Layout(STORED_GROUPS * GROUP_BYTES));
	if (!opened.ok) return { write: undefined, read: undefined };
	const store = opened.value;
	await store.inventory();
	const write = await eachGroup(parts, async (group) => (await store.write(group, stored)).ok);
	const read = write === undefined ? undefined : await eachGroup(parts, (group) => isBack(store, group));
	await store.close();
	await deleteKept(keys.id);
	return { write, read };
}

async function isBack(store: GroupStore, group: number): Promise<boolean> {
	const read = await store.read(group);
	return read.ok && read.value !== undefined;
}

async function eachGroup({ clock }: Parts, act: (group: number) => Promise<boolean>): Promise<number | undefined> {
	const from = clock.now();
	for (let group = 0; group < STORED_GROUPS; group++) if (!await act(group)) return undefined;
	return rateOf(STORED_GROUPS * GROUP_BYTES, clock.now() - from);
}

function rateOf(bytes: number, ms: Ms): number { return (bytes * 1000) / Math.max(1, ms); }
