/** What a decoder needs to know of a track beyond its codec's name, found in its initialization segment. */
import type { Bytes } from '../base/bytes.ts';
import { bodyOf, type Box, boxesIn, find, versionOf, viewOf } from './mp4-boxes.ts';

/**
 * `description`: the codec's own setup record, if it has one. `isUpright`: pictures are stored as they are to be seen.
 */
export interface DecoderSetup { readonly description: Bytes | undefined; readonly isUpright: boolean }

/** Bytes of a visual sample entry before its boxes (ISO/IEC 14496-12 §12.1.3). */
const VISUAL_ENTRY_BYTES = 78;
const SETUP_RECORDS = new Set(['avcC', 'hvcC', 'av1C']);
/** The matrix of pictures that are neither turned nor mirrored, but for its last cell. */
const UPRIGHT = [0x10000, 0, 0, 0, 0x10000];

/** Reads an init segment of a video track. */
export function decoderSetup(init: Bytes): DecoderSetup {
	const view = viewOf(init);
	const whole: Box = { type: '', start: 0, body: 0, end: init.length };
	const trak = find(view, whole, 'moov', 'trak');
	const stsd = find(view, trak, 'mdia', 'minf', 'stbl', 'stsd');
	const tkhd = find(view, trak, 'tkhd');
	const [entry] = stsd ? boxesIn(view, stsd.body + 8, stsd.end) : [];
	const children = entry ? boxesIn(view, entry.body + VISUAL_ENTRY_BYTES, entry.end) : [];
	const record = children.find(({ type }) => SETUP_RECORDS.has(type));
	return {
		description: record && init.slice(record.body, record.end),
		isUpright: tkhd !== undefined && isUpright(bodyOf(view, tkhd)),
	};
}

function isUpright(tkhd: DataView): boolean {
	const at = versionOf(tkhd) === 1 ? 52 : 40;
	return tkhd.byteLength >= at + 36 && UPRIGHT.every((cell, k) => tkhd.getInt32(at + 4 * k) === cell);
}
