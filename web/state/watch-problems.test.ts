import { expect, test } from 'vitest';
import { problemOfPlayback } from './watch-problems.ts';

test('a film whose index makes no sense is damaged', () => {
	expect(problemOfPlayback({ reason: 'index', fault: 'damaged' })).toEqual({ problem: 'not-a-video' });
	expect(problemOfPlayback({ reason: 'index', fault: 'truncated' })).toEqual({ problem: 'not-a-video' });
});

test('a film whose index could not be read or made is not called damaged', () => {
	expect(problemOfPlayback({ reason: 'index', fault: 'closed' })).toEqual({ problem: 'internal' });
	expect(problemOfPlayback({ reason: 'index', fault: 'gone' })).toEqual({ problem: 'internal' });
});

test('what the browser lacks is named: codecs, or all that it takes', () => {
	expect(problemOfPlayback({ reason: 'codec', codecs: ['hvc1'] })).toEqual({ problem: 'codec', codecs: ['hvc1'] });
	expect(problemOfPlayback({ reason: 'browser' })).toEqual({ problem: 'no-media-source' });
});
