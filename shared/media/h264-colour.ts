/**
 * Whether an H.264 stream says what its colours mean: a look into its sequence parameter set (ITU-T H.264 §7.3.2.1).
 */

/** Profiles whose parameter sets go into chroma formats and scaling lists. */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/**
 * @param sps - a sequence parameter set with its NAL header
 * @returns true as well where the set is too odd to be read: then nothing should be added to it
 */
export function saysItsColours(sps: Uint8Array): boolean {
	const bits = new BitReader(withoutEscapes(sps.subarray(1)));
	const profile = bits.bits(8);
	bits.bits(16);
	bits.golomb();
	if (HIGH_PROFILES.has(profile) && !skipChroma(bits)) return true;
	bits.golomb();
	skipPictureOrder(bits);
	bits.golomb();
	bits.bits(1);
	bits.golomb();
	bits.golomb();
	if (bits.bits(1) === 0) bits.bits(1);
	bits.bits(1);
	if (bits.bits(1) === 1) for (let k = 0; k < 4; k++) bits.golomb();
	if (bits.bits(1) === 0) return false; // no VUI
	if (bits.bits(1) === 1 && bits.bits(8) === 255) bits.bits(32);
	if (bits.bits(1) === 1) bits.bits(1);
	if (bits.bits(1) === 0) return false; // no video signal type
	bits.bits(4);
	return bits.bits(1) === 1 || bits.isShort;
}

/** False at a scaling matrix, whose length needs more reading than it is worth. */
function skipChroma(bits: BitReader): boolean {
	if (bits.golomb() === 3) bits.bits(1);
	bits.golomb();
	bits.golomb();
	bits.bits(1);
	return bits.bits(1) === 0;
}

function skipPictureOrder(bits: BitReader): void {
	const type = bits.golomb();
	if (type === 0) bits.golomb();
	if (type !== 1) return;
	bits.bits(1);
	bits.golomb();
	bits.golomb();
	const cycle = Math.min(255, bits.golomb());
	for (let k = 0; k < cycle; k++) bits.golomb();
}

/** Drops the 3 of each 0 0 3 (§7.4.1.1). */
function withoutEscapes(nal: Uint8Array): Uint8Array {
	return nal.filter((byte, k) => !(byte === 3 && k >= 2 && nal[k - 1] === 0 && nal[k - 2] === 0));
}

class BitReader {
	readonly #bytes: Uint8Array;
	#at = 0;
	constructor(bytes: Uint8Array) { this.#bytes = bytes; }

	get isShort(): boolean { return this.#at > this.#bytes.length * 8; }

	bits(count: number): number {
		let value = 0;
		for (let k = 0; k < count; k++, this.#at++) {
			value = value * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1);
		}
		return value;
	}

	/** Exp-Golomb (§9.1). Signed ones are as long. */
	golomb(): number {
		let zeros = 0;
		while (this.bits(1) === 0 && zeros < 32) zeros += 1;
		return 2 ** zeros - 1 + this.bits(zeros);
	}
}
