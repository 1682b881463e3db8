/** What a frame of a peer does to us. Every number in it is checked against the share before it is used. */
import { assertNever } from '../base/result.ts';
import { equalBytes } from '../base/bytes.ts';
import type { Ms } from '../base/units.ts';
import type { PeerId } from '../protocol/ids.ts';
import { CHUNK_BYTES, MAX_DESCRIPTOR_BYTES, MAX_SIGNAL_BYTES, PART_BYTES } from '../protocol/limits.ts';
import type { PeerMessage } from '../protocol/peer-message.ts';
import { chunksOf } from './chunk-set.ts';
import type { Peer } from './peer.ts';
import type { Effect } from './events.ts';
import type { Asked, Link } from './link.ts';
import type { Requests } from './requests.ts';
import { FULL_PEER_MS, RELAYED_SIGNALS_PER_MINUTE, SHUN_PEER_MS } from './settings.ts';

type Of<T extends PeerMessage['type']> = Extract<PeerMessage, { type: T }>;
type ChunkToCheck = Omit<Extract<Effect, { type: 'check-chunk' }>, 'type'>;

/** Hears for one engine. */
export class Listener {
	readonly self: PeerId;
	readonly #peer: Peer;

	constructor(peer: Peer, self: PeerId) {
		this.#peer = peer;
		this.self = self;
	}

	/** Acts on one message; one that breaks a rule ends the link. */
	hear(link: Link, m: PeerMessage, now: Ms): void {
		if (!this.#obey(link, m, now)) this.#peer.reject(link, 'fault', now);
	}

	/** Counts a link's whole groups into the copies, or out of them. */
	count(link: Link, by: 1 | -1): void {
		const requests = this.#peer.requests;
		if (!requests) return;
		for (let g = 0; g < requests.layout.groups; g++) {
			if (link.holdings.hasGroup(g)) requests.copies[g] = (requests.copies[g] ?? 0) + by;
		}
	}

	/** False: it broke a rule. */
	#obey(link: Link, m: PeerMessage, now: Ms): boolean {
		const { out, neighbours } = this.#peer;
		switch (m.type) {
			case 'hello': return false; // it was said before the link was opened
			case 'want-descriptor': return this.#tellDescriptor(link);
			case 'descriptor': return this.#descriptor(link, m);
			case 'want-attachment': out.push({ type: 'serve-part', link: link.id, part: nameOf(m) }); return true;
			case 'attachment': return this.#attachment(link, m, now);
			case 'have-all': case 'have-map': case 'have': case 'have-chunks': return this.#holdings(link, m, now);
			case 'request': return this.#peer.serving.request(link, m, now);
			case 'cancel': link.uploads.cancel(m.group, chunksOf(m.chunks)); return true;
			case 'chunk': return this.#chunks(link, m, now);
			case 'busy': return this.#busy(link, m, now);
			case 'want-proof': return this.#peer.serving.proof(link, m.group);
			case 'proof': return this.#proof(link, m, now);
			case 'peers': neighbours.learn(m.peers, link.id, now); return true;
			case 'signal': return this.#signal(link, m, now);
			case 'position': link.position = { ms: m.ms, playing: m.playing }; return true;
			case 'ping': out.send(link.id, { type: 'pong', token: m.token }); return true;
			case 'pong': if (link.pingedAt !== undefined && m.token === Math.floor(link.pingedAt) >>> 0) link.rttMs = now - link.pingedAt; return true;
			case 'bye': return this.#bye(link, m, now);
			default: return assertNever(m);
		}
	}

	#tellDescriptor(link: Link): boolean {
		const { descriptor, out } = this.#peer;
		if (descriptor) out.send(link.id, { type: 'descriptor', bytes: descriptor.bytes });
		return true;
	}

	#descriptor(link: Link, m: Of<'descriptor'>): boolean {
		if (m.bytes.length > MAX_DESCRIPTOR_BYTES) return false;
		const known = this.#peer.descriptor;
		if (!known || !equalBytes(known.bytes, m.bytes)) this.#peer.out.push({ type: 'check-descriptor', link: link.id, bytes: m.bytes });
		return true;
	}

	#attachment(link: Link, m: Of<'attachment'>, now: Ms): boolean {
		const part = nameOf(m);
		if (m.bytes.length > PART_BYTES) return false;
		if (!this.#peer.parts.expects(part, link.id)) return true; // asked elsewhere since
		if (m.bytes.length === 0) this.#peer.parts.refused(part, link.id, now);
		else this.#peer.out.push({ type: 'check-part', link: link.id, part, bytes: m.bytes });
		return true;
	}

	#holdings(link: Link, m: Of<'have-all' | 'have-map' | 'have' | 'have-chunks'>, now: Ms): boolean {
		const fits = this.#note(link, m);
		if (fits && (m.type === 'have' || m.type === 'have-chunks')) this.#peer.requests?.leaveTo(link, m.group, now);
		if (fits) this.#peer.requests?.fill(link, now);
		if (fits && m.type === 'have-all') this.#peer.parts.fill(now);
		return fits;
	}

	#note(link: Link, m: Of<'have-all' | 'have-map' | 'have' | 'have-chunks'>): boolean {
		const copies = this.#peer.requests?.copies;
		switch (m.type) {
			case 'have-all': this.count(link, -1); link.holdings.setComplete(m.revision); this.count(link, 1); return true;
			case 'have-map': {
				this.count(link, -1);
				const fits = link.holdings.setMap(m.groups);
				this.count(link, 1);
				return fits;
			}
			case 'have': {
				const before = link.holdings.hasGroup(m.group);
				const fits = link.holdings.add(m.group);
				if (copies && fits && !before) copies[m.group] = (copies[m.group] ?? 0) + 1;
				return fits;
			}
			case 'have-chunks': return link.holdings.setPartial(m.group, m.chunks);
			default: return assertNever(m);
		}
	}

	/** A run of chunks of one group, whole ones but for the share's last. */
	#chunks(link: Link, { index: first, bytes }: Of<'chunk'>, now: Ms): boolean {
		const requests = this.#peer.requests;
		const count = Math.ceil(bytes.length / CHUNK_BYTES);
		if (!requests?.layout.hasRun(first, count) || bytes.length !== requests.layout.runBytes(first, count)) return false;
		link.down.add(bytes.length, now);
		link.recover(now, count);
		const full = link.outstandingBytes + CHUNK_BYTES > link.window.bytes * 0.75;
		for (let k = 0; k < count; k++) {
			const index = first + k;
			const asked = link.settle(index);
			if (asked) link.window.arrived(asked.bytes, now - asked.at, now, full);
			const chunk = bytes.subarray(k * CHUNK_BYTES, (k + 1) * CHUNK_BYTES);
			this.#chunk(requests, { link: link.id, index, bytes: chunk }, asked);
		}
		requests.fill(link, now);
		return true;
	}

	#chunk(requests: Requests, chunk: ChunkToCheck, asked: Asked | undefined): void {
		if (requests.expects(chunk.index, asked !== undefined)) {
			if (!asked) requests.inventory.ask(chunk.index); // it crossed our cancel, and is as good as asked for
			this.#peer.out.push({ type: 'check-chunk', ...chunk });
			return;
		}
		if (asked) requests.reopen(chunk.index);
		this.#peer.counts.duplicateBytes += chunk.bytes.length;
	}

	#busy(link: Link, m: Of<'busy'>, now: Ms): boolean {
		const requests = this.#peer.requests;
		if (!requests) return true;
		requests.refused(link, m.group, { chunks: chunksOf(m.chunks), now });
		return true;
	}

	/** One that we asked for is looked at, late or not; after the first good one the others are not. */
	#proof(link: Link, m: Of<'proof'>, now: Ms): boolean {
		const partial = this.#peer.requests?.inventory.partials.get(m.group);
		if (!link.proofs.delete(m.group) || !partial || partial.proof.state === 'known') return true;
		partial.proof = { state: 'asked', of: link.id, at: now };
		this.#peer.out.push({ type: 'check-proof', link: link.id, group: m.group, certificate: m.certificate, leaves: m.leaves });
		return true;
	}

	/** For us, or one hop on for a neighbour: signals are relayed for their sender only, never further. */
	#signal(link: Link, m: Of<'signal'>, now: Ms): boolean {
		if (m.signal.length > MAX_SIGNAL_BYTES) return false;
		if (m.to === this.self) {
			this.#peer.out.push({ type: 'signal', from: m.from, via: link.id, signal: m.signal });
			return true;
		}
		if (m.from !== link.who.peer) return false;
		if (now - link.relayed.since >= 60_000) link.relayed = { since: now, count: 0 };
		const target = this.#peer.neighbours.linkTo(m.to);
		if (target && ++link.relayed.count <= RELAYED_SIGNALS_PER_MINUTE) this.#peer.out.send(target.id, m);
		return true;
	}

	#bye(link: Link, m: Of<'bye'>, now: Ms): boolean {
		this.#peer.out.push({ type: 'close', link: link.id, reason: 'done' });
		this.#peer.drop(link, now);
		if (m.reason === 'leaving' || m.reason === 'stopped') this.#peer.neighbours.left(link.who.peer);
		if (m.reason === 'rejected') this.#peer.neighbours.shun(link.who.peer, SHUN_PEER_MS, now);
		if (m.reason === 'full') this.#peer.neighbours.shun(link.who.peer, FULL_PEER_MS, now);
		return true;
	}
}

function nameOf(m: Of<'attachment' | 'want-attachment'>): { attachment: number; of: 'part' | 'list'; part: number } {
	return { attachment: m.attachment, of: m.of, part: m.part };
}
