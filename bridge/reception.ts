/** Takes in those who connect by TCP or WebSocket: a place, the greeting, and then the node of the share they named. */
import { addressGroup } from '../node/address-group.ts';
import type { Clock } from '../shared/ports/clock.ts';
import type { Transport } from '../shared/ports/transport.ts';
import type { ShareId } from '../shared/protocol/ids.ts';
import type { Crypto } from '../shared/protocol/primitives.ts';
import { answerTo, type Member } from '../shared/runtime/opening.ts';
import type { PeerNode } from '../shared/runtime/peer-node.ts';
import type { Place, Places } from './places.ts';

/** Who we are in a share, and the node that takes part in it. */
export interface HostedShare extends Member { readonly node: Pick<PeerNode, 'addLink'> }

/** What a reception is made of. `find`: a share that is here; it is asked for each newcomer. */
export interface ReceptionInit {
	readonly crypto: Crypto;
	readonly clock: Clock;
	readonly places: Places;
	readonly find: (share: ShareId) => HostedShare | undefined;
}

/** One for all faces of a bridge, so that limits hold over all. */
export class Reception {
	readonly #init: ReceptionInit;

	constructor(init: ReceptionInit) { this.#init = init; }

	/** A place for a connection from `address`; undefined: turn it away. `makeWay` ends it. */
	place(address: string | undefined, makeWay: () => void): Place | undefined {
		return this.#init.places.take(addressGroup(address), makeWay);
	}

	/** Greets over a transport that has just been made, and hands it on. Settles then, or when nothing came of it. */
	async welcome(transport: Transport, place: Place): Promise<void> {
		const answered = await answerTo(transport, this.#init.find, this.#init);
		if (!answered.ok) return;
		place.settle();
		const { transport: greeted, hello: { peer, name }, member } = answered.value;
		member.node.addLink(greeted, { peer, name, initiator: false });
	}
}
