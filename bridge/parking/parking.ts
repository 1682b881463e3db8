/**
 * Copies that sharers park here: for a while, within a part of the disk, as ciphertext. Whoever signs with a share's
 * key decides about its copy; what ends, by itself or by its sharer, is deleted.
 */
import type { Bytes } from '../../shared/base/bytes.ts';
import { SECOND, type Ms } from '../../shared/base/units.ts';
import { Layout, type ShareId } from '../../shared/protocol/ids.ts';
import type { ParkState, SignedParkRequest } from '../../shared/protocol/parking.ts';
import { largestFilmIn, roomFor } from '../store/disk-group-store.ts';
import type { Parked, ParkingList } from './parking-list.ts';

const HOUR: Ms = 3600 * SECOND;

/** Copies that one address may have here at once, of those parked since the bridge was started. */
const MAX_PER_ADDRESS = 32;

/** What the operator allows. `maxHours` 0: nothing. `bytes`: of all copies together. */
export interface ParkingLimits { readonly maxHours: number; readonly bytes: number }

/** What the rest of the bridge does for it. */
export interface ParkingHost {
	/** Takes part in the share with its auth key alone; again is harmless. */
	carry(parked: Parked): Promise<void>;
	/** Lets go of it, and deletes what is kept. */
	drop(share: ShareId): Promise<void>;
	/** Part of the film that is here, 0 to 1; 1 once attachments and all are. */
	progress(share: ShareId): number;
	/** A line for whoever runs it. */
	say(line: string): void;
}

/** What parking is made of. */
export interface ParkingInit {
	readonly limits: ParkingLimits;
	readonly list: ParkingList;
	readonly host: ParkingHost;
	/** Milliseconds since 1970. */
	readonly now: () => Ms;
}

/** One a bridge. */
export class Parking {
	readonly #init: ParkingInit;
	readonly #parked = new Map<ShareId, Parked>();
	readonly #addresses = new Map<ShareId, string>();
	#last: Promise<unknown> = Promise.resolve();

	constructor(init: ParkingInit) { this.#init = init; }

	/** What it takes: for so long at most, films of so many bytes at most. */
	get offer(): { readonly maxHours: number; readonly maxBytes: number } {
		const { maxHours, bytes } = this.#init.limits;
		return { maxHours, maxBytes: largestFilmIn(bytes) };
	}

	/** Whether a share is parked: it stays when room is needed for others. */
	holds(share: ShareId): boolean { return this.#parked.has(share); }

	/** Takes up what a former run kept. */
	async start(): Promise<void> {
		const { list, host, now, limits } = this.#init;
		const former = await list.load();
		if (former === 'unreadable') {
			return host.say('The list of parked copies, parked.json, cannot be read: none is served, and the next one replaces it.');
		}
		for (const parked of former) {
			if (limits.maxHours > 0 && parked.until > now()) this.#parked.set(parked.share, parked);
			else await host.drop(parked.share);
		}
		if (this.#parked.size < former.length) await this.#save();
		for (const parked of this.#parked.values()) await host.carry(parked);
	}

	/** Does what a sharer asks, one after the other. */
	answer(request: SignedParkRequest, address: string): Promise<ParkState> {
		const turn = this.#last.then(() => this.#answer(request, address));
		this.#last = turn.catch(() => undefined); // whoever asked hears of it
		return turn;
	}

	/** How the copy of a share is. */
	stateOf(share: ShareId): ParkState {
		const parked = this.#parked.get(share);
		if (!parked) return this.#no(this.#init.limits.maxHours === 0 ? 'off' : 'none');
		const permille = Math.floor(this.#init.host.progress(share) * 1000);
		return { state: permille === 1000 ? 'kept' : 'fetching', until: parked.until, permille };
	}

	/** Its sharer stopped the share, for good. */
	stopped(share: ShareId): void { void this.#inTurn(() => this.#end(share)); }

	/** Ends what is over. To be called now and then. */
	sweep(): Promise<void> {
		return this.#inTurn(async () => {
			const now = this.#init.now();
			for (const { share, until } of [...this.#parked.values()]) if (until <= now) await this.#end(share);
		});
	}

	async #answer({ verb, share, hours, bytes, authKey }: SignedParkRequest, address: string): Promise<ParkState> {
		switch (verb) {
			case 'ask': break;
			case 'take-back': await this.#end(share); break;
			case 'park': {
				const no = await this.#park({ share, authKey, bytes, hours }, address);
				if (no) return this.#no(no);
			}
		}
		return this.stateOf(share);
	}

	async #park(
		wish: { readonly share: ShareId; readonly authKey: Bytes; readonly bytes: number; readonly hours: number },
		address: string,
	): Promise<'off' | 'too-large' | 'full' | undefined> {
		const { limits, now, host } = this.#init;
		const { share, authKey, bytes, hours } = wish;
		if (limits.maxHours === 0) return 'off';
		if (bytes > this.offer.maxBytes) return 'too-large';
		if (this.#bytesBeside(share) + costOf(bytes) > limits.bytes) return 'full';
		const theirs = [...this.#addresses].filter(([other, from]) => from === address && other !== share);
		if (theirs.length >= MAX_PER_ADDRESS) return 'full';
		const parked = { share, authKey, bytes, until: now() + Math.min(hours, limits.maxHours) * HOUR };
		const former = this.#parked.get(share);
		this.#parked.set(share, parked);
		if (!await this.#save()) {
			if (former) this.#parked.set(share, former);
			else this.#parked.delete(share);
			return 'full';
		}
		this.#addresses.set(share, address);
		await host.carry(parked);
		return undefined;
	}

	async #end(share: ShareId): Promise<void> {
		if (!this.#parked.delete(share)) return;
		this.#addresses.delete(share);
		await this.#init.host.drop(share);
		await this.#save();
	}

	#bytesBeside(share: ShareId): number {
		let bytes = 0;
		for (const parked of this.#parked.values()) if (parked.share !== share) bytes += costOf(parked.bytes);
		return bytes;
	}

	async #save(): Promise<boolean> {
		const saved = await this.#init.list.save([...this.#parked.values()]);
		if (!saved) this.#init.host.say('The list of parked copies cannot be written.');
		return saved;
	}

	#no(state: ParkState['state']): ParkState { return { state, until: 0, permille: 0 }; }

	#inTurn(task: () => Promise<void>): Promise<void> {
		const turn = this.#last.then(task);
		this.#last = turn.catch(() => undefined); // whoever asked for this turn hears of it
		return turn;
	}
}

/** Bytes on disk of a film's groups. */
function costOf(bytes: number): number { return roomFor(new Layout(bytes).groups); }
