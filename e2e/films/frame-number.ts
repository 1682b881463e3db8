/**
 * The number of a frame, painted into the frame: how a test knows which frame is on screen. Two rows of sixteen blocks
 * across the picture, bit k in column k: white over black is 1, black over white is 0. Blocks this big survive any
 * codec.
 */

/** Bits of a frame number. */
export const FRAME_BITS = 16;

/** Rows begin at these parts of the picture's height, and are this high. */
const TOP = 1 / 9;
const ROW = 1 / 9;

/** How far apart the two rows must be, of 255, to count as a bit. */
const CONTRAST = 80;

/** Pixels as `CanvasRenderingContext2D.getImageData` gives them. */
export interface Picture { readonly data: ArrayLike<number>; readonly width: number; readonly height: number }

/** The filter that paints the number onto a picture of this size; `n` is the frame's number, as ffmpeg counts. */
export function paintFrameNumber(width: number, height: number): string {
	const w = width / FRAME_BITS;
	const h = Math.round(height * ROW);
	const box = (k: number, y: number, enable: string) =>
		`drawbox=x=${Math.round(k * w)}:y=${y}:w=${Math.round(w)}:h=${h}:color=white:t=fill:enable='${enable}'`;
	const back = `drawbox=x=0:y=${Math.round(height * TOP)}:w=${width}:h=${2 * h}:color=black:t=fill`;
	const bits = Array.from({ length: FRAME_BITS }, (_, k) => [
		box(k, Math.round(height * TOP), `gt(bitand(n\\,${1 << k})\\,0)`),
		box(k, Math.round(height * TOP) + h, `eq(bitand(n\\,${1 << k})\\,0)`),
	]);
	return [back, ...bits.flat()].join(',');
}

/** The number painted into a picture; undefined when there is none that can be read. */
export function frameNumberOf(picture: Picture): number | undefined {
	let number = 0;
	for (let k = 0; k < FRAME_BITS; k++) {
		const x = ((k + 0.5) * picture.width) / FRAME_BITS;
		const upper = brightness(picture, x, picture.height * (TOP + ROW / 2));
		const lower = brightness(picture, x, picture.height * (TOP + ROW * 1.5));
		if (Math.abs(upper - lower) < CONTRAST) return undefined;
		if (upper > lower) number += 2 ** k;
	}
	return number;
}

/** The mean of green over a few pixels around a point. */
function brightness(picture: Picture, x: number, y: number): number {
	let sum = 0;
	for (let dy = -2; dy <= 2; dy++) {
		for (let dx = -2; dx <= 2; dx++) {
			sum += picture.data[4 * ((Math.round(y) + dy) * picture.width + Math.round(x) + dx) + 1] ?? 0;
		}
	}
	return sum / 25;
}
