/** Prints figures and keeps them in RESULTS.md: one section for each benchmark, replaced when it runs again. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { median, RUNS, short } from './compare.ts';

const FILE = join(import.meta.dirname, 'RESULTS.md');

/** Fewer runs than these are shown, not recorded; nor are those with a smaller film. */
const ENOUGH_RUNS = 5;

const PREAMBLE = `# Results

What \`npm run bench\` measured, written by itself. Each figure is the median of all runs with the smallest and the largest
in brackets; what it is held against ran in turn with it, on the same machine at the same time. A ratio is ours divided by
theirs. Load is the machine's average over the last minute, before and after.
`;

/** What a median, or its ratio to that of a peer, must not pass. */
export interface Bar { readonly of: 'value' | 'ratio'; readonly atMost?: number; readonly atLeast?: number }

/** One line: a figure of ours in all runs, and what it is held against. */
export interface Row {
	readonly figure: string;
	readonly unit: string;
	readonly ours: readonly number[];
	readonly against?: { readonly name: string; readonly values: readonly number[] };
	readonly bar?: Bar;
}

/** One benchmark's section, begun before its runs. */
export interface Section { readonly name: string; readonly title: string; readonly loadBefore: number }

/** Begins a section. `name`: the benchmark's file, which repeats it. */
export function begin(name: string, title: string): Section {
	console.log(`\n${title}`);
	return { name, title, loadBefore: loadavg()[0]! };
}

/** Prints the figures, and records them if there were enough runs. Returns the lines that miss their bar. */
export function record(section: Section, rows: readonly Row[]): readonly string[] {
	const table = ['| figure | ours | against | ratio | bar | |', '| --- | --- | --- | --- | --- | --- |', ...rows.map(line)].join('\n');
	const body = `${circumstances(section)}\n\n${table}\n`;
	console.log(`\n${body}`);
	if (RUNS >= ENOUGH_RUNS && process.env.BENCH_MB === undefined) replaceSection(section.title, body);
	return rows.filter((row) => isMet(row) === false).map(line);
}

function line(row: Row): string {
	const { against, bar } = row;
	const met = isMet(row);
	return `| ${[
		row.figure, spread(row.ours, row.unit), against ? `${against.name} ${spread(against.values, row.unit)}` : '',
		against ? short(ratio(row)) : '', bar ? describe(bar, row.unit) : '', met === undefined ? '' : met ? 'met' : '**missed**',
	].join(' | ')} |`;
}

function isMet(row: Row): boolean | undefined {
	if (!row.bar || row.ours.length === 0) return undefined;
	const value = row.bar.of === 'ratio' ? ratio(row) : median(row.ours);
	return value <= (row.bar.atMost ?? Infinity) && value >= (row.bar.atLeast ?? -Infinity);
}

function ratio(row: Row): number { return median(row.ours) / median(row.against?.values ?? []); }

function spread(values: readonly number[], unit: string): string {
	return `${short(median(values))} ${unit} (${short(Math.min(...values))}–${short(Math.max(...values))})`;
}

function describe(bar: Bar, unit: string): string {
	const value = bar.atMost ?? bar.atLeast ?? 0;
	return `${bar.atMost === undefined ? '≥' : '≤'} ${value}${bar.of === 'ratio' ? ' ×' : ` ${unit}`}`;
}

function circumstances(section: Section): string {
	const [cpu] = cpus();
	const machine = `${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
	const chromium = output(process.env.CHROMIUM ?? 'chromium', ['--version']);
	const load = `load ${section.loadBefore.toFixed(1)} before, ${loadavg()[0]!.toFixed(1)} after`;
	return [
		`${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC · commit ${commit()} · ${RUNS} runs · ${load}`,
		`${machine} · Linux ${release()}${hugePages()} · ${chromium} · Node ${process.versions.node}`,
		`\`npm run bench -- ${section.name}\``,
	].join('  \n');
}

/** Whether the kernel hands out memory in large pieces: where a page fault is dear, it decides every speed here. */
function hugePages(): string {
	try {
		const setting = /\[(\w+)\]/.exec(readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8'))?.[1];
		return setting ? `, huge pages ${setting}` : '';
	} catch {
		return ''; // not Linux, or a kernel without them
	}
}

function commit(): string {
	const hash = output('git', ['rev-parse', '--short', 'HEAD']);
	return output('git', ['status', '--porcelain', '--', ':!e2e/bench/RESULTS.md']) === '' ? hash : `${hash} with changes`;
}

function output(program: string, args: readonly string[]): string {
	try {
		return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
	} catch {
		return 'unknown'; // not installed here, or not a git checkout
	}
}

function replaceSection(title: string, body: string): void {
	const known = existsSync(FILE) ? readFileSync(FILE, 'utf8') : PREAMBLE;
	const [preamble = PREAMBLE, ...sections] = known.split(/^(?=## )/m);
	const section = `## ${title}\n\n${body}\n`;
	const at = sections.findIndex((each) => each.startsWith(`## ${title}\n`));
	if (at < 0) sections.push(section);
	else sections[at] = section;
	writeFileSync(FILE, `${[preamble.trimEnd(), ...sections.map((each) => each.trimEnd())].join('\n\n')}\n`);
}
