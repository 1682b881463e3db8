/** What `GET /metrics` tells, in Prometheus' text format. No address, id or name is ever a label. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Registry } from 'prom-client';
import type { CloseReason, Refusal } from '../../shared/protocol/tracker-message.ts';
import type { Origin } from './requester.ts';

/** What is counted where it is kept, at the moment somebody asks. */
export interface Levels {
	readonly connections: number;
	readonly peers: number;
	readonly swarms: number;
	readonly descriptors: number;
	readonly listed: number;
}

const NANOSECONDS = 1e-9;

/** The figures of one tracker. */
export class Metrics {
	readonly registry = new Registry();
	readonly #delay = monitorEventLoopDelay({ resolution: 20 });
	readonly #opened = this.#counter('connections_opened', 'Connections let in, by whose page they came from.', 'origin');
	readonly #closed = this.#counter('connections_closed', 'Connections ended by the tracker, by reason.', 'reason');
	readonly #messages = this.#counter('messages', 'Messages received, by type.', 'type');
	readonly #refusals = this.#counter('refusals', 'Refusals, by code.', 'code');

	/** @param levels - counts what there is now */
	constructor(levels: () => Levels) {
		this.#gauge('connections', 'Open connections.', () => levels().connections);
		this.#gauge('peers', 'Connections that said hello.', () => levels().peers);
		this.#gauge('swarms', 'Shares that somebody takes part in.', () => levels().swarms);
		this.#gauge('descriptors', 'Descriptors kept.', () => levels().descriptors);
		this.#gauge('listed', 'Shares in the public catalogue.', () => levels().listed);
		this.#gauge('event_loop_lag_seconds', 'How late the 99th percentile of events was since it was last asked.', () => this.#lag());
		this.#gauge('resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss());
		this.#gauge('heap_used_bytes', 'Memory that JavaScript holds.', () => process.memoryUsage().heapUsed);
		this.#gauge('cpu_seconds', 'Processor time of the process since it began.', () => cpuSeconds());
		this.#delay.enable();
	}

	opened(origin: Origin): void { this.#opened.inc({ origin }); }
	closed(reason: CloseReason): void { this.#closed.inc({ reason }); }
	/** @param type - one of the protocol's, or `unreadable` */
	received(type: string): void { this.#messages.inc({ type }); }
	refused(code: Refusal): void { this.#refusals.inc({ code }); }

	/** The text. */
	text(): Promise<string> { return this.registry.metrics(); }

	/** Stops watching the event loop. */
	close(): void { this.#delay.disable(); }

	#lag(): number {
		const lag = Math.max(0, this.#delay.percentile(99) * NANOSECONDS - 0.02); // it sleeps 20 ms a time
		this.#delay.reset();
		return Number.isFinite(lag) ? lag : 0;
	}

	#counter(name: string, help: string, label: string): Counter {
		return new Counter({ name: `streamlet_${name}_total`, help, labelNames: [label], registers: [this.registry] });
	}

	#gauge(name: string, help: string, read: () => number): void {
		new Gauge({ name: `streamlet_${name}`, help, registers: [this.registry], collect() { this.set(read()); } });
	}
}

function cpuSeconds(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1e6;
}
