import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, type Bytes } from '../base/bytes.ts';
import { base64url, utf8 } from '../base/text.ts';
import { someBytes, testCrypto } from '../testkit/test-crypto.ts';
import { sealAttachment } from './attachment.ts';
import { contentKeyOf, parseBody, type DescriptorBody } from './descriptor-body.ts';
import { makeDescriptor, openDescriptor, readDescriptor, supersedes, type ClearDescriptor, type DescriptorDraft } from './descriptor.ts';
import { deriveLinkKeys, makeShareKeys } from './keys.ts';
import { MAX_DESCRIPTOR_BYTES, MAX_SHARE_BYTES, MAX_TITLE_LENGTH } from './limits.ts';

const crypto = testCrypto();
const share = await makeShareKeys(crypto);
const link = await deriveLinkKeys(crypto, someBytes(32));
const keys = { share, link };
const poster = await sealAttachment(crypto, link.attachments, { id: share.id, number: 0, form: 'sealed', since: 1 }, someBytes(100));
const roots = await sealAttachment(crypto, link.attachments, { id: share.id, number: 1, form: 'clear', since: 2 }, someBytes(320));
const contentKey = someBytes(32, 2);

const body: DescriptorBody = {
	title: 'Sintel – a film', type: 'video/mp4', durationSec: 888.04,
	tracks: [
		{ kind: 'video', codec: 'avc1.64001f', width: 1280, height: 720 },
		{ kind: 'audio', codec: 'mp4a.40.2', language: 'en', channels: 2 },
	],
	attachments: [{ kind: 'poster', type: 'image/webp' }],
	access: { type: 'open', contentKey: base64url(contentKey) },
};
const open: DescriptorDraft = { state: 'open', revision: 1, size: 10_000_000, attachments: [poster.entry], body };
const sealed: DescriptorDraft = {
	...open, state: 'sealed', revision: 2, root: someBytes(32, 5), attachments: [poster.entry, roots.entry],
	body: { ...body, attachments: [...body.attachments, { kind: 'roots' }] },
};
const revoked: DescriptorDraft = { state: 'revoked', revision: 3 };

async function made(draft: DescriptorDraft): Promise<ClearDescriptor> {
	const descriptor = await makeDescriptor(crypto, draft, keys);
	if (!descriptor.ok) throw new Error(descriptor.error);
	return descriptor.value;
}

/** The bytes with `change` made, signed anew: what a malicious sharer can do. */
async function resigned(bytes: Bytes, change: (unsigned: Bytes) => Bytes): Promise<Bytes> {
	const unsigned = change(bytes.slice(0, -64));
	return concat(unsigned, await crypto.sign(share.secretKey, concat(utf8('streamlet descriptor v1'), unsigned)));
}

function withByte(at: number, value: number): (bytes: Bytes) => Bytes {
	return (bytes) => bytes.map((byte, k) => (k === at ? value : byte));
}

describe('a descriptor', () => {
	test('says without any key what a tracker and a parked copy need', async () => {
		const clear = await made(sealed);
		expect(await readDescriptor(crypto, share.id, clear.bytes)).toEqual({ ok: true, value: clear });
		expect(clear).toMatchObject({
			id: share.id, revision: 2, state: 'sealed', size: 10_000_000, root: someBytes(32, 5), publicKey: share.publicKey,
			attachments: [poster.entry, roots.entry],
		});
	});

	test('says with the link\'s key what the film is', async () => {
		const opened = await openDescriptor(crypto, await made(open), link.descriptor);
		expect(opened).toEqual({ ok: true, value: body });
		expect(contentKeyOf(body.access)).toEqual(contentKey);
	});

	test('does not show its title or content key', async () => {
		const text = String.fromCharCode(...(await made(open)).bytes);
		expect(text).not.toContain('Sintel');
		expect(text).not.toContain(base64url(contentKey));
	});

	test('stays shut for another link\'s key', async () => {
		expect(await openDescriptor(crypto, await made(open), someBytes(32, 9))).toEqual({ ok: false, error: 'wrong-key' });
	});

	test('binds its body to share and revision', async () => {
		const clear = await made(open);
		const moved = await resigned(clear.bytes, withByte(4, 9));
		const read = await readDescriptor(crypto, share.id, moved);
		expect(read.ok && await openDescriptor(crypto, read.value, link.descriptor)).toEqual({ ok: false, error: 'wrong-key' });
	});

	test('that is revoked says nothing more', async () => {
		const clear = await made(revoked);
		expect(clear).toMatchObject({ state: 'revoked', size: 0, root: undefined, attachments: [] });
		expect(clear.bytes).toHaveLength(145);
		expect(await openDescriptor(crypto, clear, link.descriptor)).toEqual({ ok: false, error: 'malformed' });
	});

	test('too long for a frame is not made', async () => {
		const subtitles = { kind: 'subtitles', label: 'x'.repeat(100), type: 'y'.repeat(128) } as const;
		const tracks = Array.from({ length: 64 }, () => ({ kind: 'audio', codec: 'z'.repeat(64), label: '\u{1f600}'.repeat(50) } as const));
		const long = { ...body, attachments: Array.from({ length: 32 }, () => subtitles), tracks };
		const attachments = Array.from({ length: 32 }, () => poster.entry);
		expect(await makeDescriptor(crypto, { ...open, attachments, body: long }, keys)).toEqual({ ok: false, error: 'oversize' });
	});
});

describe('bytes that are no descriptor', () => {
	test('never throw, whatever they are', async () => {
		const { bytes } = await made(sealed);
		const bent = fc.tuple(fc.nat(bytes.length - 65), fc.nat(255)).map(([at, value]) => withByte(at, value)(bytes));
		const any = fc.oneof(fc.uint8Array({ maxLength: 400 }), bent).map((array) => new Uint8Array(array));
		await fc.assert(fc.asyncProperty(any, async (array) => {
			const read = await readDescriptor(crypto, share.id, array);
			const again = await readDescriptor(crypto, share.id, await resigned(array, (unsigned) => unsigned));
			for (const one of [read, again]) if (one.ok) await openDescriptor(crypto, one.value, link.descriptor);
		}), { numRuns: 150 });
	});

	test('are refused when one bit differs', async () => {
		const { bytes } = await made(revoked);
		for (let at = 0; at < bytes.length; at++) {
			expect((await readDescriptor(crypto, share.id, withByte(at, (bytes[at] ?? 0) ^ 1)(bytes))).ok, `byte ${at}`).toBe(false);
		}
	});

	test('are named for what is wrong with them', async () => {
		const { bytes } = await made(sealed);
		const other = await makeShareKeys(crypto);
		const fault = async (array: Bytes, id = share.id) => {
			const read = await readDescriptor(crypto, id, array);
			return read.ok ? 'none' : read.error;
		};
		expect(await fault(new Uint8Array(0))).toBe('malformed');
		expect(await fault(withByte(0, 2)(bytes))).toBe('version');
		expect(await fault(bytes, other.id)).toBe('wrong-share');
		expect(await fault(withByte(bytes.length - 1, 0)(bytes))).toBe('bad-signature');
		expect(await fault(bytes.subarray(0, -1))).toBe('malformed');
		expect(await fault(new Uint8Array(MAX_DESCRIPTOR_BYTES + 1).fill(1))).toBe('malformed');
	});

	test.each([
		['revision zero', withByte(4, 0)],
		['an unknown state', withByte(5, 3)],
		['a root while open', withByte(5, 0)],
		['a size that is not a number', withByte(6, 255)],
		['a size above the limit', withByte(7, MAX_SHARE_BYTES / 2 ** 32)],
		['an attachment of the future', withByte(83, 3)],
		['an unknown form', withByte(79, 2)],
		['an attachment without parts', withByte(89, 0)],
		['more parts than its length has', withByte(89, 2)],
		['an attachment of no length', (bytes: Bytes) => withByte(87, 0)(bytes)],
		['more attachments than there may be', withByte(78, 33)],
		['bytes left over', (bytes: Bytes) => concat(bytes, Uint8Array.of(0))],
	])('are refused although signed: %s', async (_, change) => {
		const { bytes } = await made(sealed);
		const malicious = await resigned(bytes, change);
		expect(await readDescriptor(crypto, share.id, malicious)).toEqual({ ok: false, error: 'malformed' });
	});

	test('are refused although signed: a sealed share of nothing, a revoked one with words', async () => {
		const noSize = (bytes: Bytes) => bytes.map((byte, k) => (k >= 6 && k < 14 ? 0 : byte));
		const empty = await resigned((await made(sealed)).bytes, noSize);
		const bare = await made({ ...open, attachments: [], size: 0, body: { ...body, attachments: [] } });
		const wordy = await resigned(bare.bytes, withByte(5, 2));
		for (const bytes of [empty, wordy]) {
			expect(await readDescriptor(crypto, share.id, bytes)).toEqual({ ok: false, error: 'malformed' });
		}
	});
});

describe('a body', () => {
	const parsed = (change: object) => parseBody(utf8(JSON.stringify({ ...body, ...change })));

	test.each([
		['a title of two lines', { title: 'a\nb' }],
		['a title that turns the writing direction', { title: 'a\u202egpj.exe' }],
		['no title', { title: '' }],
		['a title too long', { title: 'x'.repeat(MAX_TITLE_LENGTH + 1) }],
		['an endless duration', { durationSec: 1e300 }],
		['a negative duration', { durationSec: -1 }],
		['a width of no pixels', { tracks: [{ kind: 'video', codec: 'x', width: 0 }] }],
		['an unknown kind', { attachments: [{ kind: 'program' }] }],
		['a short content key', { access: { type: 'open', contentKey: 'AAAA' } }],
		['no access', { access: undefined }],
		['too many tracks', { tracks: Array.from({ length: 65 }, () => ({ kind: 'audio', codec: 'x' })) }],
	])('is refused with %s', (_, change) => {
		expect(parsed(change)).toBeUndefined();
	});

	test('drops what it does not know', () => {
		expect(parsed({ onload: 'alert(1)' })).toEqual(body);
	});

	test('is refused when it is no JSON, or no UTF-8', () => {
		expect(parseBody(utf8('{'))).toBeUndefined();
		expect(parseBody(Uint8Array.of(255))).toBeUndefined();
	});

	test('with another number of attachments than the clear part is malformed', async () => {
		const clear = await made(open);
		expect(await openDescriptor(crypto, { ...clear, attachments: [] }, link.descriptor)).toEqual({ ok: false, error: 'malformed' });
	});
});

describe('of two descriptors', () => {
	const second = { ...open, revision: 2 } as const;
	test.each([
		['a higher revision is newer', open, second, 'newer'],
		['sealing is newer', open, sealed, 'newer'],
		['a size found out is newer', { ...open, size: 0 }, sealed, 'newer'],
		['more attachments are newer', sealed, { ...sealed, revision: 3 }, 'newer'],
		['revoking is newer', sealed, revoked, 'newer'],
		['a lower revision is older', second, open, 'older'],
		['the same revision with other bytes is equivocation', open, { ...open, size: 5 }, 'equivocation'],
		['another size is equivocation', open, { ...second, size: 5 }, 'equivocation'],
		['another root is equivocation', sealed, { ...sealed, revision: 3, root: someBytes(32, 6) }, 'equivocation'],
		['opening again is equivocation', sealed, { ...open, revision: 3 }, 'equivocation'],
		['anything after revoking is equivocation', revoked, { ...sealed, revision: 4 }, 'equivocation'],
	] satisfies [string, DescriptorDraft, DescriptorDraft, string][])('%s', async (_, current, next, succession) => {
		expect(supersedes(await made(current), await made(next))).toBe(succession);
	});

	test('the same bytes are the same', async () => {
		const clear = await made(open);
		expect(supersedes(clear, { ...clear, bytes: clear.bytes.slice() })).toBe('same');
	});
});
