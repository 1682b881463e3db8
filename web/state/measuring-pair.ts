/** Two ends of a data channel in one page: how much goes through, bare and between two peers of a share. */
import type { Bytes } from '../../shared/base/bytes.ts';
import { assert, ok } from '../../shared/base/result.ts';
import { base64url } from '../../shared/base/text.ts';
import { SECOND, type Ms } from '../../shared/base/units.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { makeDescriptor } from '../../shared/protocol/descriptor.ts';
import type { DescriptorBody } from '../../shared/protocol/descriptor-body.ts';
import { ID_BYTES, Layout, peerIdFrom, type PeerId, type ShareId } from '../../shared/protocol/ids.ts';
import { deriveLinkKeys, KEY_BYTES, makeShareKeys, type ShareKeys } from '../../shared/protocol/keys.ts';
import { CHUNK_BYTES, GROUP_BYTES } from '../../shared/protocol/limits.ts';
import type { Crypto } from '../../shared/protocol/primitives.ts';
import type { DataChannelTransport } from '../../shared/rtc/data-channel-transport.ts';
import { RtcConnector } from '../../shared/rtc/rtc-connector.ts';
import { CertifyingStore } from '../../shared/runtime/certifying-store.ts';
import { encryptGroup } from '../../shared/runtime/load-group.ts';
import { PeerNode } from '../../shared/runtime/peer-node.ts';
import { freeMemory } from '../peer/free-memory.ts';
import { deleteKept, openGroupStore } from '../peer/open-group-store.ts';
import { makeDataPeer } from '../peer/simple-peer.ts';
import type { PageParts } from './page-context.ts';

type Parts = Pick<PageParts, 'crypto' | 'clock' | 'rng'>;

/** How long messages go, once the channel is open. */
const SEND_MS: Ms = 1000;

/** The film that two peers exchange, and for how long at most. */
const FILM_GROUPS = 24;
const FILM_MS: Ms = 60 * SECOND;

/** Looks between. */
const LOOK_MS: Ms = 10;

const CONNECT_MS: Ms = 12 * SECOND;

/** Bytes a second of 8192-byte messages, with nothing done to them. */
export async function channelRate({ clock }: Parts): Promise<number> {
	const frame = new Uint8Array(CHUNK_BYTES);
	let [received, from, isOver] = [0, 0, false];
	const pump = (near: DataChannelTransport) => { while (!isOver && near.send(frame)); };
	const pair = await connect(clock, {
		near: (near) => near.start({ frame() {}, drained: () => pump(near), closed() {} }),
		far: (far) => far.start({ frame: (bytes) => { received += bytes.length; }, drained() {}, closed() {} }),
	});
	from = clock.now();
	pump(pair.near);
	await until(clock, () => clock.now() - from >= SEND_MS);
	isOver = true;
	const rate = (received * 1000) / (clock.now() - from);
	pair.near.close('done');
	pair.far.close('done');
	return rate;
}

/** Bytes a second from one peer to another: encrypted, certified, sent, checked and stored. */
export async function engineRate(parts: Parts, plain: Bytes): Promise<number> {
	const { crypto, clock } = parts;
	const [keys, contentKey] = [await makeShareKeys(crypto), crypto.random(KEY_BYTES)];
	const layout = new Layout(FILM_GROUPS * GROUP_BYTES);
	const descriptor = await describe(crypto, { keys, contentKey, layout });
	const source = new CertifyingStore({
		crypto, keys, layout, tree: () => undefined,
		load: async (group) => ok(await encryptGroup(crypto, contentKey, group, plain)),
		certified: () => Promise.resolve(undefined), found: () => undefined,
		keep: () => Promise.resolve(ok(undefined)), changed: () => undefined,
	});
	const sharer = peer(parts, keys.id, () => Promise.resolve(ok(source)));
	const viewer = peer(parts, keys.id, (of) => openGroupStore(keys.id, of));
	await sharer.node.describe(descriptor);
	await viewer.node.describe(descriptor);
	viewer.node.setBackground(true);
	const from = clock.now();
	try {
		await connect(clock, {
			near: (near) => { sharer.node.addLink(near, { peer: viewer.self, name: '', initiator: true }); },
			far: (far) => { viewer.node.addLink(far, { peer: sharer.self, name: '', initiator: false }); },
		});
		const held = () => viewer.node.snapshot().chunks.held;
		await until(clock, () => held() === layout.chunks || clock.now() - from > FILM_MS);
		return (held() * CHUNK_BYTES * 1000) / (clock.now() - from);
	} finally {
		await Promise.all([sharer.node.close('leaving'), viewer.node.close('leaving')]);
		await deleteKept(keys.id);
	}
}

async function describe(
	crypto: Crypto,
	{ keys, contentKey, layout }: { readonly keys: ShareKeys; readonly contentKey: Bytes; readonly layout: Layout },
): Promise<Bytes> {
	const link = await deriveLinkKeys(crypto, crypto.random(KEY_BYTES));
	const body: DescriptorBody = {
		title: 'Measured', type: 'video/mp4', tracks: [], attachments: [],
		access: { type: 'open', contentKey: base64url(contentKey) },
	};
	const draft = { state: 'open', revision: 1, size: layout.size, attachments: [], body } as const;
	const made = await makeDescriptor(crypto, draft, { share: keys, link });
	assert(made.ok, 'a description of one word is small');
	return made.value.bytes;
}

function peer(
	{ crypto, clock, rng }: Parts, share: ShareId, openStore: ConstructorParameters<typeof PeerNode>[0]['openStore'],
): { readonly self: PeerId; readonly node: PeerNode } {
	const self = peerIdFrom(crypto.random(ID_BYTES));
	const ignore = () => undefined;
	const node = new PeerNode({
		share, self, crypto, clock, rng, openStore, free: freeMemory,
		parts: { get: () => Promise.resolve(undefined), put: () => Promise.resolve(true) },
		host: {
			connect: ignore, signal: ignore, find: ignore, described: ignore, equivocated: ignore, parted: ignore,
			changed: ignore, storeFailed: ignore,
		},
	});
	node.start();
	return { self, node };
}

interface Pair { readonly near: DataChannelTransport; readonly far: DataChannelTransport }

/** Each end is handed over in the tick that made it. */
async function connect(
	clock: Clock, use: { readonly [end in keyof Pair]: (transport: DataChannelTransport) => void },
): Promise<Pair> {
	const options = { iceServers: [], timeout: CONNECT_MS, clock, makePeer: makeDataPeer };
	const one = new RtcConnector({ ...options, initiator: true });
	const two = new RtcConnector({ ...options, initiator: false });
	const end = (from: RtcConnector, to: RtcConnector, as: keyof Pair) =>
		new Promise<DataChannelTransport>((resolve, reject) => {
			from.start({
				signal: (text) => to.accept(text), failed: (fault) => reject(new Error(fault)),
				connected: (transport) => {
					use[as](transport);
					resolve(transport);
				},
			});
		});
	const [far, near] = await Promise.all([end(two, one, 'far'), end(one, two, 'near')]);
	return { near, far };
}

async function until(clock: Clock, isSo: () => boolean): Promise<void> {
	while (!isSo()) await new Promise<void>((resolve) => { clock.after(LOOK_MS, resolve); });
}
