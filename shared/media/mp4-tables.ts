/**
 * The sample tables of a track (ISO/IEC 14496-12 §8.6, §8.7) as typed arrays, read from the `stbl` box's bytes. mp4box
 * would make an object of each sample, 176 MB for two hours; and a table that claims 2^32 equal samples would be
 * believed.
 */
import { fail, ok, type Result } from '../base/result.ts';
import { emptySamples, MAX_SAMPLES, type SampleTable } from './film.ts';
import { bodyOf, boxesIn, entriesOf, type Box } from './mp4-boxes.ts';

/** Why tables make no samples. `damaged`: they contradict each other. `too-large`: more than {@link MAX_SAMPLES}. */
export type TableFault = 'damaged' | 'too-large';

/** The samples that the tables of `stbl` describe: none for a file that has them in fragments. */
export function readSampleTables(view: DataView, stbl: Box): Result<SampleTable, TableFault> {
	const tables = new Map(boxesIn(view, stbl.body, stbl.end).map((box) => [box.type, bodyOf(view, box)]));
	const sizes = tables.get('stsz');
	const count = sampleCount(sizes, tables.get('stz2'));
	if (count > MAX_SAMPLES) return fail('too-large');
	const samples = emptySamples(count);
	if (count === 0) return ok(samples);
	fillSizes(samples, sizes, tables.get('stz2'));
	const isWhole = fillTimes(samples, tables.get('stts')) && fillOffsets(samples, tables);
	fillCompositions(samples, tables.get('ctts'));
	fillKeys(samples, tables.get('stss'));
	return isWhole ? ok(samples) : fail('damaged');
}

function sampleCount(stsz: DataView | undefined, stz2: DataView | undefined): number {
	if (stsz && stsz.byteLength >= 12) return stsz.getUint32(4) > 0 ? stsz.getUint32(8) : entriesOf(stsz, 8, 4);
	if (!stz2 || stz2.byteLength < 12) return 0;
	return Math.min(stz2.getUint32(8), Math.floor(((stz2.byteLength - 12) * 8) / Math.max(4, stz2.getUint8(7))));
}

function fillSizes(samples: SampleTable, stsz: DataView | undefined, stz2: DataView | undefined): void {
	if (stsz) {
		const constant = stsz.getUint32(4);
		for (let k = 0; k < samples.count; k++) samples.sizes[k] = constant || stsz.getUint32(12 + 4 * k);
		return;
	}
	const bits = stz2?.getUint8(7) ?? 8;
	for (let k = 0; k < samples.count; k++) {
		const byte = stz2?.getUint8(12 + Math.floor((k * bits) / 8)) ?? 0;
		if (bits === 16) samples.sizes[k] = stz2?.getUint16(12 + 2 * k) ?? 0;
		else samples.sizes[k] = bits === 8 ? byte : k % 2 === 0 ? byte >> 4 : byte & 15;
	}
}

/** False when there is a sample without a time. */
function fillTimes(samples: SampleTable, stts: DataView | undefined): boolean {
	let k = 0;
	let time = 0;
	for (let entry = 0; stts && entry < entriesOf(stts, 4, 8); entry++) {
		// Some writers put in negative steps; a player can only take them as none.
		const step = Math.max(0, stts.getInt32(12 + 8 * entry));
		const end = Math.min(samples.count, k + stts.getUint32(8 + 8 * entry));
		for (; k < end; k++) {
			samples.decodeTimes[k] = time;
			samples.durations[k] = step;
			time += step;
		}
	}
	return k === samples.count;
}

function fillCompositions(samples: SampleTable, ctts: DataView | undefined): void {
	let k = 0;
	for (let entry = 0; ctts && entry < entriesOf(ctts, 4, 8); entry++) {
		const end = Math.min(samples.count, k + ctts.getUint32(8 + 8 * entry));
		// Signed in version 0 too: writers err that way, and no real offset needs the top bit.
		samples.compositions.fill(ctts.getInt32(12 + 8 * entry), k, end);
		k = end;
	}
}

function fillKeys(samples: SampleTable, stss: DataView | undefined): void {
	if (!stss) {
		samples.keys.fill(1);
		return;
	}
	for (let entry = 0; entry < entriesOf(stss, 4, 4); entry++) {
		const k = stss.getUint32(8 + 4 * entry) - 1;
		if (k >= 0 && k < samples.count) samples.keys[k] = 1;
	}
}

/** False when there is a sample without a place. */
function fillOffsets(samples: SampleTable, tables: ReadonlyMap<string, DataView>): boolean {
	const stsc = tables.get('stsc');
	const large = tables.get('co64');
	const small = tables.get('stco');
	const chunks = large ? entriesOf(large, 4, 8) : small ? entriesOf(small, 4, 4) : 0;
	const runs = stsc ? entriesOf(stsc, 4, 12) : 0;
	let k = 0;
	let run = 0;
	for (let chunk = 0; stsc && chunk < chunks && k < samples.count; chunk++) {
		while (run + 1 < runs && stsc.getUint32(8 + 12 * (run + 1)) <= chunk + 1) run += 1;
		let offset = large ? Number(large.getBigUint64(8 + 8 * chunk)) : (small?.getUint32(8 + 4 * chunk) ?? 0);
		const end = runs > 0 ? Math.min(samples.count, k + stsc.getUint32(12 + 12 * run)) : k;
		for (; k < end; k++) {
			samples.offsets[k] = offset;
			offset += samples.sizes[k] ?? 0;
		}
	}
	return k === samples.count;
}
