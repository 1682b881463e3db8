/** What must hold of an engine after every step, as claims that throw when they do not. */
import { assert } from '../base/result.ts';
import type { Requests } from '../engine/requests.ts';
import type { Engine } from '../engine/engine.ts';
import { GROUP_CHUNKS } from '../protocol/limits.ts';

/** @param checking - how many checks of each chunk are under way */
export function assertInvariants(engine: Engine, checking: ReadonlyMap<number, number>): void {
	const { requests } = engine;
	if (!requests) return;
	assertLinks(engine, requests);
	assertPartials(engine, requests, checking);
	assertCounts(engine, requests);
}

function assertLinks(engine: Engine, requests: Requests): void {
	for (const link of engine.links.values()) {
		let outstanding = 0;
		let urgent = 0;
		for (const [index, asked] of link.asked) {
			outstanding += asked.bytes;
			if (asked.urgent) urgent += asked.bytes;
			assert(!requests.inventory.holds(index), 'a chunk that is held is asked of nobody');
		}
		assert(outstanding === link.outstandingBytes, 'outstanding bytes are those of the chunks asked for');
		assert(urgent === link.urgentBytes, 'urgent bytes are those of the urgent chunks asked for');
	}
}

function assertPartials(engine: Engine, { inventory }: Requests, checking: ReadonlyMap<number, number>): void {
	for (const partial of inventory.partials.values()) {
		assert(!partial.held.isFull && !inventory.whole.has(partial.group), 'a whole group is no partial one');
		const { proof } = partial;
		assert(proof.state !== 'asked' || engine.links.has(proof.of), 'a proof is awaited of a link that is open');
		const asked = (index: number) => [...engine.links.values()].filter((link) => link.asked.has(index)).length;
		for (let k = 0; k < partial.held.length; k++) {
			const index = partial.group * GROUP_CHUNKS + k;
			const count = asked(index) + (checking.get(index) ?? 0);
			assert(partial.asked[k] === count, `chunk ${index} counts as asked of ${partial.asked[k] ?? 0}, is of ${count}`);
			assert(partial.taken.has(k) === (count > 0 || partial.held.has(k)), 'a chunk is taken if asked for or held');
		}
	}
}

function assertCounts(engine: Engine, { inventory, copies }: Requests): void {
	let held = 0;
	let active = 0;
	for (const group of inventory.whole) held += inventory.layout.chunksIn(group);
	for (const partial of inventory.partials.values()) {
		held += partial.held.size;
		if (!partial.idle) active += 1;
	}
	assert(held === inventory.held, 'the number of chunks held is right');
	assert(active === inventory.active, 'the number of groups on their way is right');
	for (let group = 0; group < inventory.layout.groups; group++) {
		const count = [...engine.links.values()].filter((link) => link.holdings.hasGroup(group)).length;
		assert(copies[group] === count, 'the number of copies is right');
	}
}
