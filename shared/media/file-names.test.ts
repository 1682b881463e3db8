import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../base/text.ts';
import { parseBody } from '../protocol/descriptor-body.ts';
import { MAX_TITLE_LENGTH } from '../protocol/limits.ts';
import { titleLine, titleOf, typeOf } from './file-names.ts';

describe('a title', () => {
	test.each([
		['Holiday 2024.mp4', 'Holiday 2024'],
		['the_long__film.final.MKV', 'the long film.final'],
		['no ending', 'no ending'],
		['  spaced   out .mov', 'spaced out'],
		['Vol. 2', 'Vol. 2'],
		['日本の映画.webm', '日本の映画'],
		['two\nlines\u2028\u202egpj.mp4', 'two lines gpj'],
	])('of %j is %j', (fileName, title) => {
		expect(titleOf(fileName)).toBe(title);
	});

	test.each(['', '.mp4', '___.webm', '\u202e.mp4'])('of %j, which says nothing, is made up', (fileName) => {
		expect(titleOf(fileName)).toBe('Untitled film');
	});

	test('is no longer than a descriptor takes', () => {
		expect(titleOf(`${'x'.repeat(1000)}.mp4`).length).toBe(MAX_TITLE_LENGTH);
	});
});

test('words of a person become one line that every viewer takes', () => {
	expect(titleLine(' The lake.\tPart_2\u202e\n')).toBe('The lake. Part_2');
	expect(titleLine('\u2066\n')).toBe('');
	expect(titleLine('x'.repeat(1000)).length).toBe(MAX_TITLE_LENGTH);
	expect(titleLine(`${'x'.repeat(MAX_TITLE_LENGTH - 1)}\u{1f600}`)).toBe('x'.repeat(MAX_TITLE_LENGTH - 1));
});

test('whatever somebody writes makes a title that a description takes, or none', () => {
	const about = { type: '', tracks: [], attachments: [], access: { type: 'open', contentKey: 'A'.repeat(43) } };
	fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (words) => {
		const title = titleLine(words);
		if (title !== '') expect(parseBody(utf8(JSON.stringify({ ...about, title })))?.title).toBe(title);
	}));
});

describe('a type', () => {
	test('is what the browser says', () => {
		expect(typeOf('film.mkv', 'video/mp4')).toBe('video/mp4');
	});

	test.each([
		['film.mkv', 'video/x-matroska'], ['FILM.MP4', 'video/mp4'], ['a.b.webm', 'video/webm'], ['clip.ts', 'video/mp2t'],
	])('of %s, of which it says nothing, follows from the ending', (fileName, type) => {
		expect(typeOf(fileName, '')).toBe(type);
	});

	const untold = ['film', 'film.xyz', 'film.mp4.part', 'mp4'];
	test.each(untold)('of %s, which no ending tells, is that of any bytes', (fileName) => {
		expect(typeOf(fileName, '')).toBe('application/octet-stream');
	});

	test('that would not fit a descriptor is not believed', () => {
		expect(typeOf('film.mp4', `video/${'x'.repeat(200)}`)).toBe('video/mp4');
	});
});
