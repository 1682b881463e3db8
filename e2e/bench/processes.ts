/** What processes cost, read from /proc. A process that has ended costs nothing. */
import { readFileSync, readdirSync } from 'node:fs';

/** Clock ticks a second: what Linux tells every program (USER_HZ), whatever the kernel's own rate. */
const TICKS = 100;

/** Processor seconds of a process and its threads, in user and kernel mode. */
export function cpuSeconds(pid: number): number {
	const fields = stat(pid);
	return fields ? (Number(fields[11]) + Number(fields[12])) / TICKS : 0;
}

/** Proportional set size in bytes: private pages, and each shared page divided by those who share it. */
export function pssBytes(pid: number): number {
	const line = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`));
	return line ? Number(line[1]) * 1024 : 0;
}

/** A process and all that come from it. */
export function descendants(root: number): number[] {
	const children = new Map<number, number[]>();
	for (const name of readdirSync('/proc')) {
		const pid = Number(name);
		const parent = Number.isInteger(pid) ? Number(stat(pid)?.[1]) : NaN;
		if (!Number.isNaN(parent)) children.set(parent, [...children.get(parent) ?? [], pid]);
	}
	const found = [root];
	for (const pid of found) found.push(...children.get(pid) ?? []);
	return found;
}

/** The fields of /proc/pid/stat behind the program's name, which may hold spaces: state, parent, … */
function stat(pid: number): string[] | undefined {
	const text = read(`/proc/${pid}/stat`);
	return text === '' ? undefined : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function read(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return ''; // it has ended
	}
}
