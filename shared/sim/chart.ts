/** Charts of a run as one SVG: who plays, what flows, how soon each began. */
import { SECOND } from '../base/units.ts';
import type { Moment } from './moments.ts';
import type { Report } from './report.ts';

interface Line {
	readonly name: string;
	readonly colour: string;
	readonly points: readonly (readonly [x: number, y: number])[];
}
interface Panel { readonly title: string; readonly across: string; readonly lines: readonly Line[] }

const WIDTH = 720;
const HEIGHT = 200;
const MARGIN = { left: 56, right: 16, top: 34, bottom: 34 } as const;
const COLOURS = { plays: '#2f8f6f', stalls: '#c2452d', starts: '#d9a441', sharer: '#6a4fb3', viewers: '#2d6fc2' } as const;

/** A self-contained picture. */
export function chart(title: string, report: Report): string {
	const panels = [viewersOf(report.moments), flowOf(report.moments), startUpsOf(report)]
		.filter(({ lines }) => lines.some(({ points }) => points.some(([, y]) => y > 0)));
	const height = 40 + panels.length * (HEIGHT + 20);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
		`<rect width="100%" height="100%" fill="#fff"/><text x="16" y="24" font-size="16" font-weight="bold">${escaped(title)}</text>`,
		...panels.map((panel, k) => `<g transform="translate(0 ${40 + k * (HEIGHT + 20)})">${drawn(panel)}</g>`),
		'</svg>', '',
	].join('\n');
}

function viewersOf(moments: readonly Moment[]): Panel {
	const line = (name: string, colour: string, of: (moment: Moment) => number): Line =>
		({ name, colour, points: moments.map((moment) => [moment.at / SECOND, of(moment)]) });
	return { title: 'Viewers', across: 's', lines: [
		line('play', COLOURS.plays, ({ playing }) => playing), line('have not begun', COLOURS.starts, ({ starting }) => starting),
		line('stand still', COLOURS.stalls, ({ stalled }) => stalled),
	] };
}

function flowOf(moments: readonly Moment[]): Panel {
	const line = (name: string, colour: string, of: (moment: Moment) => number): Line =>
		({ name, colour, points: moments.map((moment) => [moment.at / SECOND, of(moment)]) });
	return { title: 'Sent, Mbit/s', across: 's', lines: [
		line('by sharers', COLOURS.sharer, ({ sharersUp }) => sharersUp), line('by viewers', COLOURS.viewers, ({ viewersUp }) => viewersUp),
	] };
}

function startUpsOf({ peers }: Report): Panel {
	const began = [...peers.values()].flatMap(({ watched }) => watched?.startUpMs ?? []).sort((a, b) => a - b);
	const points = began.map((ms, k) => [((k + 1) / began.length) * 100, ms / SECOND] as const);
	return { title: 'Began to watch within, s', across: '% of viewers', lines: [{ name: '', colour: COLOURS.plays, points }] };
}

function drawn({ title, across, lines }: Panel): string {
	const all = lines.flatMap(({ points }) => points);
	const [xMost, yMost] = [roundUp(Math.max(...all.map(([x]) => x))), roundUp(Math.max(...all.map(([, y]) => y)))];
	const x = (value: number) => MARGIN.left + (value / xMost) * (WIDTH - MARGIN.left - MARGIN.right);
	const y = (value: number) => HEIGHT - MARGIN.bottom - (value / yMost) * (HEIGHT - MARGIN.top - MARGIN.bottom);
	const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => [
		`<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(part * yMost)}" y2="${y(part * yMost)}" stroke="#ddd"/>`,
		`<text x="${MARGIN.left - 6}" y="${y(part * yMost) + 4}" text-anchor="end" fill="#555">${short(part * yMost)}</text>`,
		`<text x="${x(part * xMost)}" y="${HEIGHT - 14}" text-anchor="middle" fill="#555">${short(part * xMost)}${part === 1 ? ` ${across}` : ''}</text>`,
	].join(''));
	const curves = lines.map(({ colour, points }) =>
		`<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${points.map((p) => `${x(p[0]).toFixed(1)},${y(p[1]).toFixed(1)}`).join(' ')}"/>`);
	const key = lines.map(({ name, colour }, k) => `<text x="${MARGIN.left + 160 + k * 130}" y="18" fill="${colour}">${name}</text>`);
	return `<text x="${MARGIN.left}" y="18" font-weight="bold">${title}</text>${grid.join('')}${curves.join('')}${key.join('')}`;
}

/** The next of 1, 2, 5, 10, 20 … */
function roundUp(value: number): number {
	const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-6)));
	return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
