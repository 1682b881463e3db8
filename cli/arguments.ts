/** What a person wants of the command, out of what they typed. */
import { parseArgs } from 'node:util';
import { fail, ok, type Result } from '../shared/base/result.ts';
import { parseShareLink, type ShareLink, type ShareLinkFault } from '../shared/protocol/share-link.ts';

/** A link, and the tracker that introduces its people. */
export interface Film { readonly link: ShareLink; readonly tracker: string }

/** What is to be done. */
export type Wish =
	| { readonly command: 'help' }
	| { readonly command: 'doctor'; readonly json: boolean }
	| { readonly command: 'get'; readonly film: Film; readonly json: boolean; readonly output: string | undefined; readonly force: boolean }
	| { readonly command: 'play'; readonly film: Film; readonly json: boolean; readonly player: string | undefined };

/** Reads what follows the program's name. A failure is a sentence for whoever typed it. */
export function readArguments(args: readonly string[]): Result<Wish, string> {
	const parsed = parse(args);
	if (!parsed.ok) return parsed;
	const { values, positionals: [command, url, ...more] } = parsed.value;
	if (values.help === true || command === undefined || command === 'help') return ok({ command: 'help' });
	if (command === 'doctor') return ok({ command, json: values.json ?? false });
	if (command !== 'get' && command !== 'play') return fail(whyNo(command));
	if (url === undefined) return fail(`Which film? streamlet ${command} '<link>'`);
	if (more.length > 0) return fail('One link at a time, in quotes: a shell takes some of its letters for its own.');
	const film = filmAt(url);
	return film.ok ? wishFor(command, film.value, values) : film;
}

interface Options { json?: boolean; force?: boolean; output?: string; open?: string }

function wishFor(command: 'get' | 'play', film: Film, options: Options): Result<Wish, string> {
	const { json = false, force = false, output, open } = options;
	if (command === 'get') {
		return open === undefined ? ok({ command, film, json, output, force }) : fail('--open belongs to play.');
	}
	const isForGet = output !== undefined || force;
	return isForGet ? fail('--output and --force belong to get.') : ok({ command, film, json, player: open });
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
