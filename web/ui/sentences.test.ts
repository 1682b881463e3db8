import { expect, test } from 'vitest';
import type { PeerId, ShareId } from '../../shared/protocol/ids.ts';
import type { LineRefusal } from '../../shared/runtime/tracker-session.ts';
import type { PersonView, ShareProblem, ShareView, WatchProblem, WatchState, WatchView } from '../state/app-view.ts';
import { ACCEPTED } from './files.ts';
import {
	codecSentence, heldSentence, keptSentence, isLinkAlive, peopleCount, personSentence, problemSentence, shareSentence,
	trackerSentence, watchProblemSentence, watchSentence,
} from './sentences.ts';

const person = (name: string, more: Partial<PersonView> = {}): PersonView => ({
	id: name as PeerId, name, route: 'direct', held: 0.5, positionSec: undefined, playing: true,
	downBps: 0, upBps: 0, rttMs: undefined, ...more,
});
const share = (more: Partial<ShareView> = {}): ShareView => ({
	id: 'id' as ShareId, title: 'Lake', fileName: 'lake.mp4', sizeBytes: 1, durationSec: 1, link: 'link', copied: false,
	posterUrl: undefined, status: { state: 'sharing' }, indexed: 1, sealed: 1, warnings: [], people: [], fullCopies: 0,
	uploadedBytes: 0, upBps: 0, fileUrl: undefined, parking: undefined,
	listing: { wanted: false, known: false, problem: undefined }, ...more,
});
const watch = (status: WatchState, more: Partial<WatchView> = {}): WatchView => ({
	id: 'id' as ShareId, title: 'Lake', sizeBytes: 1, durationSec: 1, link: 'link', posterUrl: undefined, status, people: [],
	held: [], heldFraction: 0, complete: false, downBps: 0, upBps: 0, audioTracks: [], silentBecause: undefined,
	mutedByBrowser: false, unkept: undefined, spares: false, contradicted: false, stats: undefined,
	resumeAtSec: undefined, revival: undefined, ...more,
});

test('the count of people begins with the number', () => {
	const people = [person('Ann'), person('Ben')];
	expect(peopleCount(people)).toBe('2 people connected');
	expect(peopleCount(people.slice(0, 1))).toBe('1 person connected');
	expect(peopleCount([])).toBe('0 people connected');
});

test('while nobody has a full copy the tab must stay open', () => {
	const { tone, title } = shareSentence(share({ people: [person('Ann')] }));
	expect(tone).toBe('warm');
	expect(title).toMatch(/^Keep this tab open/);
});

test('from the first full copy on the tab may be closed, and it says who has one', () => {
	const people = [person('Ann', { held: 1 }), person('Ben')];
	const { tone, title, text } = shareSentence(share({ people, fullCopies: 1 }));
	expect([tone, title]).toEqual(['good', 'Safe to close: 1 full copy']);
	expect(text).toContain('Ann has all of it');
	expect(text).not.toContain('Ben');
});

test('full copies of people we cannot name are counted all the same', () => {
	const { title, text } = shareSentence(share({ fullCopies: 2 }));
	expect(title).toBe('Safe to close: 2 full copies');
	expect(text).toMatch(/^Others have all of it/);
});

test('a share of a former visit says how to take it up again', () => {
	expect(shareSentence(share({ status: { state: 'needs-permission' } })).action?.remedy).toBe('permission');
	const { text, action } = shareSentence(share({ status: { state: 'needs-file' } }));
	expect(text).toContain('lake.mp4');
	expect(action?.remedy).toBe('choose-file');
	const parking = { state: 'kept', maxHours: 24, untilMs: 1 } as const;
	expect(shareSentence(share({ status: { state: 'needs-file' }, parking })).title).toBe('Online, from the bridge');
});

test('every problem of a share is named, names the file or a way out, and is no jargon', () => {
	const problems: readonly ShareProblem[] =
		['empty', 'not-a-video', 'truncated', 'file-gone', 'file-changed', 'other-file', 'too-large', 'storage', 'internal'];
	const sentences = problems.map((problem) => problemSentence(problem, 'lake.mp4'));
	expect(new Set(sentences.map(({ title }) => title)).size).toBe(problems.length);
	for (const { tone, text } of sentences) {
		expect(tone).toBe('bad');
		expect(text).not.toMatch(/chunk|swarm|peer|ICE|undefined/);
	}
});

test('a link that can never work again is not offered', () => {
	expect(isLinkAlive({ state: 'sharing' })).toBe(true);
	expect(isLinkAlive({ state: 'needs-file' })).toBe(true);
	expect(isLinkAlive({ state: 'failed', problem: 'file-gone' })).toBe(true);
	expect(isLinkAlive({ state: 'failed', problem: 'not-a-video' })).toBe(false);
	expect(isLinkAlive({ state: 'stopped' })).toBe(false);
});

test('the worst codec speaks: nobody plays it before some do not, the picture before the sound', () => {
	expect(codecSentence([])).toBeUndefined();
	expect(codecSentence([{ kind: 'audio', codec: 'DTS', plays: 'nowhere' }, { kind: 'video', codec: 'HEVC', plays: 'some' }])).toContain('DTS');
	expect(codecSentence([{ kind: 'video', codec: 'HEVC', plays: 'some' }, { kind: 'audio', codec: 'PCM', plays: 'not-here' }])).toContain('PCM');
	expect(codecSentence([{ kind: 'audio', codec: 'AC-3', plays: 'some' }, { kind: 'video', codec: 'HEVC', plays: 'some' }])).toContain('HEVC');
});

test('what this browser does not play is said of this browser alone', () => {
	const said = codecSentence([{ kind: 'video', codec: 'theora', plays: 'not-here' }]);
	expect(said).toMatch(/^This browser does not play this film’s picture \(theora\)/);
	expect(said).not.toMatch(/no browser|nobody/i);
});

test('who is being connected is counted in good English, and not said to have the film', () => {
	const text = (peers: number) => watchSentence(watch({ state: 'connecting', peers }))?.text;
	expect([text(1), text(3)]).toEqual([
		'1 person is here. Looking for a way to reach them.', '3 people are here. Looking for a way to reach them.',
	]);
});

test('a file that cannot be shared is told the formats that can: those the file chooser offers', () => {
	const { text } = problemSentence('not-a-video', 'lake.mkv');
	for (const format of ['MP4', 'M4V', 'MOV']) {
		expect(text).toContain(format);
		expect(ACCEPTED.split(',')).toContain(`.${format.toLowerCase()}`);
	}
	for (const format of ['webm', 'mkv', 'avi', 'ogv', 'video/*']) expect(`${text} ${ACCEPTED}`.replace('lake.mkv', '').toLowerCase()).not.toContain(format);
});

test('nothing stands over a film that plays', () => {
	expect(watchSentence(watch({ state: 'playing' }))).toBeUndefined();
});

test.each<[WatchState, RegExp]>([
	[{ state: 'opening' }, /Opening/], [{ state: 'tracker-unreachable', retryInSec: 8 }, /tracker does not answer/],
	[{ state: 'tracker-replaced' }, /took this page’s place/],
	[{ state: 'waiting' }, /Nobody/], [{ state: 'connecting', peers: 2 }, /Connecting/], [{ state: 'starting' }, /Starting/],
	[{ state: 'buffering', because: 'seek' }, /Jumping/], [{ state: 'buffering', because: 'slow-peers' }, /Catching up/],
	[{ state: 'buffering', because: 'no-peers' }, /Everybody left/],
])('%j has words', (status, title) => {
	const sentence = watchSentence(watch(status));
	expect(sentence?.title).toMatch(title);
	expect(sentence?.text).toMatch(/\.$/);
});

test('a page whose place at the tracker was taken says what that means, and how to try again', () => {
	const { tone, title, text } = trackerSentence({ state: 'replaced' });
	expect([tone, title]).toEqual(['bad', 'Offline']);
	expect(text).toContain('nobody new can find you');
	expect(watchSentence(watch({ state: 'tracker-replaced' }))?.action?.remedy).toBe('retry');
});

test.each<[LineRefusal, RegExp, RegExp]>([
	['too-many-connections', /as many connections as it takes/, /^The tracker is full$/],
	['too-fast', /in a short time/, /asks for a pause/],
	['version', /Reload the page\.$/, /out of date/],
])('why the tracker ended the line (%s) is said, to who shares and to who watches', (because, text, title) => {
	const shown = trackerSentence({ state: 'offline', retryInSec: 4, because });
	const over = watchSentence(watch({ state: 'tracker-unreachable', retryInSec: 4, because }));
	expect([shown.text, over?.text]).toEqual([expect.stringMatching(text), expect.stringMatching(text)]);
	expect(over?.title).toMatch(title);
	const remedy = because === 'version' ? 'reload' : 'retry';
	expect([shown.action?.remedy, over?.action?.remedy]).toEqual([remedy, remedy]);
	for (const sentence of [shown, over]) expect(sentence?.text).not.toContain('does not answer');
});

test('a wait for the tracker counts down', () => {
	expect(watchSentence(watch({ state: 'tracker-unreachable', retryInSec: 8 }))?.text).toContain('in 8 s');
	expect(trackerSentence({ state: 'offline', retryInSec: 0 }).text).toContain('Trying again now');
});

test('every failure of watching has a title of its own and something to do', () => {
	const problems: readonly WatchProblem[] = [
		{ problem: 'no-key' }, { problem: 'bad-link' }, { problem: 'wrong-key' }, { problem: 'stopped' },
		{ problem: 'codec', codecs: ['HEVC', 'AC-3'] }, { problem: 'not-a-video' }, { problem: 'storage' },
		{ problem: 'no-webrtc' }, { problem: 'no-media-source' }, { problem: 'internal' },
	];
	const sentences = problems.map(watchProblemSentence);
	expect(new Set(sentences.map(({ title }) => title)).size).toBe(problems.length);
	for (const { action } of sentences) expect(action?.label).toBeTruthy();
	expect(sentences[4]?.text).toContain('HEVC and AC-3');
});

test('all of the film is said only when it is complete', () => {
	expect(heldSentence(watch({ state: 'playing' }, { heldFraction: 0.999 }))).toContain('99 %');
	expect(heldSentence(watch({ state: 'playing' }, { heldFraction: 1, complete: true }))).toMatch(/^All/);
});

test('a device is called full only when it is, and a reload is promised nothing that is not kept', () => {
	const kept = (more: Partial<WatchView>) => watch({ state: 'playing' }, { heldFraction: 0.5, ...more });
	expect(heldSentence(kept({ unkept: 'full' }))).toMatch(/is full.*plays on.*50 %/);
	expect(heldSentence(kept({ unkept: 'failed' }))).toMatch(/keeps nothing more.*plays on.*50 %/);
	expect(heldSentence(kept({ unkept: 'failed' }))).not.toContain('full');
	expect(keptSentence(kept({}))).toContain('After a reload');
	expect(keptSentence(kept({ spares: true }))).toContain('no more is fetched than you watch');
	expect([keptSentence(kept({ unkept: 'full' })), keptSentence(kept({ unkept: 'failed' }))]).toEqual(['', '']);
});

test('a person is what they do', () => {
	expect(personSentence(person('Ann', { positionSec: 95 }))).toBe('Watching at 1:35');
	expect(personSentence(person('Ann', { positionSec: 95, playing: false }))).toBe('Paused at 1:35');
	expect(personSentence(person('Ann', { held: 1 }))).toBe('Has a full copy');
	expect(personSentence(person('Ann', { held: 1, positionSec: 95 }))).toBe('Watching at 1:35');
	expect(personSentence(person('Ann'))).toBe('Here');
});
