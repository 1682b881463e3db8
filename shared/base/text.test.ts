import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64url, fromBase64url, fromUtf8, utf8 } from './text.ts';

test('base64url is the one of RFC 4648 §5, without padding', () => {
	expect(['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => base64url(utf8(text))))
		.toEqual(['', 'Zg', 'Zm8', 'Zm9v', 'Zm9vYg', 'Zm9vYmE', 'Zm9vYmFy']);
	expect(base64url(Uint8Array.of(251, 255, 254))).toBe('-__-');
});

test('bytes survive base64url', () => {
	fc.assert(fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
		expect(fromBase64url(base64url(bytes))).toEqual(new Uint8Array(bytes));
	}));
});

test('every text of base64url is the only spelling of its bytes', () => {
	fc.assert(fc.property(fc.stringMatching(/^[\w-]{0,12}$/), (text) => {
		const bytes = fromBase64url(text);
		if (bytes) expect(base64url(bytes)).toBe(text);
	}));
	for (const text of ['A', 'AAAAA', 'Zh', 'Zm9=', 'Zm+v', 'Zm/v', ' Zm9v', 'Zm9v\n', 'é', '\u{1f600}AA']) {
		expect(fromBase64url(text), text).toBeUndefined();
	}
});

test('text survives UTF-8, a byte order mark too', () => {
	fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => { expect(fromUtf8(utf8(text))).toBe(text); }));
	expect(fromUtf8(utf8('\ufeffa'))).toBe('\ufeffa');
});

test('bytes that are no UTF-8 are no text', () => {
	for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
		expect(fromUtf8(Uint8Array.from(bytes))).toBeUndefined();
	}
});
