/**
 * Whether a file that is given back is the film a link was made for. All of it cannot be read while a person waits; a
 * few groups spread over what is known tell films apart, and each other one is checked when it is served.
 */
import { equalBytes, type Bytes } from '../base/bytes.ts';
import { groupRoot, type Hash } from '../protocol/merkle.ts';
import type { FilmSource } from '../ports/film-source.ts';

/** Groups that are looked at: 8 MiB, a tenth of a second at most. */
export const LOOKED_AT = 8;

/** What is known of a film: these groups, ascending, and their roots. */
export interface KnownFilm {
	readonly groups: readonly number[];
	readonly rootOf: (group: number) => Promise<Bytes | undefined>;
}

/** At most `count` of the values, evenly spread, first and last among them. */
export function spread(values: readonly number[], count: number): number[] {
	if (values.length <= count) return [...values];
	const step = (values.length - 1) / (count - 1);
	return Array.from({ length: count }, (_, k) => values[Math.round(k * step)] ?? 0);
}

/** Whether the file has the known bytes wherever it is looked at. A film of which nothing is known may be any. */
export async function isSameFilm(
	source: Pick<FilmSource, 'loadGroup'>, known: KnownFilm, hash: Hash,
): Promise<boolean> {
	const same = await Promise.all(spread(known.groups, LOOKED_AT).map(async (group) => {
		const [loaded, root] = await Promise.all([source.loadGroup(group), known.rootOf(group)]);
		return loaded.ok && root !== undefined && equalBytes(groupRoot(loaded.value.leaves, hash), root);
	}));
	return same.every(Boolean);
}
