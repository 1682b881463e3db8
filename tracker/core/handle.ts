/** What a tracker answers. Throws for no input: in Node, an exception in a listener ends the process for all. */
import { equalBytes } from '../../shared/base/bytes.ts';
import { assertNever, type Result } from '../../shared/base/result.ts';
import { fromBase64url, base64url, utf8 } from '../../shared/base/text.ts';
import type { Ms } from '../../shared/base/units.ts';
import type { DescriptorClaims, DescriptorFault } from '../../shared/protocol/descriptor.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import { TRACKER_VERSION, type ClientMessage } from '../../shared/protocol/tracker-message.ts';
import { mayCheck, refuse, send, spend, type Asker, type Of } from './answers.ts';
import { judge } from './descriptors.ts';
import { browse, describedAnew, list, lookUp } from './handle-catalogue.ts';
import { dismiss, reservation, type Effect, type Greeted, type Session, type TrackerState } from './state.ts';

/** A message that cannot be read costs as much as so many others: programs that send them are broken or hostile. */
const UNREADABLE_COST = 10;

/**
 * Counts a message against what the session and its address may send. Anything but an empty answer ends the session.
 *
 * @param bytes - of the message as it came
 */
export function charge(state: TrackerState, session: Session, bytes: number, now: Ms): readonly Effect[] {
	return spend(state, session, { cost: 1, bytes }, now);
}

/** Answers a message that is not in the schema, or no JSON at all. */
export function handleUnreadable(state: TrackerState, session: Session, now: Ms): readonly Effect[] {
	if (session.standing.state === 'gone') return [];
	return [refuse(session, 'bad-message', {}), ...spend(state, session, { cost: UNREADABLE_COST, bytes: 0 }, now)];
}

/** Answers a message that came over `session`. Who sends is what the session proved; a message cannot claim another. */
export function handle(state: TrackerState, session: Session, m: ClientMessage, now: Ms): readonly Effect[] {
	const { standing } = session;
	if (standing.state === 'gone') return [];
	if (standing.state === 'greeted') standing.knowsSecret = true;
	if (m.type === 'ping') return [send(session, { type: 'pong' })];
	if (m.type === 'hello') return hello(state, session, m, now);
	if (standing.state === 'new') return [refuse(session, 'not-greeted', { request: m.type })];
	switch (m.type) {
		case 'rename': return rename(state, standing, m.name);
		case 'join': return join({ state, session, standing }, m, now);
		case 'leave': return leave(state, standing, m.share);
		case 'find': return find({ state, session, standing }, m);
		case 'signal': return signal({ state, session, standing }, m);
		case 'publish': return publish(session, m, now);
		case 'list': return list(session, m, now);
		case 'browse': return browse({ state, session, standing }, m, now);
		case 'stop-browsing': return stopBrowsing(state, session);
		case 'look-up': return lookUp({ state, session, standing }, m, now);
		default: return assertNever(m);
	}
}

/** Answers a `publish`, now that its descriptor was checked against the share's id. */
export function checked(
	state: TrackerState, check: Extract<Effect, { type: 'check' }>, found: Result<DescriptorClaims, DescriptorFault>, now: Ms,
): readonly Effect[] {
	const { session, share } = check;
	const subject = { request: 'publish', about: share } as const;
	if (session.standing.state === 'gone') return [];
	if (!found.ok) return [refuse(session, 'bad-descriptor', subject)];
	const { shelf } = state.outside;
	const kept = shelf.find(share, now);
	if (!kept.ok) return [refuse(session, 'unavailable', subject)];
	const verdict = judge(kept.value, found.value);
	if (!verdict.ok) return [refuse(session, verdict.error, subject)];
	if (!kept.value && !session.address.newShares.take(1, now)) return [refuse(session, 'too-fast', subject)];
	if (verdict.value === 'keep' && !shelf.keep(share, found.value, now).ok) return [refuse(session, 'unavailable', subject)];
	const news = verdict.value === 'keep' ? describedAnew(state, share, found.value) : [];
	return [send(session, { type: 'published', share, revision: found.value.revision }), ...news];
}

function hello(state: TrackerState, session: Session, m: Of<'hello'>, now: Ms): readonly Effect[] {
	const subject = { request: 'hello', about: m.peer } as const;
	if (session.standing.state === 'greeted') return [refuse(session, 'already-greeted', subject)];
	if (m.version !== TRACKER_VERSION) return [refuse(session, 'version', subject)];
	const holder = state.peers.get(m.peer);
	const former = holder?.standing.state === 'greeted' ? holder.standing : reservation(state, m.peer, now);
	const isSame = former !== undefined && isSecret(former.resume, m.resume);
	if (former?.knowsSecret && !isSame) return [refuse(session, 'id-taken', subject)];
	const replaced = holder ? dismiss(state, holder, 'replaced', now) : [];
	state.reserved.delete(m.peer);
	const { rng, secret, iceServers } = state.outside;
	const bridges = [...state.outside.bridges()];
	const name = m.name ?? former?.name ?? state.names.draw(rng);
	const resume = isSame ? former.resume : secret(); // the same again: an answer may be lost on its way
	session.standing = { state: 'greeted', peer: m.peer, name, resume, shares: new Set(), knowsSecret: false };
	state.peers.set(m.peer, session);
	state.names.take(name);
	const ways = { iceServers: [...iceServers], ...(bridges.length > 0 && { bridges }) };
	return [...replaced, send(session, { type: 'welcome', name, resume, ...ways })];
}

function rename(state: TrackerState, standing: Greeted, name: string): readonly Effect[] {
	state.names.release(standing.name);
	state.names.take(name);
	standing.name = name;
	return [];
}

function join(asker: Asker, m: Of<'join'>, now: Ms): readonly Effect[] {
	const { state, session, standing } = asker;
	const { shelf, limits } = state.outside;
	const isFull = standing.shares.size >= limits.perConnection.shares && !standing.shares.has(m.share);
	if (isFull) return [refuse(session, 'too-many-shares', { request: 'join', about: m.share })];
	standing.shares.add(m.share);
	state.swarms.join(m.share, standing.peer, m.visits ? 'visitor' : 'member');
	const kept = shelf.find(m.share, now);
	// A shelf that fails must not keep people apart: they have the descriptor from each other.
	if (!kept.ok || !kept.value) return [introduce(asker, m, {})];
	const answer = introduce(asker, m, { descriptor: base64url(kept.value.bytes) });
	// An answer hundreds of times the size of its question counts as if the asker had sent it.
	const excess = spend(state, session, { cost: 0, bytes: kept.value.bytes.length }, now);
	return excess.length > 0 ? excess : [answer];
}

function leave(state: TrackerState, standing: Greeted, share: ShareId): readonly Effect[] {
	if (standing.shares.delete(share)) state.swarms.leave(share, standing.peer);
	return [];
}

function find(asker: Asker, m: Of<'find'>): readonly Effect[] {
	if (asker.standing.shares.has(m.share)) return [introduce(asker, m, {})];
	return [refuse(asker.session, 'not-in-swarm', { request: 'find', about: m.share })];
}

function introduce(asker: Asker, m: Of<'join' | 'find'>, extra: { readonly descriptor?: string }): Effect {
	const { state, session, standing } = asker;
	const swarm = state.swarms.get(m.share);
	const peers = swarm?.sampleOthers(standing.peer, m.wants, state.outside.rng) ?? [];
	return send(session, { type: 'peers', share: m.share, peers, online: swarm?.size ?? 0, ...extra });
}

/** Only members of one swarm reach each other, or anybody could spam everybody. */
function signal({ state, session, standing }: Asker, m: Of<'signal'>): readonly Effect[] {
	if (!standing.shares.has(m.share)) return [refuse(session, 'not-in-swarm', { request: 'signal', about: m.share })];
	const to = state.swarms.get(m.share)?.has(m.to) && m.to !== standing.peer ? state.peers.get(m.to) : undefined;
	if (!to) return [refuse(session, 'no-such-peer', { request: 'signal', about: m.to })];
	return [send(to, { type: 'signal', share: m.share, from: standing.peer, signal: m.signal })];
}

function stopBrowsing({ browsing }: TrackerState, session: Session): readonly Effect[] {
	browsing.delete(session);
	return [];
}

function publish(session: Session, m: Of<'publish'>, now: Ms): readonly Effect[] {
	const subject = { request: 'publish', about: m.share } as const;
	if (!mayCheck(session, now)) return [refuse(session, 'too-fast', subject)];
	const descriptor = fromBase64url(m.descriptor);
	if (!descriptor) return [refuse(session, 'bad-descriptor', subject)];
	return [{ type: 'check', session, share: m.share, descriptor }];
}

/** Whether `claimed` is the secret; takes the same time wherever they differ. */
function isSecret(secret: string, claimed: string | undefined): boolean {
	return claimed !== undefined && equalBytes(utf8(secret), utf8(claimed));
}
