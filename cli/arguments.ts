/** What a person wants of the command, out of what they typed. */
import { parseArgs } from 'node:util';
import { fail, ok, type Result } from '../shared/base/result.ts';
import { MAX_NAME_LENGTH } from '../shared/protocol/limits.ts';
import { parseShareLink, type ShareLink, type ShareLinkFault } from '../shared/protocol/share-link.ts';

/** A link, and the tracker that introduces its people. */
export interface Film { readonly link: ShareLink; readonly tracker: string }

/** What is to be done. */
export type Wish =
	| { readonly command: 'help' }
	| { readonly command: 'doctor'; readonly json: boolean }
	| { readonly command: 'get'; readonly film: Film; readonly json: boolean; readonly output: string | undefined; readonly force: boolean }
	| { readonly command: 'share'; readonly paths: readonly string[]; readonly json: boolean; readonly tracker: string | undefined; readonly name: string | undefined }
	| { readonly command: 'stop'; readonly what: readonly string[]; readonly json: boolean; readonly tracker: string | undefined }
	| { readonly command: 'play'; readonly film: Film; readonly json: boolean; readonly player: string | undefined };

/** Reads what follows the program's name. A failure is a sentence for whoever typed it. */
export function readArguments(args: readonly string[]): Result<Wish, string> {
	const parsed = parse(args);
	if (!parsed.ok) return parsed;
	const { values, positionals: [command, ...rest] } = parsed.value;
	if (values.help === true || command === undefined || command === 'help') return ok({ command: 'help' });
	const stray = strayOption(command, values);
	if (stray !== undefined) return fail(stray);
	const { json = false, tracker, name } = values;
	if (command === 'doctor') return ok({ command, json });
	if (command === 'share' || command === 'stop') return sharingWish(command, rest, { json, tracker, name });
	if (command !== 'get' && command !== 'play') return fail(whyNo(command));
	const [url, ...more] = rest;
	if (url === undefined) return fail(`Which film? streamlet ${command} '<link>'`);
	if (more.length > 0) return fail('One link at a time, in quotes: a shell takes some of its letters for its own.');
	const film = filmAt(url);
	return film.ok ? ok(wishFor(command, film.value, values)) : film;
}

interface Options { json?: boolean; force?: boolean; output?: string; open?: string; tracker?: string; name?: string }

/** Which commands an option belongs to. */
const BELONGS: Readonly<Partial<Record<keyof Options, readonly string[]>>> = {
	force: ['get'], output: ['get'], open: ['play'], tracker: ['share', 'stop'], name: ['share'],
};

function strayOption(command: string, options: Options): string | undefined {
	for (const [option, commands] of Object.entries(BELONGS)) {
		const isGiven = options[option as keyof Options] !== undefined;
		if (isGiven && !commands.includes(command)) return `--${option} belongs to ${commands.join(' and ')}.`;
	}
	return undefined;
}

function wishFor(command: 'get' | 'play', film: Film, options: Options): Wish {
	const { json = false, force = false, output, open } = options;
	return command === 'get' ? { command, film, json, output, force } : { command, film, json, player: open };
}

function sharingWish(
	command: 'share' | 'stop', paths: readonly string[], options: { json: boolean; tracker: string | undefined; name: string | undefined },
): Result<Wish, string> {
	const { json, tracker, name } = options;
	if (tracker !== undefined && !/^https?:\/\/[^/?#]+\/?$/.test(tracker)) {
		return fail('--tracker takes the address that people open in a browser, such as https://films.example.org.');
	}
	if (paths.length === 0) return fail(command === 'share' ? 'Which film, or which folder of films?' : 'Which film, or which link?');
	if (name !== undefined && !isName(name)) return fail(`--name takes a line of up to ${MAX_NAME_LENGTH} letters.`);
	const origin = tracker?.replace(/\/$/, '');
	return ok(command === 'share' ? { command, paths, json, tracker: origin, name } : { command, what: paths, json, tracker: origin });
}

function isName(name: string): boolean {
	return name.trim() !== '' && name.length <= MAX_NAME_LENGTH && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name);
}

function whyNo(command: string): string {
	return command === 'serve' || command === 'bridge'
		? `${command} takes no arguments: environment variables set it up.`
		: `There is no command "${command}".`;
}

function parse(args: readonly string[]) {
	try {
		return ok(parseArgs({
			args: [...args], allowPositionals: true,
			options: {
				help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' },
				output: { type: 'string', short: 'o' }, force: { type: 'boolean', short: 'f' }, open: { type: 'string' },
				tracker: { type: 'string' }, name: { type: 'string' },
			},
		}));
	} catch (error) {
		return fail(error instanceof Error ? error.message : String(error)); // says which option, and what is wrong with it
	}
}

function filmAt(url: string): Result<Film, string> {
	const link = parseShareLink(url);
	if (!link.ok) return fail(LINK_FAULTS[link.error]);
	const origin = /^(https?):\/\/([^/?#]+)\/w\//.exec(url.trim());
	if (!origin) return fail('A link begins with http:// or https:// and the server it came from.');
	const [, scheme, host] = origin;
	return ok({ link: link.value, tracker: `${scheme === 'https' ? 'wss' : 'ws'}://${host ?? ''}/ws` });
}

const LINK_FAULTS: Readonly<Record<ShareLinkFault, string>> = {
	'no-id': 'This is no link to a film: one has /w/ in it, and a # later.',
	'bad-id': 'This link is cut short or garbled: ask for it again.',
	'no-key': 'The key is missing, which is the part of the link after the #. A link stands in quotes, or the shell may drop it.',
	'bad-key': 'The key, which is the part of the link after the #, is cut short or garbled: ask for the link again.',
};
