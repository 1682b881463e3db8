/** A disk for the slot store, with sectors that a failing power supply leaves old or new, and that rot. */
import type { Bytes } from '../../base/bytes.ts';
import type { Rng } from '../../base/rng.ts';
import { testHash } from '../../testkit/group-store-contract.ts';
import { SlotStore, type BlockFile } from '../slot-store.ts';

/** Bytes that a disk writes at once, or not at all. */
const SECTOR = 512;

/** A disk that loses power: what was not flushed is there or not, sector by sector, in any order. */
export class Disk {
	/** Operations until the power fails. */
	left = Infinity;
	readonly files = { slots: new DiskFile(this), table: new DiskFile(this) };

	spend(): void {
		this.left -= 1;
		if (this.left < 0) throw new Error('no power');
	}

	/** A store on the same disk after the failure. */
	restart(rng: Rng): Promise<SlotStore> {
		this.left = Infinity;
		for (const file of Object.values(this.files)) file.fail(rng);
		return this.open();
	}

	/** A store on the disk as it is. */
	async open(): Promise<SlotStore> {
		const opened = await SlotStore.open(this.files, testHash);
		if (!opened.ok) throw new Error(opened.error);
		return opened.value;
	}
}

/** A file of it. */
class DiskFile implements BlockFile {
	quota = Infinity;
	readonly #disk: Disk;
	#size = 0;
	#durableSize = 0;
	readonly #sectors = new Map<number, Bytes>();
	readonly #durable = new Map<number, Bytes>();
	#dirty = new Set<number>();

	constructor(disk: Disk) { this.#disk = disk; }

	getSize(): number { return this.#size; }
	close(): void {}

	read(into: Bytes, { at }: { at: number }): number {
		const length = Math.max(0, Math.min(into.length, this.#size - at));
		into.fill(0, 0, length);
		for (let k = 0; k < length; k += SECTOR - ((at + k) % SECTOR)) {
			const sector = this.#sectors.get(Math.floor((at + k) / SECTOR))?.subarray((at + k) % SECTOR);
			if (sector) into.set(sector.subarray(0, length - k), k);
		}
		return length;
	}

	write(bytes: Bytes, { at }: { at: number }): number {
		this.#disk.spend();
		if (at + bytes.length > this.quota) throw Object.assign(new Error('full'), { name: 'QuotaExceededError' });
		for (let k = 0; k < bytes.length;) {
			const from = (at + k) % SECTOR;
			this.#sector(at + k).set(bytes.subarray(k, k + SECTOR - from), from);
			k += SECTOR - from;
		}
		this.#size = Math.max(this.#size, at + bytes.length);
		return bytes.length;
	}

	flush(): void {
		this.#disk.spend();
		for (const sector of this.#dirty) this.#durable.set(sector, this.#sectors.get(sector)!);
		this.#durableSize = this.#size;
		this.#dirty = new Set();
	}

	fail(rng: Rng): void {
		for (const sector of this.#dirty) {
			const old = this.#durable.get(sector);
			if (rng() < 0.5) this.#durable.set(sector, this.#sectors.get(sector)!);
			else if (old) this.#sectors.set(sector, old);
			else this.#sectors.delete(sector);
		}
		this.#dirty = new Set();
		if (rng() < 0.5) this.damage(this.#durableSize, 'cut');
		this.#durableSize = this.#size;
	}

	#sector(at: number): Bytes {
		const sector = Math.floor(at / SECTOR);
		const bytes = this.#sectors.get(sector) ?? new Uint8Array(SECTOR);
		const fresh = this.#dirty.has(sector) ? bytes : bytes.slice();
		this.#dirty.add(sector);
		this.#sectors.set(sector, fresh);
		return fresh;
	}

	/** Cuts the file, or spoils a byte of it. */
	damage(at: number, how: 'cut' | 'spoil'): void {
		if (how === 'cut') {
			this.#sectors.get(Math.floor(at / SECTOR))?.fill(0, at % SECTOR);
			for (const sector of this.#sectors.keys()) if (sector * SECTOR >= at) this.#sectors.delete(sector);
			this.#size = this.#durableSize = Math.min(at, this.#size);
			return;
		}
		const sector = this.#sectors.get(Math.floor(at / SECTOR));
		if (sector && at < this.#size) sector[at % SECTOR] = (sector[at % SECTOR] ?? 0) ^ 0xff;
	}
}
