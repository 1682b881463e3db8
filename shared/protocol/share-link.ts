/**
 * The URL a person sends: `/w/<id>#<key>&tr=wss://…&t=95`. The key and all that follows stand in the fragment, which
 * browsers never send. PROTOCOL.md §5.
 */
import type { Bytes } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { base64url, fromBase64url } from '../base/text.ts';
import { parseShareId, type ShareId } from './ids.ts';
import { KEY_BYTES } from './keys.ts';

/** Trackers that one link names. */
export const MAX_LINK_TRACKERS = 4;

/** A WebSocket URL: host or IPv6 address, port, path. */
const TRACKER = /^wss?:\/\/([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?(\/[^\s#]*)?$/i;

/** What a share link says. */
export interface ShareLink {
	readonly id: ShareId;
	readonly key: Bytes;
	/** Further trackers, WebSocket URLs. */
	readonly trackers: readonly string[];
	/** Where to start, in whole seconds. */
	readonly startSec: number | undefined;
}

/** What is wrong with a link. `bad-id` and `bad-key`: cut short or garbled on the way. */
export type ShareLinkFault = 'no-id' | 'bad-id' | 'no-key' | 'bad-key';

/** The link. `origin` is the page's, such as `https://example.org`. */
export function formatShareLink(origin: string, link: ShareLink): string {
	const trackers = link.trackers.slice(0, MAX_LINK_TRACKERS).map((url) => `&tr=${encodeTracker(url)}`);
	const start = link.startSec === undefined ? '' : `&t=${Math.floor(link.startSec)}`;
	return `${origin}/w/${link.id}#${base64url(link.key)}${trackers.join('')}${start}`;
}

/** What a URL, or its path and fragment, says. Further parts that are unknown or wrong are left out. */
export function parseShareLink(url: string): Result<ShareLink, ShareLinkFault> {
	const [, written = '', fragment = ''] = /\/w\/([^/?#]*)[^#]*(?:#(.*))?$/s.exec(withoutProse(url)) ?? [];
	if (written === '') return fail('no-id');
	const id = parseShareId(written);
	if (!id) return fail('bad-id');
	const [letters = '', ...parts] = fragment.split('&');
	if (letters === '') return fail('no-key');
	const key = fromBase64url(letters);
	if (key?.length !== KEY_BYTES) return fail('bad-key');
	return ok({ id, key, trackers: trackersIn(parts), startSec: startIn(parts) });
}

/** Chat programs take the full stop after a link into it. */
function withoutProse(url: string): string {
	return url.trim().replace(/[.,;:!?)\]}>"'»”’]+$/, '');
}

function trackersIn(parts: readonly string[]): string[] {
	const urls = parts.filter((part) => part.startsWith('tr=')).map((part) => decoded(part.slice(3)));
	return [...new Set(urls.filter((url) => url.length <= 256 && TRACKER.test(url)))].slice(0, MAX_LINK_TRACKERS);
}

function startIn(parts: readonly string[]): number | undefined {
	const [, seconds] = parts.map((part) => /^t=(\d{1,7})$/.exec(part)).find((match) => match !== null) ?? [];
	return seconds === undefined ? undefined : Number(seconds);
}

/** A fragment may hold `:` and `/` as they are (RFC 3986 §3.5). */
function encodeTracker(url: string): string {
	return encodeURIComponent(url).replaceAll('%3A', ':').replaceAll('%2F', '/');
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return ''; // a percent sign that starts nothing
	}
}
