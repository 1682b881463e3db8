/** A swarm as one page knows it, drawn: me in the middle, around me those I am connected to, between us what flows. */
import type { PersonView } from '../../state/app-view.ts';

/** Units of the drawing: about pixels on a phone. */
export const WIDTH = 320;
/** Radius of my disc, and of another's. */
export const ME = 22;
export const PERSON = 14;

/** Discs that can be told apart at this width. Whoever came later stands together as one. */
const MOST = 8;

/** Half the height: around a few a low one is enough. */
const HALF_HEIGHT = { few: 62, many: 138 } as const;
/** Half axes of the ellipse people stand on: beyond it are labels. */
const HALF_AXES = { x: 112, y: 92 } as const;

/** From this rate on a line grows by `WIDER` with each tenfold, so that films and whispers are both seen. */
const WHISPER_BPS = 10_000;
const WIDER = 2.25;
const THINNEST = 1.5;
/** Between what comes and what goes, and between an arrow and a disc. */
const APART = 1.25;
const CLEAR = 7;
/** An arrow's head. */
const HEAD = { length: 9, beyond: 3.5 } as const;

/** A place in the drawing. */
export interface Point { readonly x: number; readonly y: number }

/** Somebody in the drawing, or several. */
export interface Standing {
	readonly key: string;
	/** Place in the list of people; undefined for several. */
	readonly place: number | undefined;
	readonly name: string;
	readonly at: Point;
	/** 0 to 1; undefined for several. */
	readonly held: number | undefined;
	/** Where on their ring they watch. */
	readonly watching: Point | undefined;
	/** Paths; empty where nothing flows. */
	readonly down: string;
	readonly up: string;
	/** Half way, where a bridge carries what flows. */
	readonly bridge: Point | undefined;
}

/** All of them, in the list's order, and half the height they take; the middle is mine. */
export function swarmLayout(
	people: readonly PersonView[], durationSec: number | undefined,
): { readonly halfHeight: number; readonly standing: readonly Standing[] } {
	const shown = people.length > MOST ? people.slice(0, MOST - 1) : people;
	const others = people.slice(shown.length);
	const count = shown.length + Math.min(1, others.length);
	const standing: Standing[] = shown.map((person, place) => {
		const at = spot(place, count);
		return {
			key: person.id, place, name: person.name, at, held: person.held, ...flows(at, person),
			watching: watchingAt(at, person.positionSec, durationSec),
			bridge: person.route === 'bridge' ? { x: round(at.x / 2), y: round(at.y / 2) } : undefined,
		};
	});
	if (others.length > 0) {
		const at = spot(count - 1, count);
		standing.push({
			key: 'others', place: undefined, name: `${others.length} others`, at, held: undefined, watching: undefined,
			bridge: undefined, ...flows(at, { downBps: sum(others, 'downBps'), upBps: sum(others, 'upBps') }),
		});
	}
	return { halfHeight: count <= 2 ? HALF_HEIGHT.few : HALF_HEIGHT.many, standing };
}

/** As much of a name as fits under a disc. */
export function shortName(name: string): string {
	const letters = lettersOf(name);
	return letters.length <= 12 ? name : `${letters.slice(0, 11).join('').trimEnd()}…`;
}

/** As a person counts them: a flag or a face is one. */
export function lettersOf(name: string): string[] {
	return Array.from(new Intl.Segmenter().segment(name), ({ segment }) => segment);
}

/** How wide a line is drawn. */
export function widthOf(bytesPerSec: number): number {
	return THINNEST + WIDER * Math.log10(1 + bytesPerSec / WHISPER_BPS);
}

/** Two stand left and right; an even number leaves the top, where a label has the least room, free. */
function spot(k: number, count: number): Point {
	const first = count <= 2 ? 0 : -0.5 * Math.PI + (count % 2 === 0 ? Math.PI / count : 0);
	const angle = first + (2 * Math.PI * k) / count;
	return { x: round(HALF_AXES.x * Math.cos(angle)), y: round(HALF_AXES.y * Math.sin(angle)) };
}

function watchingAt(
	{ x, y }: Point, positionSec: number | undefined, durationSec: number | undefined,
): Point | undefined {
	if (positionSec === undefined || !durationSec) return undefined;
	const angle = 2 * Math.PI * Math.min(1, positionSec / durationSec) - 0.5 * Math.PI;
	return { x: round(x + PERSON * Math.cos(angle)), y: round(y + PERSON * Math.sin(angle)) };
}

function flows(at: Point, { downBps, upBps }: Pick<PersonView, 'downBps' | 'upBps'>): Pick<Standing, 'down' | 'up'> {
	const [me, distance] = [{ x: 0, y: 0 }, Math.hypot(at.x, at.y)];
	const [near, far] = [ME + CLEAR, distance - PERSON - CLEAR];
	return {
		down: downBps > 0 ? arrow(at, me, { from: distance - far, to: distance - near, width: widthOf(downBps) }) : '',
		up: upBps > 0 ? arrow(me, at, { from: near, to: far, width: widthOf(upBps) }) : '',
	};
}

interface Stroke { readonly from: number; readonly to: number; readonly width: number }

/** On the right of the straight way from one to the other, between two distances along it. */
function arrow(a: Point, b: Point, { from, to, width }: Stroke): string {
	const length = Math.hypot(b.x - a.x, b.y - a.y);
	const [dx, dy] = [(b.x - a.x) / length, (b.y - a.y) / length];
	const point = (along: number, aside: number) =>
		`${round(a.x + along * dx - aside * dy)} ${round(a.y + along * dy + aside * dx)}`;
	const [neck, inner, outer] = [to - HEAD.length, APART, APART + width];
	return `M${point(from, inner)}L${point(neck, inner)}L${point(to, inner)}L${point(neck, outer + HEAD.beyond)}`
		+ `L${point(neck, outer)}L${point(from, outer)}z`;
}

function sum(people: readonly PersonView[], of: 'downBps' | 'upBps'): number {
	return people.reduce((total, person) => total + person[of], 0);
}

function round(value: number): number { return Math.round(value * 10) / 10; }
