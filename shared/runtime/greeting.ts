/** Greets over a transport that has just opened: both sides prove they have the link before any other frame counts. */
import type { Bytes } from '../base/bytes.ts';
import { defer } from '../base/deferred.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { SECOND } from '../base/units.ts';
import { checkHello, makeHello, type Greeting, type Hello } from '../protocol/hello.ts';
import type { Crypto } from '../protocol/primitives.ts';
import type { Clock } from '../ports/clock.ts';
import type { CloseReason, Transport, TransportEvents } from '../ports/transport.ts';

/** A peer that was reached answers within a few round trips; this long means it will not. */
const HELLO_MS = 10 * SECOND;

/** Frames kept for the listener to come: what a peer sends while its hello is being checked. */
const MAX_EARLY_FRAMES = 256;

/** Why a greeting failed. `refused`: it was not who it should be, or it does not have the link. */
export type GreetingFault = 'closed' | 'timeout' | 'refused';

/** What we say and what we expect. `greeting` is ours, from us to them. */
export interface GreetingInit {
	readonly crypto: Crypto;
	readonly clock: Clock;
	readonly authKey: Bytes;
	readonly greeting: Greeting;
	readonly name: string;
}

/** A transport whose other side has proved who it is. */
export interface Greeted { readonly transport: Transport; readonly hello: Hello }

/** Settles once both sides have greeted. On failure the transport is closed. Attach nothing to it before. */
export function greet(transport: Transport, init: GreetingInit): Promise<Result<Greeted, GreetingFault>> {
	const { promise, resolve } = defer<Result<Greeted, GreetingFault>>();
	const greeted = new GreetedTransport(transport);
	const refuse = (fault: GreetingFault) => {
		stopWaiting();
		transport.close(fault === 'refused' ? 'rejected' : 'lost');
		resolve(fail(fault));
	};
	const stopWaiting = init.clock.after(HELLO_MS, () => refuse('timeout'));
	greeted.begin({
		hello: (frame) => void checkHello(init.crypto, init.authKey, reverse(init.greeting), frame).then((hello) => {
			if (!hello.ok) return refuse('refused');
			stopWaiting();
			resolve(ok({ transport: greeted, hello: hello.value }));
		}),
		closed: () => refuse('closed'),
	});
	void makeHello(init.crypto, init.authKey, init.greeting, { name: init.name, features: 0 }).then(
		(frame) => transport.send(frame),
	);
	return promise;
}

function reverse(greeting: Greeting): Greeting {
	return {
		share: greeting.share, sender: greeting.receiver, receiver: greeting.sender,
		senderBinding: greeting.receiverBinding, receiverBinding: greeting.senderBinding,
	};
}

/** Passes everything after the first frame on, and keeps it until there is a listener. */
class GreetedTransport implements Transport {
	readonly #inner: Transport;
	#events: TransportEvents | undefined;
	#early: Bytes[] = [];
	#closed: CloseReason | undefined;
	#isClosing = false;

	constructor(inner: Transport) { this.#inner = inner; }

	begin(on: { readonly hello: (frame: Bytes) => void; readonly closed: () => void }): void {
		let greeted = false;
		this.#inner.start({
			frame: (bytes) => {
				if (!greeted) {
					greeted = true;
					on.hello(bytes);
				} else if (this.#events) this.#events.frame(bytes);
				else if (this.#early.length < MAX_EARLY_FRAMES) this.#early.push(bytes);
				else this.#inner.close('rejected');
			},
			drained: () => this.#events?.drained(),
			closed: (reason) => {
				this.#closed = reason;
				if (this.#events) this.#events.closed(reason);
				else on.closed();
			},
		});
	}

	start(events: TransportEvents): void {
		this.#events = events;
		for (const frame of this.#early.splice(0)) if (!this.#isClosing) events.frame(frame);
		const reason = this.#closed;
		if (reason !== undefined) void Promise.resolve().then(() => events.closed(reason));
	}

	send(frame: Bytes): boolean { return this.#inner.send(frame); }
	close(reason: CloseReason): void {
		this.#isClosing = true;
		this.#inner.close(reason);
	}
}

