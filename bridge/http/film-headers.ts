/** What an answer says of a film. A sharer wrote name and type, so both are untrusted. */
import type { Film } from '../film.ts';

/** How a film is asked for: to be played where it is opened, or to be saved. */
export type Purpose = 'watch' | 'download';

/** A page or a script would run with this server's name: only what a player takes is called what it claims to be. */
const PLAYABLE = /^(video|audio)\/[a-z\d][\w.+-]{0,60}$/i;

/** By MIME type; other names end as they are. */
const ENDINGS: Readonly<Record<string, string>> = {
	'video/mp4': '.mp4', 'video/quicktime': '.mov', 'video/x-m4v': '.m4v', 'video/webm': '.webm',
	'video/x-matroska': '.mkv', 'video/matroska': '.mkv', 'audio/mp4': '.m4a', 'audio/x-m4a': '.m4a',
};

/** File systems take 255 bytes; a letter has four at most. */
const MAX_NAME_LETTERS = 60;

/** Headers of every answer about a film but its length. */
export function filmHeaders(film: Film, purpose: Purpose): Record<string, string> {
	const disposition = purpose === 'watch' ? 'inline' : 'attachment';
	return {
		'accept-ranges': 'bytes',
		'content-type': PLAYABLE.test(film.type) ? film.type.toLowerCase() : 'application/octet-stream',
		'content-disposition': `${disposition}; ${fileNameParameters(fileNameOf(film))}`,
		'cache-control': 'private, no-cache',
		etag: entityTag(film),
		'x-content-type-options': 'nosniff',
	};
}

/** Headers of a film's torrent. */
export function torrentHeaders(film: Film): Record<string, string> {
	return {
		'content-type': 'application/x-bittorrent', 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff',
		'content-disposition': `attachment; ${fileNameParameters(`${fileNameOf(film)}.torrent`)}`,
	};
}

/** A share is one sequence of bytes, ever: its id names them. */
export function entityTag(film: Film): string { return `"${film.id}"`; }

/** What a film is called as a file: no letters that a file system refuses, not too many, and the ending of its type. */
export function fileNameOf({ title, type }: Pick<Film, 'title' | 'type'>): string {
	const ending = ENDINGS[type.toLowerCase()] ?? '';
	const clean = Array.from(title.replace(/[\\/:*?"<>|\p{C}\p{Zl}\p{Zp}]/gu, '_'));
	const stem = clean.slice(0, MAX_NAME_LETTERS).join('').replace(/^[\s.]+|[\s.]+$/g, '') || 'film';
	return stem.toLowerCase().endsWith(ending) ? stem : stem + ending;
}

/** RFC 6266: plain letters for old programs, all of them for the others. */
function fileNameParameters(name: string): string {
	const ascii = name.replace(/[^\x20-\x7e]|%/g, '_');
	return `filename="${ascii}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, percent)}`;
}

function percent(letter: string): string { return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`; }
