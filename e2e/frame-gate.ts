/**
 * A gate before what one page sends: chunks and proofs of the film's later groups pass, wait, or go out forged. With
 * it a story decides who must be asked for what and when a lie is told, whatever the machine's speed.
 */
import { GROUP_CHUNKS } from '../shared/protocol/limits.ts';
import type { Person } from './person.ts';

/** Frame types that a gate looks at (PROTOCOL.md §3). */
export const FRAME = { chunk: 12, proof: 15 } as const;

/** The part of a gate that lives in the page. */
interface PageGate {
	mode: 'pass' | 'hold' | 'forge';
	/** Type of the frames to forge. */
	forged: number;
	lies: number;
	/** Types of the frames that wait. */
	readonly waiting: () => readonly number[];
	readonly flush: () => void;
}

/** The gate of one person's page. It lets everything pass until told otherwise. */
export class FrameGate {
	readonly #person: Person;

	private constructor(person: Person) { this.#person = person; }

	/** Puts a gate into every page that the person will open, for frames about `fromGroup` and those after it. */
	static async before(person: Person, fromGroup: number): Promise<FrameGate> {
		await person.page.addInitScript(installGate, { fromGroup, types: FRAME, groupChunks: GROUP_CHUNKS });
		return new FrameGate(person);
	}

	/** Nothing goes out from now on. */
	async hold(): Promise<void> { await this.#set('hold', 0); }
	/** What waits goes out, and all that follows. */
	async pass(): Promise<void> { await this.#set('pass', 0); }
	/**
	 * What waits goes out, and all that follows; in frames of this type one bit is wrong. Behind forged proofs chunks go
	 * on waiting: to send many that nobody can check is an offence of its own.
	 */
	async forge(frameType: number): Promise<void> { await this.#set('forge', frameType); }

	/** How many frames of this type wait: that many were asked for. */
	async waiting(frameType: number): Promise<number> {
		const types = await this.#person.page.evaluate(() => (globalThis as unknown as { gate: PageGate }).gate.waiting());
		return types.filter((type) => type === frameType).length;
	}
	/** How many forged frames went out. */
	async lies(): Promise<number> {
		return this.#person.page.evaluate(() => (globalThis as unknown as { gate: PageGate }).gate.lies);
	}

	async #set(mode: PageGate['mode'], forged: number): Promise<void> {
		await this.#person.page.evaluate((to) => {
			const { gate } = globalThis as unknown as { gate: PageGate };
			Object.assign(gate, to);
			if (to.mode !== 'hold') gate.flush();
		}, { mode, forged });
	}
}

interface GateOptions { readonly fromGroup: number; readonly types: typeof FRAME; readonly groupChunks: number }

/** Runs in the page, before its own scripts; so it knows nothing from outside. */
function installGate({ fromGroup, types, groupChunks }: GateOptions): void {
	const send = Object.getOwnPropertyDescriptor(RTCDataChannel.prototype, 'send')!.value as (bytes: Uint8Array) => void;
	let waiting: { readonly channel: RTCDataChannel; readonly frame: Uint8Array }[] = [];
	const gate: PageGate = { mode: 'pass', forged: 0, lies: 0, waiting: () => waiting.map(({ frame }) => frame[0]!), flush };
	(globalThis as unknown as { gate: PageGate }).gate = gate;

	function isWatched(frame: Uint8Array): boolean {
		if (frame[0] !== types.chunk && frame[0] !== types.proof) return false;
		const number = new DataView(frame.buffer).getUint32(1); // a chunk names itself, a proof its group
		return (frame[0] === types.chunk ? Math.floor(number / groupChunks) : number) >= fromGroup;
	}
	function mustWait(frame: Uint8Array): boolean {
		return gate.mode === 'hold' || (gate.mode === 'forge' && gate.forged === types.proof && frame[0] === types.chunk);
	}
	function release(channel: RTCDataChannel, frame: Uint8Array): void {
		if (channel.readyState !== 'open') return;
		if (gate.mode === 'forge' && frame[0] === gate.forged) {
			frame[frame.length - 9]! ^= 1;
			gate.lies += 1;
		}
		send.call(channel, frame);
	}
	function flush(): void {
		const frames = waiting;
		waiting = [];
		for (const { channel, frame } of frames) sendThroughGate.call(channel, frame);
	}
	function sendThroughGate(this: RTCDataChannel, data: unknown): void {
		const frame = new Uint8Array(data as Uint8Array<ArrayBuffer>); // the page may use its own again
		if (!isWatched(frame)) send.call(this, frame);
		else if (mustWait(frame)) waiting.push({ channel: this, frame });
		else release(this, frame);
	}
	RTCDataChannel.prototype.send = sendThroughGate;
}
