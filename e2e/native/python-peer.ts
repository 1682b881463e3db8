/** A peer in plain Python as a process, and what it says. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Runs until it is closed. */
export class PythonPeer {
	readonly lines: string[] = [];
	readonly #child: ChildProcess;
	#wake: () => void = () => undefined;

	constructor(script: 'peer.py' | 'older-peer.py', ...args: readonly string[]) {
		const python = process.env['PYTHON'] ?? 'python3';
		const child = spawn(python, ['-B', join(import.meta.dirname, script), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
		this.#child = child;
		for (const stream of [child.stdout, child.stderr]) {
			createInterface(stream).on('line', (line) => {
				this.lines.push(line);
				this.#wake();
			});
		}
	}

	/** Settles once it has said this. */
	async until(line: string): Promise<void> {
		while (!this.lines.includes(line)) {
			if (this.#child.exitCode !== null) throw new Error(this.lines.join('\n'));
			await new Promise<void>((resolve) => { this.#wake = resolve; });
		}
	}

	async close(): Promise<void> {
		const ended = once(this.#child, 'exit');
		if (this.#child.kill()) await ended;
	}
}
