import { describe, expect, test } from 'vitest';
import { someBytes } from '../testkit/test-crypto.ts';
import { base64url } from '../base/text.ts';
import { shareIdFrom } from './ids.ts';
import { formatShareLink, parseShareLink, type ShareLink } from './share-link.ts';

const id = shareIdFrom(someBytes(16));
const key = someBytes(32, 2);
const plain: ShareLink = { id, key, trackers: [], startSec: undefined };
const url = `https://example.org/w/${id}#${base64url(key)}`;

describe('a share link', () => {
	test('says id and key, the key in the fragment', () => {
		expect(formatShareLink('https://example.org', plain)).toBe(url);
		expect(parseShareLink(url)).toEqual({ ok: true, value: plain });
	});

	test('carries trackers and a start', () => {
		const link = { ...plain, trackers: ['wss://a.example', 'ws://[fe80::1]:8000/t?x=1&y=%'], startSec: 95 };
		const text = formatShareLink('http://192.168.1.5:8000', link);
		expect(text).toContain('&tr=wss://a.example&tr=ws://');
		expect(text.endsWith('&t=95')).toBe(true);
		expect(parseShareLink(text)).toEqual({ ok: true, value: link });
	});

	test('is read from a path and from a URL that prose surrounds', () => {
		for (const text of [`/w/${id}#${base64url(key)}`, ` ${url}.`, `${url})\n`, url.replace('#', '/?utm=1#')]) {
			expect(parseShareLink(text)).toEqual({ ok: true, value: plain });
		}
	});

	test.each([
		['no-id', 'https://example.org/'],
		['no-id', 'https://example.org/w/#key'],
		['bad-id', url.replace(id, id.slice(0, -1))],
		['bad-id', url.replace(id, `${id.slice(0, -1)}!`)],
		['no-key', `https://example.org/w/${id}`],
		['no-key', `https://example.org/w/${id}#`],
		['no-key', `https://example.org/w/${id}#&t=5`],
		['bad-key', url.slice(0, -1)],
		['bad-key', `${url}A`],
		['bad-key', url.replace('#', '#*')],
	])('is %s in %s', (error, text) => {
		expect(parseShareLink(text)).toEqual({ ok: false, error });
	});

	test('names WebSocket trackers only, at most four, each once, and skips what it does not know', () => {
		const bad = ['&tr=http://a', '&tr=javascript:x', '&tr=wss://', '&tr=%', '&tr=wss://a b', '&x=1', '&t=-1', '&t=1e3'];
		const good = ['a', 'a', 'b', 'c', 'd', 'e'].map((host) => `&tr=wss://${host}`);
		const link = parseShareLink(url + bad.join('') + good.join('') + '&t=7');
		expect(link).toEqual({ ok: true, value: { ...plain, trackers: ['wss://a', 'wss://b', 'wss://c', 'wss://d'], startSec: 7 } });
	});
});
