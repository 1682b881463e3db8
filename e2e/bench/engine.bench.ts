import { expect, test } from 'vitest';
import { EXPERIMENTS } from '../../shared/sim/experiments.ts';
import { tryOnce } from '../../shared/sim/study.ts';
import { compare, figures, median } from './compare.ts';
import { EngineBed } from './engine-bed.ts';
import { begin, record } from './results.ts';

/** A 20 GB film of two and a half hours, which comes at 100 MB/s. */
const FILM = { bytes: 20e9, durationSec: 9000, chunkMs: 0.08 } as const;
const CHUNKS = 60_000;
const SEEKS = 40;
const CHUNKS_BETWEEN_SEEKS = 500;

test('what a chunk and a seek cost the engine, and how fast swarms are simulated', async () => {
	const section = begin('engine', 'The engine by itself: a received chunk, a seek, and steps of the simulator');
	costs({ links: 10 }); // the machine's first run is the compiler's
	const runs = await compare({
		ten: () => Promise.resolve(costs({ links: 10 })),
		many: () => Promise.resolve(costs({ links: 64 })),
		sim: () => Promise.resolve(stepsPerSec()),
	});

	const [chunk, seek] = [{ of: 'value', atMost: 20 }, { of: 'value', atMost: 1 }] as const;
	const row = (figure: string, of: keyof ReturnType<typeof costs>, unit: string) => ({
		figure, unit, ours: figures(runs.many, of), against: { name: 'ten links', values: figures(runs.ten, of) },
	});
	expect(record(section, [
		{ ...row('received chunk, median, 64 links, 20 GB', 'medianUs', 'µs'), bar: chunk },
		row('received chunk, mean with ticks between, 64 links, 20 GB', 'meanUs', 'µs'),
		{ ...row('a seek\'s replan, median, 64 links, 20 GB', 'seekMs', 'ms'), bar: seek },
		{ figure: 'steps a second, ten who watch', unit: '', ours: figures(runs.sim, 'stepsPerSec'), bar: { of: 'value', atLeast: 50_000 } },
	])).toEqual([]);
});

function costs({ links }: { readonly links: number }) {
	const bed = new EngineBed({ links, ...FILM });
	const chunks: number[] = [];
	const begun = performance.now();
	while (chunks.length < CHUNKS) chunks.push(bed.chunk());
	const meanUs = (performance.now() - begun) * 1000 / CHUNKS;
	const seeks: number[] = [];
	for (let k = 0; k < SEEKS; k++) {
		seeks.push(bed.seek((k * 2999) % (FILM.durationSec - 60)));
		for (let n = 0; n < CHUNKS_BETWEEN_SEEKS; n++) bed.chunk();
	}
	return { medianUs: median(chunks), meanUs, seekMs: median(seeks) };
}

function stepsPerSec() {
	const begun = performance.now();
	const { report } = tryOnce(EXPERIMENTS['ten-watch']!, 1);
	return { stepsPerSec: report.steps / (performance.now() - begun) * 1000 };
}
