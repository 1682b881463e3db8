import { expect, test } from 'vitest';
import { type Placement, placeTracks } from './edit-list.ts';

const picture: Placement = { kind: 'video', timescale: 1000, firstTicks: 0, edit: { delay: 0, mediaTicks: 0 } };
const sound: Placement = { ...picture, kind: 'audio' };

test('tracks without edits begin at zero', () => {
	expect(placeTracks([picture, sound])).toEqual([{ startTicks: 0, offset: 0 }, { startTicks: 0, offset: 0 }]);
});

test('an edit that skips what B-frames put in front is kept', () => {
	const reordered = { ...picture, firstTicks: 80, edit: { delay: 0, mediaTicks: 80 } };
	expect(placeTracks([reordered])).toEqual([{ startTicks: 80, offset: 0 }]);
});

test('an empty edit becomes an offset', () => {
	const late = { ...sound, edit: { delay: 1.5, mediaTicks: 0 } };
	expect(placeTracks([picture, late])[1]).toEqual({ startTicks: 0, offset: 1.5 });
});

test('pictures cut in mid-group show their run-up, and everything else waits for it', () => {
	const cut = { ...picture, edit: { delay: 0, mediaTicks: 1300 } };
	expect(placeTracks([cut, { ...sound, edit: { delay: 0, mediaTicks: 1301 } }])).toEqual([
		{ startTicks: 0, offset: 0 }, { startTicks: 1301, offset: 1.3 },
	]);
});

test('pictures that begin before zero are moved, with their sound', () => {
	expect(placeTracks([{ ...picture, firstTicks: -40 }, sound]).map(({ offset }) => offset)).toEqual([0.04, 0.04]);
});
