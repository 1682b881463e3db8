import { stat } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { up, type Bed, type Wire } from '../bed/bed.ts';
import { megabytes } from './bench-films.ts';
import { withPeople } from './chromium.ts';
import { compare, figures } from './compare.ts';
import { productTransfer, type Product } from './product.ts';
import { begin, record, type Row } from './results.ts';
import { argsInBed, startInBed } from './started-in-bed.ts';

/** The wires, and films that take TCP some ten seconds over them. */
const WIRES = [
	{ what: '10 Mbit/s, 25 ms each way', wire: { rateMbit: 10, delayMs: 25 }, filmMb: 12, atLeast: 0.8 },
	{ what: '20 Mbit/s, 5 ms each way', wire: { rateMbit: 20, delayMs: 5 }, filmMb: 24, atLeast: 0.8 },
	{ what: '50 ms each way, 1 % lost', wire: { delayMs: 50, lossPercent: 1 }, filmMb: 4, atLeast: 0.5 },
] as const satisfies readonly { what: string; wire: Wire; filmMb: number; atLeast: number }[];

/** How long TCP is measured, seconds. */
const TCP_SEC = 10;

test('one link over a slow wire gets most of what TCP gets', async () => {
	const section = begin('shaped', 'One link over a shaped wire, against TCP on the same wire');
	const bed = await up({}, 'bench');
	onTestFinished(() => bed.down());
	const rows: Row[] = [];
	for (const { what, wire, filmMb, atLeast } of WIRES) {
		await bed.shape({});
		const product = await startInBed(bed);
		await bed.shape(wire);
		const file = await megabytes(filmMb);
		const runs = await compare({
			tcp: async () => ({ mbitPerSec: await bed.tcpThroughput(TCP_SEC) }),
			ours: () => transferInBed(bed, product, file),
		});
		await product.close();
		rows.push({
			figure: `a ${filmMb} MB film, ${what}`, unit: 'Mbit/s', ours: figures(runs.ours, 'mbitPerSec'),
			against: { name: 'TCP', values: figures(runs.tcp, 'mbitPerSec') }, bar: { of: 'ratio', atLeast },
		});
	}
	expect(record(section, rows)).toEqual([]);
});

/** The sharer sits where the tracker is, the viewer at the other end of the wire. */
async function transferInBed(bed: Bed, product: Product, file: string) {
	const args = argsInBed(product.url);
	const people = [
		{ executable: bed.chromium('a'), args }, { executable: bed.chromium('b'), args, watchHeld: true, pauseAtFirstFrame: true },
	];
	const { size } = await stat(file);
	return withPeople(people, async (from, to) => {
		const { mbPerSec, wholeSec } = await productTransfer(product, [from, to], file, size);
		return { mbitPerSec: mbPerSec * 8, wholeSec };
	});
}
