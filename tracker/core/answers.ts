/** What all handlers answer with. */
import type { Ms } from '../../shared/base/units.ts';
import type { ClientMessage, Refusal, TrackerMessage } from '../../shared/protocol/tracker-message.ts';
import { explain } from './refusals.ts';
import { end, type Effect, type Greeted, type Session, type TrackerState } from './state.ts';

/** A message of one kind. */
export type Of<T extends ClientMessage['type']> = Extract<ClientMessage, { type: T }>;

/** What a refusal is about. `request` is left out when the message could not be read. */
export interface Subject { readonly request?: ClientMessage['type']; readonly about?: string }

/** Who asks, and where: what the handlers of greeted sessions share. */
export interface Asker { readonly state: TrackerState; readonly session: Session; readonly standing: Greeted }

/** A message to one. */
export function send(to: Session, message: TrackerMessage): Effect {
	return { type: 'send', to, message };
}

/** A no, in both languages. */
export function refuse(to: Session, code: Refusal, subject: Subject): Effect {
	return send(to, { type: 'refused', code, detail: explain(code), ...subject });
}

/** Counts what a session costs, to it and its address. Anything but an empty answer ends it. */
export function spend(
	state: TrackerState, session: Session, { cost, bytes }: { readonly cost: number; readonly bytes: number }, now: Ms,
): readonly Effect[] {
	if (session.standing.state === 'gone') return [];
	const isWithin = session.budget.takeMessage(cost, bytes, now) && session.address.budget.takeMessage(cost, bytes, now);
	if (isWithin) return [];
	end(state, session, now);
	return [refuse(session, 'too-fast', {}), { type: 'close', session, reason: 'too-fast' }];
}

/** Whether the session may have one more signature checked. */
export function mayCheck(session: Session, now: Ms): boolean {
	return session.budget.takePublish(now) && session.address.budget.takePublish(now);
}
