import { expect, test } from 'vitest';
import { CLOSE_CODES } from '../protocol/tracker-message.ts';
import { LineReports } from './line-reports.ts';

function listener() {
	const heard: string[] = [];
	const reports = new LineReports({
		opened: () => heard.push('opened'), message: (text) => heard.push(text), closed: (end) => heard.push(end),
	});
	return { heard, reports };
}

test('the end is told once, and nothing comes after it', () => {
	const { heard, reports } = listener();
	reports.opened();
	reports.message('hello');
	reports.closed(CLOSE_CODES.replaced);
	reports.closed();
	reports.message('late');
	expect(heard).toEqual(['opened', 'hello', 'replaced']);
});

test('whoever closed it hears nothing more', () => {
	const { heard, reports } = listener();
	reports.stop();
	reports.closed(1000);
	expect(heard).toEqual([]);
});

test('an address that is none is a line that closes, but not before it was returned', async () => {
	const { heard, reports } = listener();
	reports.deadEnd().send('lost');
	expect(heard).toEqual([]);
	await Promise.resolve();
	expect(heard).toEqual(['lost']);
});
