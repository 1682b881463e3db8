/**
 * The product as a person starts it: `npm start`'s program in a process of its own, on a port and folder of its own.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START = join(import.meta.dirname, '../cli/start.mjs');

/** A running server; it can be killed and started again on the same port, with the same data. */
export class ServerProcess {
	readonly port: number;
	readonly #dataDir: string;
	readonly #env: Readonly<Record<string, string>>;
	#child: ChildProcess | undefined;
	#output = '';

	private constructor(port: number, dataDir: string, env: Readonly<Record<string, string>>) {
		this.port = port;
		this.#dataDir = dataDir;
		this.#env = env;
	}

	/** Settles once it serves. `env`: what its operator set. */
	static async start(env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
		const server = new ServerProcess(await freePort(), await mkdtemp(join(tmpdir(), 'streamlet-')), env);
		await server.restart();
		return server;
	}

	get url(): string { return `http://localhost:${this.port}`; }
	/** What it printed. */
	get output(): string { return this.#output; }

	/** Starts it, again or for the first time. */
	async restart(): Promise<void> {
		const ports = { PORT: String(this.port), BRIDGE_PORT: '0', BRIDGE_TCP_PORT: '0' };
		const env = { ...process.env, ...ports, DATA_DIR: this.#dataDir, ...this.#env };
		const child = spawn(process.execPath, [START], { env, stdio: ['ignore', 'pipe', 'pipe'] });
		this.#child = child;
		for (const stream of [child.stdout, child.stderr]) {
			stream.on('data', (text: Buffer) => { this.#output += text.toString(); });
		}
		for (;;) {
			if (child.exitCode !== null) throw new Error(`the server ended: ${this.#output}`);
			const answer = await fetch(`${this.url}/healthz`).catch(() => undefined);
			if (answer?.ok === true) return;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}

	/** Ends it, by default as a crash would. */
	async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
		const child = this.#child;
		this.#child = undefined;
		if (!child || child.exitCode !== null) return;
		const ended = once(child, 'exit');
		child.kill(signal);
		await ended;
	}

	/** Ends it and takes its data away. */
	async close(): Promise<void> {
		await this.kill();
		await rm(this.#dataDir, { recursive: true, force: true });
	}
}

async function freePort(): Promise<number> {
	const probe = createServer().listen(0);
	await once(probe, 'listening');
	const { port } = probe.address() as AddressInfo;
	probe.close();
	await once(probe, 'close');
	return port;
}
