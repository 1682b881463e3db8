/** A bridge as a person starts it on its own: `npm run bridge`'s program, on a port and folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START = join(import.meta.dirname, '../cli/bridge.mjs');

/** A running bridge; it can be killed and started again with what it has kept. */
export class BridgeProcess {
	url = '';
	tcpPort = 0;
	readonly dataDir: string;
	readonly #env: Readonly<Record<string, string>>;
	#child: ChildProcess | undefined;
	#output = '';

	private constructor(dataDir: string, env: Readonly<Record<string, string>>) {
		this.dataDir = dataDir;
		this.#env = env;
	}

	/** Settles once it serves. It takes part in the shares of `links` at the tracker of `server`. */
	static async start(server: { readonly port: number }, ...links: readonly string[]): Promise<BridgeProcess> {
		const bridge = new BridgeProcess(await mkdtemp(join(tmpdir(), 'streamlet-bridge-')), {
			BRIDGE_PORT: '0', BRIDGE_TCP_PORT: '0', HOST: '127.0.0.1', BRIDGE_TRACKERS: `ws://localhost:${server.port}/ws`, BRIDGE_SHARES: links.join(' '),
		});
		await bridge.restart();
		return bridge;
	}

	/** Of its process, while it runs. */
	get pid(): number { return this.#child?.pid ?? 0; }
	/** What it printed since it was started last. */
	get output(): string { return this.#output; }

	/** Starts it, again or for the first time. */
	async restart(): Promise<void> {
		const env = { ...process.env, ...this.#env, DATA_DIR: this.dataDir };
		const child = spawn(process.execPath, [START], { env, stdio: ['ignore', 'pipe', 'pipe'] });
		this.#child = child;
		this.#output = '';
		for (const stream of [child.stdout, child.stderr]) {
			stream.on('data', (text: Buffer) => { this.#output += text.toString(); });
		}
		for (;;) {
			const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(this.#output) ?? [];
			const [, tcpPort] = /Native peers\s+TCP port (\d+)/.exec(this.#output) ?? [];
			if (url !== undefined && tcpPort !== undefined) {
				this.url = url;
				this.tcpPort = Number(tcpPort);
				return;
			}
			if (child.exitCode !== null) throw new Error(`the bridge ended: ${this.#output}`);
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}

	/** Ends it, by default as a crash would. Gives its exit code. */
	async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
		const child = this.#child;
		this.#child = undefined;
		if (!child || child.exitCode !== null) return child?.exitCode ?? null;
		const ended = once(child, 'exit') as Promise<[number | null]>;
		child.kill(signal);
		return (await ended)[0];
	}

	/** Ends it and takes its data away. */
	async close(): Promise<void> {
		await this.kill();
		await rm(this.dataDir, { recursive: true, force: true });
	}
}
