/** What is held of a film, as the seek bar draws it: in the colours of who gave it. */
import type { Stretch } from '../../state/app-view.ts';

/** As far apart as six can be over any picture, and none the amber of what was played. */
const COLOURS = ['#3fb8aa', '#8fb4ff', '#f7d354', '#ee8ac0', '#a6d96a', '#c9a0ff'] as const;

/** What was here before, or came from whoever has left. */
const NOBODY = '#c3d0d0';

/** Of the person at this place of the list; more than six share. */
export function giverColour(place: number | undefined): string {
	return place === undefined ? NOBODY : COLOURS[place % COLOURS.length] ?? NOBODY;
}

/** One path for each colour, as `[colour, path]`, in a drawing `units` wide and 1 high. */
export function heldPaths(held: readonly Stretch[], units: number): [string, string][] {
	const paths = new Map<string, string>();
	for (const { from, to, by } of held) {
		const [colour, width] = [giverColour(by), Math.max(1, Math.ceil((to - from) * units))];
		paths.set(colour, `${paths.get(colour) ?? ''}M${Math.floor(from * units)} 0h${width}v1h-${width}z`);
	}
	return [...paths];
}
