/** What a tracker answers about its catalogue: who lists and unlists, who looks at it, and what they are told. */
import { assert, type Result } from '../../shared/base/result.ts';
import { base64url, fromBase64url } from '../../shared/base/text.ts';
import type { Ms } from '../../shared/base/units.ts';
import type { DescriptorClaims } from '../../shared/protocol/descriptor.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { Listing, ListingFault } from '../../shared/protocol/listing.ts';
import { MAX_TOLD_ONLINE, type CatalogueEntry, type Refusal, type TrackerMessage } from '../../shared/protocol/tracker-message.ts';
import { mayCheck, refuse, send, spend, type Asker, type Of } from './answers.ts';
import { judgeListing, type ListedShare } from './catalogue.ts';
import type { Effect, Session, TrackerState } from './state.ts';

/** Bytes of descriptors in one page of the catalogue, beyond the first entry's. */
const MAX_PAGE_BYTES = 96 * 1024;

/** Answers `list`: the statement is checked first. */
export function list(session: Session, m: Of<'list'>, now: Ms): readonly Effect[] {
	const subject = { request: 'list', about: m.share } as const;
	if (!mayCheck(session, now)) return [refuse(session, 'too-fast', subject)];
	const statement = fromBase64url(m.statement);
	if (!statement) return [refuse(session, 'bad-listing', subject)];
	return [{ type: 'check-listing', session, share: m.share, statement }];
}

/** Answers `list`, now that the statement was checked against the share's id. */
export function listingChecked(
	state: TrackerState, check: Extract<Effect, { type: 'check-listing' }>, found: Result<Listing, ListingFault>, now: Ms,
): readonly Effect[] {
	const { session, share } = check;
	const { catalogue, outside: { shelf } } = state;
	const no = (code: Refusal) => [refuse(session, code, { request: 'list', about: share })];
	if (session.standing.state === 'gone') return [];
	if (!found.ok) return no('bad-listing');
	const listing = found.value;
	const [kept, described] = [shelf.listing(share), shelf.peek(share)];
	if (!kept.ok || !described.ok) return no('unavailable');
	const verdict = judgeListing(kept.value, listing);
	if (verdict === 'old-listing') return no(verdict);
	const yes = send(session, { type: 'listed', share, number: listing.number });
	const isShown = catalogue.get(share) !== undefined;
	if (verdict === 'known' && isShown === (listing.listed !== undefined)) return [yes];
	if (!listing.listed) {
		if (described.value && !shelf.keepListing(listing, 0).ok) return no('unavailable');
		return [yes, ...unlist(state, share)];
	}
	const because = described.value ? whyNotListed({ state, session, share }, described.value, now) : 'unknown-share';
	if (!described.value || because) return no(because ?? 'unknown-share');
	const place = catalogue.placeFor(share);
	if (!shelf.keepListing(listing, place).ok) return no('unavailable');
	catalogue.put({ ...listing.listed, share, place });
	return [yes, ...tellOf(state, share, described.value)];
}

/** What keeps a described share off the list although its statement holds. What is listed already takes no room. */
function whyNotListed(
	{ state, session, share }: { readonly state: TrackerState; readonly session: Session; readonly share: ShareId },
	descriptor: DescriptorClaims, now: Ms,
): Refusal | undefined {
	const { catalogue } = state;
	if (descriptor.state === 'revoked') return 'revoked';
	if (catalogue.get(share)) return undefined;
	if (catalogue.isFull) return 'catalogue-full';
	return session.address.newListings.take(1, now) ? undefined : 'too-fast';
}

/** A descriptor was kept: whoever browses is told; a share that was stopped for good is listed no more. */
export function describedAnew(state: TrackerState, share: ShareId, descriptor: DescriptorClaims): readonly Effect[] {
	if (!state.catalogue.get(share)) return [];
	return descriptor.state === 'revoked' ? unlist(state, share) : tellOf(state, share, descriptor);
}

/** Answers `browse`, and tells changes from now on. */
export function browse({ state, session }: Asker, m: Of<'browse'>, now: Ms): readonly Effect[] {
	const { catalogue, browsing, outside: { bridge } } = state;
	browsing.add(session);
	const page = catalogue.page(m.below ?? Infinity, m.wants);
	const entries: CatalogueEntry[] = [];
	let bytes = 0;
	let { hasMore } = page;
	for (const listed of page.entries) {
		const found = state.outside.shelf.peek(listed.share);
		if (!found.ok) return [refuse(session, 'unavailable', { request: 'browse' })];
		if (!found.value) continue; // it expired a moment ago
		if (entries.length > 0 && bytes + found.value.bytes.length > MAX_PAGE_BYTES) {
			hasMore = true;
			break;
		}
		bytes += found.value.bytes.length;
		entries.push(entryOf(listed, listed.told, found.value));
	}
	const excess = spend(state, session, { cost: 0, bytes }, now); // an answer this much larger than its question
	if (excess.length > 0) return excess;
	const address = bridge();
	const about = { ...(m.below !== undefined && { below: m.below }), ...(address !== undefined && { bridge: address }) };
	return [send(session, { type: 'catalogue', ...about, entries, hasMore })];
}

/** Answers `look-up`. */
export function lookUp({ state, session }: Asker, { share }: Of<'look-up'>, now: Ms): readonly Effect[] {
	const listed = state.catalogue.get(share);
	const found = state.outside.shelf.peek(share);
	if (!found.ok) return [refuse(session, 'unavailable', { request: 'look-up', about: share })];
	if (!listed || !found.value) return [send(session, { type: 'looked-up', share })];
	const excess = spend(state, session, { cost: 0, bytes: found.value.bytes.length }, now);
	if (excess.length > 0) return excess;
	const bridge = state.outside.bridge();
	const entry = entryOf(listed, listed.told, found.value);
	return [send(session, { type: 'looked-up', share, entry, ...(bridge !== undefined && { bridge }) })];
}

/** Tells those who browse how many are online now. To be called about once a second. */
export function tellOnline(state: TrackerState): readonly Effect[] {
	const isHeard = state.browsing.size > 0;
	const online = state.catalogue.news((share) => onlineOf(state, share), isHeard ? MAX_TOLD_ONLINE : Infinity);
	return isHeard && online.length > 0 ? [announce({ type: 'catalogue-changed', online })] : [];
}

/** Takes off the list what is not kept any more: it expired. */
export function prune(state: TrackerState): readonly Effect[] {
	const kept = state.outside.shelf.listed();
	if (!kept.ok) return [];
	const shares = new Set(kept.value.map(({ share }) => share));
	return state.catalogue.shares.filter((share) => !shares.has(share)).flatMap((share) => unlist(state, share));
}

function unlist(state: TrackerState, share: ShareId): readonly Effect[] {
	return state.catalogue.remove(share) ? [announce({ type: 'catalogue-changed', gone: share })] : [];
}

function tellOf(state: TrackerState, share: ShareId, descriptor: DescriptorClaims): readonly Effect[] {
	const listed = state.catalogue.get(share);
	assert(listed, 'only what is listed is told of');
	return [announce({ type: 'catalogue-changed', entry: entryOf(listed, listed.told, descriptor) })];
}

function entryOf(listed: ListedShare, online: number, { bytes }: DescriptorClaims): CatalogueEntry {
	const { share, place, linkKey, name } = listed;
	return { share, place, key: base64url(linkKey), online, descriptor: base64url(bytes), ...(name !== '' && { name }) };
}

function onlineOf(state: TrackerState, share: ShareId): number { return state.swarms.get(share)?.size ?? 0; }

function announce(message: TrackerMessage): Effect { return { type: 'announce', message }; }
