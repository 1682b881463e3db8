/**
 * Holds the layers of the tree: imports point downward, run in no circle, and `shared` takes neither time nor chance.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** What each folder may import beside itself; the longest matching name counts. Packages are not looked at here. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
	'shared/base': [],
	'shared/protocol': ['shared/base'],
	'shared/ports': ['shared/base', 'shared/protocol'],
	'shared/media': ['shared/base', 'shared/protocol', 'shared/ports'],
	'shared/engine': ['shared/base', 'shared/protocol', 'shared/ports'],
	'shared/runtime': ['shared/base', 'shared/protocol', 'shared/ports', 'shared/engine'],
	'shared/rtc': ['shared/base', 'shared/protocol', 'shared/ports', 'shared/engine', 'shared/runtime'],
	'shared/store': ['shared/base', 'shared/protocol', 'shared/ports'],
	'shared/sim': ['shared/base', 'shared/protocol', 'shared/ports', 'shared/engine', 'shared/runtime'],
	'shared/testkit': ['shared/'],
	node: ['shared/'],
	'tracker/process': ['shared/base', 'shared/protocol', 'node/'],
	'tracker/core': ['shared/base', 'shared/protocol'],
	'tracker/store': ['shared/base', 'shared/protocol', 'tracker/core'],
	'tracker/net': ['shared/base', 'shared/protocol', 'node/', 'tracker/core', 'tracker/store', 'tracker/process'],
	tracker: ['shared/base', 'shared/protocol', 'node/', 'tracker/'],
	'bridge/store': ['shared/', 'node/'],
	bridge: ['shared/', 'node/', 'bridge/'],
	cli: ['shared/', 'tracker/main.ts', 'tracker/bin.ts', 'bridge/bin.ts', 'bridge/personal.ts', 'bridge/sharing.ts'],
	'web/peer': ['shared/'],
	'web/media': ['shared/'],
	'web/state': ['shared/', 'web/peer', 'web/media'],
	'web/ui': ['shared/', 'web/peer', 'web/media', 'web/state'],
	web: ['shared/', 'web/'],
};

const LIST = ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.svelte', '*.mjs'];
const files = execFileSync('git', LIST, { cwd: ROOT, encoding: 'utf8' })
	.split('\n').filter((file) => /^(shared|node|tracker|bridge|cli|web)\//.test(file) && !/\.d\.ts$/.test(file));

const isTest = (file: string) => /\.test\.ts$|\/testkit\//.test(file);
const source = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Relative imports of a file. `runtime`: only those that exist when it runs. */
function importsOf(file: string, runtime = false): string[] {
	const found = source(file).matchAll(/^(?:import|export)\s(?<type>type\s)?[^;]*?from '(?<from>\.[^']+)'|\bimport\('(?<lazy>\.[^']+)'\)|new URL\('(?<url>\.[^']+)', import\.meta/gm);
	return [...found].filter((match) => !runtime || match.groups?.['type'] === undefined)
		.map((match) => match.groups?.['from'] ?? match.groups?.['lazy'] ?? match.groups?.['url'] ?? '')
		.map((path) => normalize(join(dirname(file), path)).replace(/\?.*$/, ''));
}

function layerOf(file: string): string | undefined {
	return Object.keys(LAYERS).filter((layer) => file.startsWith(`${layer}/`)).sort((a, b) => b.length - a.length)[0];
}

test('there are files to look at', () => {
	expect(files.length).toBeGreaterThan(50);
});

test('every file belongs to a layer', () => {
	expect(files.filter((file) => layerOf(file) === undefined)).toEqual([]);
});

test('imports point downward', () => {
	const upward = files.filter((file) => !isTest(file)).flatMap((file) => {
		const layer = layerOf(file) ?? '';
		const allowed = [`${layer}/`, ...(LAYERS[layer] ?? [])];
		return importsOf(file)
			.filter((target) => !allowed.some((prefix) => target.startsWith(prefix)))
			.map((target) => `${file} -> ${target}`);
	});
	expect(upward).toEqual([]);
});

test('imports run in no circle', () => {
	const state = new Map<string, 'open' | 'done'>();
	const circles: string[] = [];
	const visit = (file: string, path: readonly string[]): void => {
		if (state.get(file) === 'open') circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
		if (state.has(file)) return;
		state.set(file, 'open');
		for (const next of importsOf(file, true)) if (files.includes(next)) visit(next, [...path, file]);
		state.set(file, 'done');
	};
	for (const file of files) visit(file, []);
	expect(circles).toEqual([]);
});

test('shared takes neither time nor chance', () => {
	const thieves = files.filter((file) => file.startsWith('shared/') && !isTest(file))
		.filter((file) => /Date\.now|new Date\(|Math\.random|performance\./.test(source(file)));
	expect(thieves).toEqual([]);
});

test('every exported symbol of shared says what it is', () => {
	const silent = files.filter((file) => file.startsWith('shared/') && !isTest(file)).flatMap((file) => {
		const lines = source(file).split('\n');
		return lines.flatMap((line, i) => /^export (?:async )?(?:function|class|interface|const|type) /.test(line)
			&& !/\*\/\s*$/.test(lines[i - 1] ?? '') && !/^export type \w+ = v\.Infer/.test(line)
			&& !/^export (?:type|const) \w+ = .*typeof \w+\)?\[number\]/.test(line) ? [`${file}:${i + 1}`] : []);
	});
	expect(silent).toEqual([]);
});

test('no file but the log writes to the console', () => {
	const loud = files.filter((file) => !isTest(file) && !/\/log\.ts$|^cli\//.test(file))
		.filter((file) => /\bconsole\.\w+\(/.test(source(file)));
	expect(loud).toEqual([]);
});
