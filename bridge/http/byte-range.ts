/** The `Range` header, as RFC 9110 §14 has it. */

/** Bytes `from` to `to` - 1. */
export interface ByteRange { readonly from: number; readonly to: number }

/** What a header asks for. `none`: nothing we understand, which is the same as no header. */
export type RangeWish =
	| { readonly type: 'none' }
	| { readonly type: 'one'; readonly range: ByteRange }
	| { readonly type: 'several' }
	| { readonly type: 'unsatisfiable' };

/** Ranges in one header from which on it is a nuisance, and not read. */
const MAX_RANGES = 16;

/** Reads a header for a film of `size` bytes. Several ranges are no error; whoever answers may send all of it. */
export function rangeWish(header: string | undefined, size: number): RangeWish {
	const [, list] = /^bytes=([\d\s,-]+)$/i.exec(header ?? '') ?? [];
	if (list === undefined) return { type: 'none' };
	const specs = list.split(',').map((spec) => spec.trim()).filter((spec) => spec !== '');
	if (specs.length === 0 || specs.length > MAX_RANGES) return { type: 'none' };
	const ranges = specs.map((spec) => rangeOf(spec, size));
	if (ranges.includes('malformed')) return { type: 'none' };
	const [only] = ranges;
	if (ranges.every((range) => range === 'unsatisfiable')) return { type: 'unsatisfiable' };
	return ranges.length === 1 && typeof only === 'object' ? { type: 'one', range: only } : { type: 'several' };
}

function rangeOf(spec: string, size: number): ByteRange | 'malformed' | 'unsatisfiable' {
	const [, first = '', last = ''] = /^(\d*)-(\d*)$/.exec(spec) ?? [];
	if (first === '' && last === '') return 'malformed';
	if (first === '') return Number(last) === 0 ? 'unsatisfiable' : { from: Math.max(0, size - Number(last)), to: size };
	if (last !== '' && Number(last) < Number(first)) return 'malformed';
	if (Number(first) >= size) return 'unsatisfiable';
	return { from: Number(first), to: last === '' ? size : Math.min(size, Number(last) + 1) };
}
