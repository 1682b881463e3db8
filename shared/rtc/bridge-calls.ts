/**
 * Calls over bridges: the last way to a peer, when no data channel comes about. Both sides connect to one bridge and
 * name each other, and greet over the line they get. PROTOCOL.md §7.
 */
import * as v from 'valibot';
import type { Bytes } from '../base/bytes.ts';
import type { OpenLine } from '../ports/bridge-line.ts';
import type { Clock } from '../ports/clock.ts';
import { encodeCall, LINE_PATH, placeAt } from '../protocol/bridge-call.ts';
import type { PeerId, ShareId } from '../protocol/ids.ts';
import type { Crypto } from '../protocol/primitives.ts';
import { bridgeAddress } from '../protocol/tracker-message.ts';
import type { Greeted } from '../runtime/greeting.ts';
import { openTo } from '../runtime/opening.ts';

/** Calls at once: a class opening the link together, and some. */
const MAX_CALLS = 64;

/** What tells a peer over which bridge we call, as a signal. `bridge`: as the tracker names it. */
const callSignal = v.object({ type: v.literal('bridge'), bridge: bridgeAddress });

/** The signal that calls a peer over the bridge of that name. */
export function callOver(bridge: string): string {
	return JSON.stringify({ type: 'bridge', bridge });
}

/** The bridge that a signal calls over; undefined when it is another signal. */
export function bridgeIn(signal: string): string | undefined {
	if (!signal.includes('"bridge"')) return undefined;
	try {
		const parsed = v.safeParse(callSignal, JSON.parse(signal));
		return parsed.success ? parsed.output.bridge : undefined;
	} catch {
		return undefined; // not JSON
	}
}

/** What calls are made with. */
export interface BridgeCallsInit {
	readonly share: ShareId;
	readonly self: PeerId;
	readonly authKey: Bytes;
	readonly name: () => string;
	readonly crypto: Crypto;
	readonly clock: Clock;
	/** Undefined: this program makes no calls, as a bridge does not. */
	readonly openLine: OpenLine | undefined;
	/** The other side is there. `initiator`: we asked it to come. */
	readonly connected: (peer: PeerId, greeted: Greeted, initiator: boolean) => void;
	readonly failed: (peer: PeerId) => void;
}

/** Of one share. */
export class BridgeCalls {
	readonly #init: BridgeCallsInit;
	readonly #calls = new Map<PeerId, object>();

	constructor(init: BridgeCallsInit) { this.#init = init; }

	/** Whether this program can call at all. */
	get canCall(): boolean { return this.#init.openLine !== undefined; }
	/** Who is being called. */
	get peers(): Iterable<PeerId> { return this.#calls.keys(); }

	isCalling(peer: PeerId): boolean { return this.#calls.has(peer); }

	/** Calls a peer, who is called by us or calls us. Nothing happens when that is under way. */
	call(peer: PeerId, url: string, initiator: boolean): void {
		const { openLine, share, self, connected, failed } = this.#init;
		if (!openLine || this.isCalling(peer) || this.#calls.size >= MAX_CALLS) return;
		const call = {};
		this.#calls.set(peer, call);
		void this.#greet(openLine(placeAt(url, LINE_PATH)), { share, from: self, to: peer }).then((greeted) => {
			const isWanted = this.#calls.get(peer) === call;
			if (isWanted) this.#calls.delete(peer);
			if (greeted && isWanted) connected(peer, greeted, initiator);
			else if (greeted) greeted.transport.close('done');
			else if (isWanted) failed(peer);
		});
	}

	/** Nothing is reported of it any more. */
	cancel(peer: PeerId): void { this.#calls.delete(peer); }

	/** For good. */
	close(): void { this.#calls.clear(); }

	async #greet(opening: ReturnType<OpenLine>, call: Parameters<typeof encodeCall>[0]): Promise<Greeted | undefined> {
		const { share, self, authKey, name, crypto, clock } = this.#init;
		const transport = await opening;
		if (!transport) return undefined;
		transport.send(encodeCall(call));
		const member = { share, self, authKey, name: name(), expected: call.to };
		const greeted = await openTo(transport, member, { crypto, clock });
		return greeted.ok ? greeted.value : undefined;
	}
}
