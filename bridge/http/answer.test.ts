import { expect, test } from 'vitest';
import { arrivingFilm } from '../testkit/arriving-film.ts';
import { answerFor } from './answer.ts';
import { filmHeaders } from './film-headers.ts';

const { film } = arrivingFilm(1000);
const TAG = `"${film.id}"`;
const answer = (asked: Parameters<typeof answerFor>[2]) => {
	const { status, headers, body } = answerFor(film, 'watch', asked);
	return [status, headers['content-length'], headers['content-range'], body && [body.from, body.to]];
};

test.each([
	['nothing', {}, [200, '1000', undefined, [0, 1000]]],
	['one range', { range: 'bytes=100-199' }, [206, '100', 'bytes 100-199/1000', [100, 200]]],
	['the end', { range: 'bytes=-1' }, [206, '1', 'bytes 999-999/1000', [999, 1000]]],
	['several ranges', { range: 'bytes=0-1,5-6' }, [200, '1000', undefined, [0, 1000]]],
	['a range past the end', { range: 'bytes=1000-' }, [416, undefined, 'bytes */1000', undefined]],
	['nonsense', { range: 'bytes=x' }, [200, '1000', undefined, [0, 1000]]],
	['what it has already', { 'if-none-match': TAG }, [304, undefined, undefined, undefined]],
	['what it has already, weakly', { 'if-none-match': `"other", W/${TAG}` }, [304, undefined, undefined, undefined]],
	['what is not the other', { 'if-none-match': '"other"' }, [200, '1000', undefined, [0, 1000]]],
	['the rest of this', { range: 'bytes=9-', 'if-range': TAG }, [206, '991', 'bytes 9-999/1000', [9, 1000]]],
	['the rest of another', { range: 'bytes=9-', 'if-range': '"other"' }, [200, '1000', undefined, [0, 1000]]],
	['the rest of this, weakly', { range: 'bytes=9-', 'if-range': `W/${TAG}` }, [200, '1000', undefined, [0, 1000]]],
	['the rest since a date', { range: 'bytes=9-', 'if-range': 'Thu, 26 Nov 2026 00:00:00 GMT' }, [200, '1000', undefined, [0, 1000]]],
	['this and no other', { 'if-match': TAG }, [200, '1000', undefined, [0, 1000]]],
	['anything', { 'if-match': '*' }, [200, '1000', undefined, [0, 1000]]],
	['another and no other', { 'if-match': '"other"' }, [412, undefined, undefined, undefined]],
	['another, of all sorts', { 'if-match': `W/${TAG}` }, [412, undefined, undefined, undefined]],
])('who asks for %s', (_, asked, expected) => {
	expect(answer(asked)).toEqual(expected);
});

test('a film is shown where it is opened, and saved where that is asked', () => {
	expect(filmHeaders(film, 'watch')).toMatchObject({
		'content-type': 'video/mp4', etag: TAG, 'accept-ranges': 'bytes', 'x-content-type-options': 'nosniff',
		'content-disposition': 'inline; filename="A film.mp4"; filename*=UTF-8\'\'A%20film.mp4',
	});
	expect(filmHeaders(film, 'download')['content-disposition']).toMatch(/^attachment; /);
});

test.each([
	['text/html', 'application/octet-stream'], ['video/mp4; x="y"', 'application/octet-stream'], ['', 'application/octet-stream'],
	['image/svg+xml', 'application/octet-stream'], ['VIDEO/MP4', 'video/mp4'], ['audio/mp4', 'audio/mp4'],
])('a film that calls itself %s is sent as %s', (type, sent) => {
	expect(filmHeaders({ ...film, type }, 'watch')['content-type']).toBe(sent);
});

test.each([
	['film.mp4', 'film.mp4', 'film.mp4'],
	['../../etc/passwd', '_.._etc_passwd.mp4', '_.._etc_passwd.mp4'],
	['a"b\\c%41', 'a_b_c_41.mp4', 'a_b_c%2541.mp4'],
	['Жизнь «2»', '_____ _2_.mp4', '%D0%96%D0%B8%D0%B7%D0%BD%D1%8C%20%C2%AB2%C2%BB.mp4'],
	['It\'s (it)*', 'It\'s (it)_.mp4', 'It%27s%20%28it%29_.mp4'],
	['...', 'film.mp4', 'film.mp4'],
])('a film called %s is saved as %s', (title, ascii, encoded) => {
	expect(filmHeaders({ ...film, title }, 'download')['content-disposition'])
		.toBe(`attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`);
});

test('a name is as long as file systems take', () => {
	const disposition = filmHeaders({ ...film, title: '🎬'.repeat(150) }, 'download')['content-disposition'] ?? '';
	const name = decodeURIComponent(disposition.split('\'\'')[1] ?? '');
	expect(Buffer.byteLength(name)).toBeLessThan(256);
	expect(name.endsWith('🎬.mp4')).toBe(true);
});
