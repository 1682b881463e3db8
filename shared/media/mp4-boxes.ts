/** Boxes of ISO base media files (ISO/IEC 14496-12 §4.2), read straight from bytes that anybody may have written. */
import type { Bytes } from '../base/bytes.ts';

/** A box inside some bytes: `start` its header, `body` what follows it, `end` the byte after. */
export interface Box { readonly type: string; readonly start: number; readonly body: number; readonly end: number }

/** Bytes of the longest header: size, type, 64-bit size. */
export const MAX_BOX_HEADER_BYTES = 16;

/**
 * What a box's header says, read at `at`; `size` 0: to the end of the file. Undefined: no header, or a size below it.
 */
export function boxHeader(view: DataView, at: number): { type: string; size: number; header: number } | undefined {
	if (at + 8 > view.byteLength) return undefined;
	const size = view.getUint32(at);
	const type = fourCharacters(view, at + 4);
	if (size !== 1) return size === 0 || size >= 8 ? { type, size, header: 8 } : undefined;
	if (at + 16 > view.byteLength) return undefined;
	const large = Number(view.getBigUint64(at + 8));
	return large >= 16 && Number.isSafeInteger(large) ? { type, size: large, header: 16 } : undefined;
}

/** The boxes between two places, up to the first that does not fit. */
export function boxesIn(view: DataView, from: number, to: number): Box[] {
	const boxes: Box[] = [];
	for (let at = from; at < to;) {
		const head = boxHeader(view, at);
		const end = head && at + (head.size || to - at);
		if (!end || end > to) break;
		boxes.push({ type: head.type, start: at, body: at + head.header, end });
		at = end;
	}
	return boxes;
}

/** The first box at the end of a path of types below `box`. */
export function find(view: DataView, box: Box | undefined, ...path: readonly string[]): Box | undefined {
	let found = box;
	for (const type of path) found = found && boxesIn(view, found.body, found.end).find((child) => child.type === type);
	return found;
}

/** A view of bytes as they are. */
export function viewOf(bytes: Bytes): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The body of a box, as a view of its own: reading past it throws. */
export function bodyOf(view: DataView, box: Box): DataView {
	return new DataView(view.buffer, view.byteOffset + box.body, box.end - box.body);
}

/** The version of a full box (§4.2.2). */
export function versionOf(body: DataView): number {
	return body.byteLength >= 4 ? body.getUint8(0) : 0;
}

/** Four bytes as text. */
export function fourCharacters(view: DataView, at: number): string {
	return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}

/** How many whole entries of `entryBytes` a table has: what it claims at `countAt`, or fewer where it is cut short. */
export function entriesOf(body: DataView, countAt: number, entryBytes: number): number {
	if (body.byteLength < countAt + 4) return 0;
	return Math.min(body.getUint32(countAt), Math.floor((body.byteLength - countAt - 4) / entryBytes));
}
