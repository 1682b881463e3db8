import { describe, expect, test } from 'vitest';
import { decode } from '../protocol/peer-message.ts';
import { peerIdFrom, type LinkId } from '../protocol/ids.ts';
import type { PartName } from './events.ts';
import { Link } from './link.ts';
import { Outbox } from './outbox.ts';
import { Parts } from './parts.ts';
import { REFUSED_MS, SNUBBED_MS } from './settings.ts';

const name = (part: number): PartName => ({ attachment: 0, of: 'part', part });
const [ANN, BOB] = [1 as LinkId, 2 as LinkId];

class Bed {
	readonly links = new Map<LinkId, Link>();
	readonly out = new Outbox();
	readonly parts = new Parts(this.links, this.out);

	/** @param links - how many there are */
	constructor(links = 2) {
		for (let k = 1; k <= links; k++) this.links.set(k as LinkId, new Link({ id: k as LinkId, peer: peerIdFrom(new Uint8Array(16).fill(k)), name: '', initiator: true }, 0));
	}

	/** What was asked, as `link<part`. */
	asked(): string[] {
		return this.out.take().map((effect) => {
			const message = effect.type === 'send' ? decode(effect.frame) : undefined;
			return message?.ok && message.value.type === 'want-attachment' && effect.type === 'send' ? `${effect.link}<${message.value.part}` : '?';
		});
	}
}

describe('a part', () => {
	test('is asked of one link, once', () => {
		const bed = new Bed();
		bed.parts.want(name(0), 0);
		bed.parts.want(name(0), 1);
		bed.parts.fill(2);
		expect(bed.asked()).toEqual(['1<0']);
		expect(
			[bed.parts.expects(name(0), ANN), bed.parts.expects(name(0), BOB), bed.parts.expects(name(1), ANN)],
		).toEqual([true, false, false]);
	});

	test('that one has not is asked of the next; when nobody has it, of all again after a while', () => {
		const bed = new Bed();
		bed.parts.want(name(0), 0);
		bed.parts.refused(name(0), ANN, 1);
		bed.parts.refused(name(0), BOB, 2);
		expect(bed.asked()).toEqual(['1<0', '2<0']);
		bed.parts.tick(REFUSED_MS - 1);
		expect(bed.asked()).toEqual([]);
		bed.parts.tick(REFUSED_MS + 2);
		expect(bed.asked()).toEqual(['1<0']);
	});

	test('that is late is asked of a second link too, and either may answer', () => {
		const bed = new Bed(3);
		bed.parts.want(name(0), 0);
		bed.parts.tick(900);
		expect(bed.asked()).toEqual(['1<0']);
		bed.parts.tick(1100);
		bed.parts.tick(1350);
		expect(bed.asked()).toEqual(['2<0']);
		expect([bed.parts.expects(name(0), ANN), bed.parts.expects(name(0), BOB)]).toEqual([true, true]);
		bed.parts.tick(SNUBBED_MS + 1);
		expect(bed.parts.expects(name(0), ANN)).toBe(false);
	});

	test('of a link that closes is asked elsewhere', () => {
		const bed = new Bed();
		bed.parts.want(name(0), 0);
		bed.links.delete(ANN);
		bed.parts.closed(ANN, 5);
		expect(bed.asked()).toEqual(['1<0', '2<0']);
	});

	test('that is here is wanted no more', () => {
		const bed = new Bed();
		bed.parts.want(name(0), 0);
		bed.parts.settle(name(0));
		bed.asked();
		bed.parts.tick(10_000);
		expect([bed.asked(), bed.parts.size]).toEqual([[], 0]);
	});

	test('nobody had may be had after a newer descriptor', () => {
		const bed = new Bed(1);
		bed.parts.want(name(0), 0);
		bed.parts.refused(name(0), ANN, 1);
		bed.asked();
		bed.parts.forgetRefusals(2);
		expect(bed.asked()).toEqual(['1<0']);
	});
});

test('many parts are spread over the links, no more than eight a link', () => {
	const bed = new Bed();
	for (let part = 0; part < 30; part++) bed.parts.want(name(part), 0);
	const asked = bed.asked();
	expect([asked.filter((word) => word.startsWith('1<')).length, asked.filter((word) => word.startsWith('2<')).length]).toEqual([8, 8]);
});
