/** Greets over a transport that has just opened: both sides prove they have the link before any other frame counts. */
import type { Bytes } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { SECOND, type Ms } from '../base/units.ts';
import { checkHello, makeHello, VISITS, type Greeting, type Hello } from '../protocol/hello.ts';
import type { Crypto } from '../protocol/primitives.ts';
import type { Clock } from '../ports/clock.ts';
import type { Transport } from '../ports/transport.ts';
import { HeadedTransport } from './headed-transport.ts';

/** A peer that was reached answers within a few round trips; this long means it will not. */
export const HELLO_MS: Ms = 10 * SECOND;

/** Why a greeting failed. `refused`: it was not who it should be, or it does not have the link. */
export type GreetingFault = 'closed' | 'timeout' | 'refused';

/**
 * What we say and what we expect. `greeting` is ours, from us to them. `withinMs`: what is left of `HELLO_MS`.
 * `visits`: we came to see what the share is.
 */
export interface GreetingInit {
	readonly crypto: Crypto;
	readonly clock: Clock;
	readonly authKey: Bytes;
	readonly greeting: Greeting;
	readonly name: string;
	readonly visits?: boolean;
	readonly withinMs?: Ms;
}

/** A transport whose other side has proved who it is. */
export interface Greeted { readonly transport: Transport; readonly hello: Hello }

/** Settles once both sides have greeted. On failure the transport is closed. Attach nothing to it before. */
export async function greet(transport: Transport, init: GreetingInit): Promise<Result<Greeted, GreetingFault>> {
	const { crypto, authKey, greeting, name } = init;
	const headed = new HeadedTransport(transport);
	const first = headed.first(init.clock, init.withinMs ?? HELLO_MS);
	const about = { name, features: init.visits ? VISITS : 0 };
	void makeHello(crypto, authKey, greeting, about).then((frame) => transport.send(frame));
	const frame = await first;
	if (!frame.ok) return frame;
	const hello = await checkHello(crypto, authKey, reverse(greeting), frame.value);
	if (hello.ok) return ok({ transport: headed, hello: hello.value });
	headed.close('rejected');
	return fail('refused');
}

function reverse(greeting: Greeting): Greeting {
	return {
		share: greeting.share, sender: greeting.receiver, receiver: greeting.sender,
		senderBinding: greeting.receiverBinding, receiverBinding: greeting.senderBinding,
	};
}
