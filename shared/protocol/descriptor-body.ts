/**
 * What only the link opens of a descriptor: JSON, as untrusted as its sharer. The schema is the type; unlisted fields
 * are dropped.
 */
import * as v from 'valibot';
import type { Bytes } from '../base/bytes.ts';
import { fromBase64url, fromUtf8 } from '../base/text.ts';
import { KEY_BYTES } from './keys.ts';
import { MAX_ATTACHMENTS, MAX_TITLE_LENGTH } from './limits.ts';

/** Tracks of one film that a descriptor names: dozens of languages. */
export const MAX_TRACKS = 64;

/** Characters of a description: a paragraph, a sixth of the descriptor at most. */
export const MAX_DESCRIPTION_LENGTH = 1000;

/** What would break a line, or turn the writing direction of the page around it. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

const whole = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max));
const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const line = (max: number) => v.pipe(text(max), v.check((value) => value.search(UNPRINTABLE) < 0, 'one printable line'));
const key = v.pipe(v.string(), v.check((value) => fromBase64url(value)?.length === KEY_BYTES, '32 bytes in base64url'));

const track = v.object({
	kind: v.picklist(['video', 'audio', 'subtitles']),
	codec: line(64),
	language: v.optional(line(35)), // the longest tag that RFC 5646 §4.4.1 asks programs to hold
	label: v.optional(line(100)),
	width: v.optional(whole(65_535)),
	height: v.optional(whole(65_535)),
	channels: v.optional(whole(64)),
});

const attachment = v.object({
	kind: v.picklist(['index', 'pages', 'poster', 'storyboard', 'subtitles', 'roots']),
	type: v.optional(line(128)),
	language: v.optional(line(35)),
	label: v.optional(line(100)),
});

const body = v.object({
	title: v.pipe(line(MAX_TITLE_LENGTH), v.minLength(1)),
	description: v.optional(text(MAX_DESCRIPTION_LENGTH)),
	/** MIME type of the file. */
	type: line(128),
	durationSec: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1e7))),
	tracks: v.pipe(v.array(track), v.maxLength(MAX_TRACKS)),
	/** One for each attachment of the clear part, in its order. */
	attachments: v.pipe(v.array(attachment), v.maxLength(MAX_ATTACHMENTS)),
	/** How one gets at the content key. `open`: here it is. */
	access: v.variant('type', [v.object({ type: v.literal('open'), contentKey: key })]),
});

/** What a share is called and made of. */
export type DescriptorBody = v.InferOutput<typeof body>;
/** What an attachment is for. */
export type AttachmentKind = DescriptorBody['attachments'][number]['kind'];

/** The body that these bytes spell, or undefined. */
export function parseBody(bytes: Bytes): DescriptorBody | undefined {
	const parsed = v.safeParse(body, parseJson(fromUtf8(bytes) ?? ''));
	return parsed.success ? parsed.output : undefined;
}

/** The key that opens the stream's bytes. */
export function contentKeyOf(access: DescriptorBody['access']): Bytes {
	return fromBase64url(access.contentKey) ?? new Uint8Array(KEY_BYTES);
}

function parseJson(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		return undefined; // which no schema takes
	}
}
