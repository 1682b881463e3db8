/**
 * What an MP4 track is: its codec as MIME types spell it and its initialization segment, by mp4box. It gets to see a
 * `trak` rebuilt from the few boxes that matter, without sample tables, edits or anything else a stranger may have put
 * in.
 */
import { BoxParser, createFile, DataStream, Endianness, MP4BoxBuffer, type AudioSampleEntry, type SampleEntry } from 'mp4box';
import { type Bytes, ByteWriter, concat } from '../base/bytes.ts';
import { utf8 } from '../base/text.ts';
import { MAX_INIT_BYTES } from './film.ts';
import { INIT_TRACK_ID } from './fragment.ts';
import { saysItsColours } from './h264-colour.ts';
import { bodyOf, type Box, boxesIn, find, fourCharacters, versionOf } from './mp4-boxes.ts';
import { isPlayableEntry } from './playable-codecs.ts';

/** A track as its boxes tell it. */
export interface RawTrack {
	readonly id: number;
	readonly kind: 'video' | 'audio';
	readonly timescale: number;
	readonly language: string;
	readonly label: string;
	/** Four characters of the first sample entry. */
	readonly format: string;
	readonly tkhd: Box;
	readonly mdhd: Box;
	readonly stsd: Box;
	readonly stbl: Box;
	readonly elst: Box | undefined;
}

/** What mp4box makes of a track's first sample entry. */
export interface SampleFormat {
	readonly codec: string;
	readonly width: number;
	readonly height: number;
	readonly channels: number;
	readonly sampleRate: number;
	/** The init segment with its one edit at this tick. */
	readonly init: (startTicks: number) => Bytes;
}

/** Pictures and sound of a `trak`; undefined for anything else and for boxes too damaged to read. */
export function readTrack(view: DataView, trak: Box): RawTrack | undefined {
	const mdia = find(view, trak, 'mdia');
	const tkhd = withBytes(24, find(view, trak, 'tkhd'));
	const mdhd = withBytes(24, find(view, mdia, 'mdhd'));
	const hdlr = withBytes(12, find(view, mdia, 'hdlr'));
	const stbl = find(view, mdia, 'minf', 'stbl');
	const stsd = withBytes(16, find(view, stbl, 'stsd'));
	if (!tkhd || !mdhd || !hdlr || !stbl || !stsd) return undefined;
	const handler = fourCharacters(bodyOf(view, hdlr), 8);
	if (handler !== 'vide' && handler !== 'soun') return undefined;
	const header = bodyOf(view, tkhd);
	return {
		id: header.getUint32(versionOf(header) === 1 ? 20 : 12),
		kind: handler === 'vide' ? 'video' : 'audio',
		...readMediaHeader(bodyOf(view, mdhd)),
		label: labelOf(view, trak),
		format: fourCharacters(bodyOf(view, stsd), 12),
		tkhd, mdhd, stsd, stbl,
		elst: find(view, trak, 'edts', 'elst'),
	};
}

/** The box, if its body has so many bytes. */
function withBytes(bytes: number, box: Box | undefined): Box | undefined {
	return box && box.end - box.body >= bytes ? box : undefined;
}

/** An `mdhd` (§8.4.2). Timescale 0: it is cut short. */
function readMediaHeader(mdhd: DataView): { timescale: number; language: string } {
	if (versionOf(mdhd) === 0) return { timescale: mdhd.getUint32(12), language: languageOf(mdhd.getUint16(20)) };
	if (mdhd.byteLength < 36) return { timescale: 0, language: '' };
	return { timescale: mdhd.getUint32(20), language: languageOf(mdhd.getUint16(32)) };
}

/** Three letters in five bits each (ISO/IEC 14496-12 §8.4.2.3); empty for `und` and for QuickTime's codes. */
function languageOf(packed: number): string {
	const letters = [packed >> 10, packed >> 5, packed].map((bits) => 0x60 + (bits & 31));
	const text = String.fromCharCode(...letters);
	return /^[a-z]{3}$/.test(text) && text !== 'und' ? text : '';
}

/** The name in the track's user data, where ffmpeg and QuickTime put a title. */
function labelOf(view: DataView, trak: Box): string {
	const name = find(view, trak, 'udta', 'name');
	if (!name) return '';
	const body = new Uint8Array(view.buffer, view.byteOffset + name.body, Math.min(200, name.end - name.body));
	return String.fromCharCode(...body).replaceAll(/[^\x20-\x7e]/g, '').trim();
}

/** The track's format; undefined when mp4box cannot read it or no browser plays it. */
export function readFormat(view: DataView, raw: RawTrack): SampleFormat | undefined {
	if (!isPlayableEntry(raw.format)) return undefined;
	try {
		return parseFormat(view, raw);
	} catch {
		return undefined; // mp4box throws at boxes that end too early; the track is then one that nobody can play
	}
}

type MovieBox = InstanceType<typeof BoxParser.box.moov>;

function parseFormat(view: DataView, raw: RawTrack): SampleFormat | undefined {
	const file = createFile();
	file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(movieOf(view, raw).buffer, 0));
	const movie = file.moov as MovieBox | undefined; // typed as always there; bytes decide
	const entry = movie?.traks[0]?.mdia.minf.stbl.stsd.entries[0];
	if (!movie || !entry) return undefined;
	straightenSound(entry);
	addColours(entry);
	for (const box of [movie.traks[0]?.tkhd, movie.mvex?.trexs[0]]) if (box) box.track_id = INIT_TRACK_ID;
	const format: SampleFormat = {
		codec: codecOf(entry),
		width: numberUpTo(2 ** 16, entry.getWidth()),
		height: numberUpTo(2 ** 16, entry.getHeight()),
		channels: numberUpTo(255, entry.getChannelCount()),
		sampleRate: numberUpTo(2 ** 24, entry.getSampleRate()),
		init: (startTicks) => writeInit(movie, startTicks),
	};
	return format.init(0).length <= MAX_INIT_BYTES ? format : undefined;
}

/** mp4box gives an empty text where an entry has no such number. */
function numberUpTo(max: number, value: unknown): number {
	return typeof value === 'number' && value >= 0 && value <= max ? Math.round(value) : 0;
}

function codecOf(entry: SampleEntry): string {
	const codec = entry.getCodec();
	if (codec === 'Opus' || codec === 'fLaC') return codec.toLowerCase();
	return /^(mp3|mp4a\.6[9b])$/i.test(codec) ? 'mp3' : codec;
}

/** QuickTime hides the decoder's setup in a `wave` box, which browsers do not look into. */
function straightenSound(entry: SampleEntry): void {
	if (!(entry instanceof BoxParser.sampleEntry.mp4a)) return;
	// Typed as always there; files differ.
	const hidden = (entry.wave as typeof entry.wave | undefined)?.esds;
	if (!hidden || (entry.esds as typeof entry.esds | undefined)) return;
	const others = (entry.boxes ?? []).filter((box) => box.type !== 'wave' && box.type !== 'esds');
	entry.esds = hidden;
	entry.boxes = [...others, hidden];
	(entry as AudioSampleEntry & { wave?: unknown }).wave = undefined;
}

/**
 * Chromium shows small untagged H.264 in other colours from MediaSource than from a file; told the colours of NTSC,
 * which is what it assumes for files, it shows the same.
 */
function addColours(entry: SampleEntry): void {
	if (!(entry instanceof BoxParser.sampleEntry.avc1) && !(entry instanceof BoxParser.sampleEntry.avc3)) return;
	if (entry.width >= 1280 || entry.height >= 720 || entry.boxes?.some((box) => box.type === 'colr')) return;
	const sps = entry.avcC.SPS[0]?.data;
	if (!sps || saysItsColours(sps)) return;
	const colr = new BoxParser.box.colr();
	// mp4box reads this box and cannot write it: it gets the bytes, and writes those.
	colr.data = new ByteWriter(11).bytes(utf8('nclx')).u16(6).u16(6).u16(6).u8(0).done();
	entry.addBox(colr);
}

function writeInit(movie: MovieBox, startTicks: number): Bytes {
	const trak = movie.traks[0];
	if (!trak) return new Uint8Array(0);
	const edits = new BoxParser.box.elst();
	edits.entries = [{ segment_duration: 0, media_time: startTicks, media_rate_integer: 1, media_rate_fraction: 0 }];
	const edts = new BoxParser.box.edts();
	edts.addBox(edits);
	const children = (trak.boxes ?? []).filter((box) => box.type !== 'edts');
	trak.boxes = startTicks > 0 ? [...children.slice(0, 1), edts, ...children.slice(1)] : children;
	const stream = new DataStream(undefined, 0, Endianness.BIG_ENDIAN);
	stream.writeUint8Array(ftyp('iso6'));
	movie.write(stream);
	return new Uint8Array(stream.buffer.slice(0, stream.byteLength));
}

/** `ftyp` and a `moov` of this one track without samples, as mp4box is to see it. */
function movieOf(view: DataView, raw: RawTrack): Bytes {
	const isPicture = raw.kind === 'video';
	const handler = new ByteWriter(25).u32(0).u32(0).bytes(utf8(isPicture ? 'vide' : 'soun')).done();
	const entry = firstEntry(view, raw.stsd);
	const stsd = full('stsd', new ByteWriter(4).u32(1).done(), entry);
	const empty = ['stts', 'stsc', 'stco'].map((type) => full(type, new Uint8Array(4)));
	const dinf = boxed('dinf', full('dref', new ByteWriter(4).u32(1).done(), boxed('url ', new ByteWriter(4).u32(1).done())));
	const head = isPicture ? boxed('vmhd', new ByteWriter(12).u32(1).done()) : full('smhd', new Uint8Array(4));
	const minf = boxed('minf', head, dinf, boxed('stbl', stsd, ...empty, full('stsz', new Uint8Array(8))));
	const mdia = boxed('mdia', copyOf(view, raw.mdhd), boxed('hdlr', handler), minf);
	const trex = full('trex', new ByteWriter(20).u32(raw.id).u32(1).u32(0).u32(0).u32(0).done());
	const brand = isQuickTimeSound(view, raw) ? 'qt  ' : 'iso6';
	return concat(ftyp(brand), boxed('moov', mvhd(raw.timescale), boxed('trak', copyOf(view, raw.tkhd), mdia), boxed('mvex', trex)));
}

/** Version 1 and 2 of a sound's sample entry are QuickTime's, whatever brand the file claims. */
function isQuickTimeSound(view: DataView, raw: RawTrack): boolean {
	const entry = bodyOf(view, raw.stsd);
	return raw.kind === 'audio' && entry.byteLength >= 26 && entry.getUint16(24) > 0;
}

/** Only the first description: samples of others are rare, and shown with the first. */
function firstEntry(view: DataView, stsd: Box): Bytes {
	const [entry] = boxesIn(view, stsd.body + 8, stsd.end);
	return entry ? copyOf(view, entry) : new Uint8Array(0);
}

function copyOf(view: DataView, box: Box): Bytes {
	return Uint8Array.from(new Uint8Array(view.buffer, view.byteOffset + box.start, box.end - box.start));
}

function ftyp(brand: string): Bytes {
	return boxed('ftyp', utf8(brand), new Uint8Array(4), utf8('iso6mp41'));
}

/** Duration 0: a fragmented film's duration is where its fragments end. */
function mvhd(timescale: number): Bytes {
	const w = new ByteWriter(100).u32(0).u32(0).u32(0).u32(timescale).u32(0).u32(0x10000).u16(0x100).u16(0).u32(0).u32(0);
	for (const cell of [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]) w.u32(cell);
	return boxed('mvhd', w.bytes(new Uint8Array(24)).u32(2 ** 32 - 1).done());
}

function full(type: string, ...parts: readonly Bytes[]): Bytes {
	return boxed(type, new Uint8Array(4), ...parts);
}

function boxed(type: string, ...parts: readonly Bytes[]): Bytes {
	const size = parts.reduce((sum, part) => sum + part.length, 8);
	return concat(new ByteWriter(8).u32(size).bytes(utf8(type)).done(), ...parts);
}
