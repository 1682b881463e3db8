/**
 * A network bed for tests: two hosts, `a` and `b`, joined by a wire with delay, rate, loss and a drop-tail queue.
 *
 * Made of network namespaces by `bed.sh` (which draws them), shaped by `wire.py`. Needs root, iproute2 and python3.
 * Between the hosts there is nothing but the wire; a tracker runs on one of them. Browsers must be launched with
 * {@link CHROMIUM_ARGS}: the namespaces have no multicast DNS to resolve a hidden address with.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export type Host = 'a' | 'b';

/** Both directions alike. What is left out, or 0, does not limit; with nothing at all the kernel carries the frames. */
export interface Wire {
	/** One way, milliseconds. */
	readonly delayMs?: number;
	/** Frames of Ethernet, megabits per second. */
	readonly rateMbit?: number;
	/** Of the frames, independently, 0 to 100. */
	readonly lossPercent?: number;
	/** How much the rate's queue holds before it drops, milliseconds at that rate; 200 if left out. */
	readonly queueMs?: number;
}

export interface Bed {
	/** Changes the wire under running connections; frames on the old wire are lost. */
	readonly shape: (wire: Wire) => Promise<void>;
	/** Starts a command on a host; its output is on the child's `stdout`, its errors on ours. */
	readonly exec: (host: Host, command: readonly [string, ...string[]]) => ChildProcess;
	/** Path of a script that runs Chromium on a host, for Playwright's or Puppeteer's `executablePath`. */
	readonly chromium: (host: Host) => string;
	/** Megabits per second that one TCP connection carries from `a` to `b`, slow start included. */
	readonly tcpThroughput: (seconds?: number, algorithm?: TcpAlgorithm) => Promise<number>;
	/** Ends every process on the hosts and deletes them. May be called twice. */
	readonly down: () => Promise<void>;
}

/** `cubic` is what most senders run; `reno` is what SCTP resembles; `bbr` does not slow down for random loss. */
export type TcpAlgorithm = 'cubic' | 'reno' | 'bbr';

export const ADDRESS: Readonly<Record<Host, string>> = { a: '10.77.0.1', b: '10.77.0.2' };

/** Root has no sandbox in a container; addresses stay visible because nothing resolves `.local` names in the bed. */
export const CHROMIUM_ARGS: readonly string[] = [
	'--no-sandbox',
	'--disable-dev-shm-usage',
	'--disable-features=WebRtcHideLocalIpsWithMdns',
];

const run = promisify(execFile);
const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/**
 * Builds the bed, in place of one of the same name that an interrupted run left behind.
 *
 * @param wire - how to shape the wire
 * @param name - prefix of the namespaces; beds with different names stand side by side, 1 to 12 letters or digits
 * @throws when not run by root, or when a tool is missing
 */
export async function up(wire: Wire = {}, name = 'bed'): Promise<Bed> {
	const env = { ...process.env, BED: name };
	const bed = (...args: readonly string[]) => run(beside('bed.sh'), args, { env });
	const exec: Bed['exec'] = (host, command) =>
		spawn(beside('bed.sh'), ['exec', host, ...command], { env, stdio: ['ignore', 'pipe', 'inherit'] });
	const shape: Bed['shape'] = async (next) => void await bed('shape', ...wireOptions(next));

	await bed('up');
	await shape(wire);
	const scripts = await mkdtemp(join(tmpdir(), `${name}-`));
	const chromium: Bed['chromium'] = (host) => join(scripts, `chromium-${host}`);
	const browser = process.env['CHROMIUM'] ?? 'chromium';
	for (const host of ['a', 'b'] as const) {
		// exec keeps the process id and the debugging pipe (descriptors 3 and 4) that Playwright speaks through
		await writeFile(chromium(host), `#!/bin/sh\nexec ip netns exec ${name}-${host} ${browser} "$@"\n`, { mode: 0o755 });
	}
	return {
		shape,
		exec,
		chromium,
		tcpThroughput: (seconds = 5, algorithm = 'cubic') => tcpThroughput(exec, seconds, algorithm),
		down: async () => {
			await bed('down');
			await rm(scripts, { recursive: true, force: true });
		},
	};
}

/** `wire.py`'s options; none at all asks `bed.sh` for the plain bridge. */
function wireOptions(wire: Wire): string[] {
	const limits = [['--delay-ms', wire.delayMs], ['--rate-mbit', wire.rateMbit], ['--loss-percent', wire.lossPercent]] as const;
	const options = limits.flatMap(([option, value]) => value ? [option, String(value)] : []);
	return options.length > 0 && wire.queueMs !== undefined ? [...options, '--queue-ms', String(wire.queueMs)] : options;
}

async function tcpThroughput(exec: Bed['exec'], seconds: number, algorithm: TcpAlgorithm): Promise<number> {
	const sink = exec('b', ['python3', beside('tcp.py'), 'sink', String(seconds)]);
	if (sink.stdout === null) throw new Error('the sink has no output');
	for await (const line of createInterface(sink.stdout)) {
		if (line !== 'ready') return Number(line);
		exec('a', ['python3', beside('tcp.py'), 'source', ADDRESS.b, algorithm]); // ends when the sink closes
	}
	throw new Error('the sink ended without a figure');
}
