/** What to answer to a request for a film, before a byte of the film is looked at. */
import type { Film } from '../film.ts';
import { rangeWish, type ByteRange } from './byte-range.ts';
import { entityTag, filmHeaders, type Purpose } from './film-headers.ts';

/** `body`: the bytes of the film to send, none where undefined. */
export interface Answer {
	readonly status: 200 | 206 | 304 | 412 | 416;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: ByteRange | undefined;
}

/** Headers of a request that matter here. One that came twice counts as none of ours. */
interface Asked {
	readonly range?: string | undefined;
	readonly 'if-range'?: string | readonly string[] | undefined;
	readonly 'if-match'?: string | undefined;
	readonly 'if-none-match'?: string | undefined;
}

/** RFC 9110 §13 and §14, in their order: is it still what the client has, and which part of it does it want. */
export function answerFor(film: Film, purpose: Purpose, asked: Asked): Answer {
	const { size } = film.reader;
	const headers = filmHeaders(film, purpose);
	const tag = entityTag(film);
	if (asked['if-match'] !== undefined && !names(asked['if-match'], tag, false)) {
		return { status: 412, headers, body: undefined };
	}
	if (asked['if-none-match'] !== undefined && names(asked['if-none-match'], tag, true)) {
		return { status: 304, headers: { etag: tag }, body: undefined };
	}
	const isStill = asked['if-range'] === undefined || String(asked['if-range']).trim() === tag;
	const wish = rangeWish(isStill ? asked.range : undefined, size);
	switch (wish.type) {
		case 'one': {
			const { from, to } = wish.range;
			const part = { 'content-range': `bytes ${from}-${to - 1}/${size}`, 'content-length': String(to - from) };
			return { status: 206, headers: { ...headers, ...part }, body: wish.range };
		}
		case 'unsatisfiable': return { status: 416, headers: { 'content-range': `bytes */${size}` }, body: undefined };
		case 'none': case 'several': {
			return { status: 200, headers: { ...headers, 'content-length': String(size) }, body: { from: 0, to: size } };
		}
	}
}

/** Whether a list of entity tags, or `*`, names ours. `weakly`: W/ counts too. */
function names(list: string, tag: string, weakly: boolean): boolean {
	const tags = list.split(',').map((one) => one.trim());
	return tags.includes('*') || tags.includes(tag) || (weakly && tags.includes(`W/${tag}`));
}
