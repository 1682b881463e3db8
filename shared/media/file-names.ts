/** Titles and types out of file names. */
import { MAX_TITLE_LENGTH } from '../protocol/limits.ts';

/** Types that browsers do not know by name. */
const TYPES: ReadonlyMap<string, string> = new Map([
	['mp4', 'video/mp4'],
	['m4v', 'video/mp4'],
	['mov', 'video/quicktime'],
	['webm', 'video/webm'],
	['mkv', 'video/x-matroska'],
	['avi', 'video/x-msvideo'],
	['ts', 'video/mp2t'],
	['flv', 'video/x-flv'],
]);

/** What a film is called until somebody says better: its file's name without path, ending and what would not print. */
export function titleOf(fileName: string): string {
	return titleLine(fileName.replace(/\.[a-z0-9]{2,4}$/i, '').replaceAll('_', ' ')) || 'Untitled film';
}

/** Words as the one line a description takes: without what would not print or would turn the text around. */
export function titleLine(words: string): string {
	const printable = words.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, ' ');
	const line = printable.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_TITLE_LENGTH);
	return line.replaceAll(/\p{Cs}/gu, '').trim(); // half a pair is no character
}

/** The MIME type of a file: the browser's word, or the ending's. */
export function typeOf(fileName: string, said: string): string {
	const ending = /\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
	return said !== '' && said.length <= 128 ? said : TYPES.get(ending) ?? 'application/octet-stream';
}
