/**
 * Opens a transport that no signalling led to: each side says which share it means and who it is, gives the other a
 * nonce to bind its hello to, and then greets. Whoever connected speaks first, so that a listener tells strangers
 * nothing but what they named themselves. PROTOCOL.md §2.
 */
import type { Bytes } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { Clock } from '../ports/clock.ts';
import type { Transport } from '../ports/transport.ts';
import type { PeerId, ShareId } from '../protocol/ids.ts';
import { decodeOpening, encodeOpening, NONCE_BYTES, type Opening } from '../protocol/opening.ts';
import type { Crypto } from '../protocol/primitives.ts';
import { greet, HELLO_MS, type Greeted, type GreetingFault } from './greeting.ts';
import { HeadedTransport } from './headed-transport.ts';

/** Who we are in one share. */
export interface Member {
	readonly share: ShareId;
	readonly self: PeerId;
	readonly authKey: Bytes;
	readonly name: string;
}

/** What opening needs of its platform. */
export interface OpeningInit { readonly crypto: Crypto; readonly clock: Clock }

/** A transport that was answered: who greeted, and which member of ours they greeted. */
export interface Answered<M extends Member> extends Greeted { readonly member: M }

/**
 * For the side that connected; both sides of a bridge's line did. Settles once both sides have greeted; on failure the
 * transport is closed. `expected`: who is to be at the other end, if that is known.
 */
export function openTo(
	transport: Transport, member: Member & { readonly expected?: PeerId }, init: OpeningInit,
): Promise<Result<Greeted, GreetingFault>> {
	const ours = openingOf(member, init.crypto);
	const opened = open(transport, init, (theirs) => {
		const isExpected = theirs.peer === (member.expected ?? theirs.peer) && theirs.peer !== member.self;
		return theirs.share === member.share && isExpected ? { member, ours } : undefined;
	});
	transport.send(encodeOpening(ours));
	return opened;
}

/**
 * For the side that somebody connected to. `memberOf`: who we are in the share that they name, undefined where we take
 * no part in it.
 */
export function answerTo<M extends Member>(
	transport: Transport, memberOf: (share: ShareId) => M | undefined, init: OpeningInit,
): Promise<Result<Answered<M>, GreetingFault>> {
	return open(transport, init, (theirs) => {
		const member = memberOf(theirs.share);
		if (!member || theirs.peer === member.self) return undefined;
		const ours = openingOf(member, init.crypto);
		transport.send(encodeOpening(ours));
		return { member, ours };
	});
}

/** One limit holds for opening and hello together: a slow side gains nothing by stretching both. */
async function open<M extends Member>(
	transport: Transport, { crypto, clock }: OpeningInit,
	accept: (theirs: Opening) => { readonly member: M; readonly ours: Opening } | undefined,
): Promise<Result<Answered<M>, GreetingFault>> {
	const headed = new HeadedTransport(transport);
	const began = clock.now();
	const first = await headed.first(clock, HELLO_MS);
	if (!first.ok) return first;
	const theirs = decodeOpening(first.value);
	const accepted = theirs.ok ? accept(theirs.value) : undefined;
	if (!theirs.ok || !accepted) {
		headed.close('rejected');
		return fail('refused');
	}
	const { member, ours } = accepted;
	const { share, self, authKey, name } = member;
	const greeting = {
		share, sender: self, receiver: theirs.value.peer, senderBinding: ours.nonce, receiverBinding: theirs.value.nonce,
	};
	const withinMs = HELLO_MS - (clock.now() - began);
	const greeted = await greet(headed, { crypto, clock, authKey, greeting, name, withinMs });
	return greeted.ok ? ok({ ...greeted.value, member }) : greeted;
}

function openingOf(member: Member, crypto: Crypto): Opening {
	return { share: member.share, peer: member.self, nonce: crypto.random(NONCE_BYTES) };
}
