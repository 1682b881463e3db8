/** Refusals in words, for people who read logs and write clients; pages have words of their own for their viewers. */
import type { Refusal } from '../../shared/protocol/tracker-message.ts';

const DETAILS: Readonly<Record<Refusal, string>> = {
	'bad-message': 'This is no message of the tracker protocol.',
	version: 'This tracker speaks another version of the protocol.',
	'not-greeted': 'A connection begins with hello.',
	'already-greeted': 'This connection said hello before.',
	'id-taken': 'Another connection has this id.',
	'too-fast': 'Too much in a short time.',
	'too-many-shares': 'This connection takes part in as many shares as it may.',
	'too-many-connections': 'There are as many connections as there may be.',
	'not-in-swarm': 'Join the share first.',
	'no-such-peer': 'Nobody of that id takes part in this share.',
	'bad-descriptor': 'This is no descriptor of this share.',
	'old-descriptor': 'A later revision is known.',
	equivocation: 'This contradicts what was published before; the first stands.',
	revoked: 'This share was stopped for good.',
	'bad-listing': 'This is no statement of this share about the catalogue.',
	'old-listing': 'A later statement about this share is known.',
	'unknown-share': 'Publish the descriptor of this share first.',
	'catalogue-full': 'The catalogue lists as many films as it may.',
	unavailable: 'The tracker cannot do this just now.',
	'shutting-down': 'The tracker stops or starts again.',
};

/** One sentence about a refusal. */
export function explain(code: Refusal): string {
	return DETAILS[code];
}
