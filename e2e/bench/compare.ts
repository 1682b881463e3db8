/** Contenders in turn, round after round, so that what else the machine does falls on all of them alike. */
import { loadavg } from 'node:os';

/** Named figures of one run. */
export type Sample = Readonly<Record<string, number>>;

/** How often each contender runs; `npm run bench -- --runs=N`. Results of fewer than five are shown, not recorded. */
export const RUNS = Number(process.env.BENCH_RUNS ?? 5);

/** Who competes, and how one run of each is made. */
type Contenders = Readonly<Record<string, () => Promise<Sample>>>;

/** All runs of each contender, in order. */
type Runs<C extends Contenders> = { readonly [Name in keyof C]: readonly Awaited<ReturnType<C[Name]>>[] };

/** Runs each contender so often, each round beginning with another one. */
export async function compare<C extends Contenders>(contenders: C, runs = RUNS): Promise<Runs<C>> {
	const entries = Object.entries(contenders);
	const samples: Record<string, Sample[]> = {};
	for (let round = 0; round < runs; round++) {
		for (const k of entries.keys()) {
			const [name, run] = entries[(round + k) % entries.length]!;
			const sample = await run();
			(samples[name] ??= []).push(sample);
			console.log(`  ${round + 1}/${runs} ${name}: ${describe(sample)}  (load ${loadavg()[0]!.toFixed(1)})`);
		}
	}
	return samples as unknown as Runs<C>; // one entry for each contender, of what it returned
}

/** One figure of all runs, in order. */
export function figures<S extends Sample>(samples: readonly S[], figure: keyof S & string): readonly number[] {
	return samples.map((sample) => Number(sample[figure]));
}

/** The middle of several values; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const half = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function describe(sample: Sample): string {
	return Object.entries(sample).map(([figure, value]) => `${figure} ${short(value)}`).join(', ');
}

/** A number with three significant digits, larger ones in full. */
export function short(value: number): string {
	return Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}
