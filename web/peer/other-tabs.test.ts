import { afterEach, expect, test, vi } from 'vitest';
import { SECOND } from '../../shared/base/units.ts';
import { peerIdFrom } from '../../shared/protocol/ids.ts';
import { ManualClock } from '../../shared/testkit/manual-clock.ts';
import { OtherTabs } from './other-tabs.ts';

const open: OtherTabs<number>[] = [];
afterEach(() => { for (const tab of open.splice(0)) tab.close(); });

function tab(clock: ManualClock, chosen: (choice: number) => void = () => undefined): OtherTabs<number> {
	const made = new OtherTabs<number>(peerIdFrom(new Uint8Array(16).fill(open.length)), clock);
	made.start(chosen);
	open.push(made);
	return made;
}

test('tabs count each other’s films, not their own, and the last word of each counts', async () => {
	const clock = new ManualClock();
	const [one, other, third] = [tab(clock), tab(clock), tab(clock)];
	one.say(5);
	one.say(2);
	other.say(1);
	await vi.waitFor(() => expect([one.busy, other.busy, third.busy]).toEqual([1, 2, 3]));
});

test('a tab that fell silent has none', async () => {
	const clock = new ManualClock();
	const [one, other] = [tab(clock), tab(clock)];
	one.say(2);
	await vi.waitFor(() => expect(other.busy).toBe(2));
	clock.pass(11 * SECOND);
	expect(other.busy).toBe(0);
});

test('what a person chose in one tab is told to the others', async () => {
	const heard: number[] = [];
	const clock = new ManualClock();
	const one = tab(clock, () => expect.unreachable());
	tab(clock, (choice) => heard.push(choice));
	one.tellChoice(8);
	await vi.waitFor(() => expect(heard).toEqual([8]));
});
