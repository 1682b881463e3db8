/** A poster: one picture of the film, small. Runs in workers and pages alike. */
import type { Bytes } from '../../shared/base/bytes.ts';

/** Bytes of a poster: it is fetched before the film. */
export const MAX_POSTER_BYTES = 60 * 1024;

/** Pixels across. */
const WIDTH = 640;

/** Parts of the film to look at, the first that is not a black picture wins. */
export const POSTER_PLACES = [0.1, 0.2, 0.35, 0.5, 0.03] as const;

/** Brightness, of 255, that the brightest hundredth of a picture reaches unless it is black. */
const NOT_BLACK = 40;

/** An encoded picture. */
export interface Poster {
	readonly bytes: Bytes;
	readonly type: string;
	readonly width: number;
	readonly height: number;
}

/** A picture to take the poster from, with its shape as it is to be shown. */
export interface Still { readonly image: CanvasImageSource; readonly width: number; readonly height: number }

/** The poster of a still; undefined for black pictures and where canvases do not work. */
export async function posterOf({ image, width, height }: Still): Promise<Poster | undefined> {
	const scale = Math.min(1, WIDTH / width);
	const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
	const context = canvas.getContext('2d', { willReadFrequently: true });
	if (!context) return undefined;
	context.drawImage(image, 0, 0, canvas.width, canvas.height);
	if (isBlack(context.getImageData(0, 0, canvas.width, canvas.height).data)) return undefined;
	for (const quality of [0.8, 0.65, 0.5, 0.35, 0.2]) {
		const blob = await encode(canvas, quality);
		if (blob.size > MAX_POSTER_BYTES) continue;
		const bytes = new Uint8Array(await blob.arrayBuffer());
		return { bytes, type: blob.type, width: canvas.width, height: canvas.height };
	}
	return undefined;
}

/** WebP, or JPEG where the browser writes none: it would give a PNG, of any size. */
async function encode(canvas: OffscreenCanvas, quality: number): Promise<Blob> {
	const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
	return blob.type === 'image/webp' ? blob : canvas.convertToBlob({ type: 'image/jpeg', quality });
}

function isBlack(pixels: Uint8ClampedArray): boolean {
	let bright = 0;
	for (let at = 1; at < pixels.length; at += 4) if ((pixels[at] ?? 0) > NOT_BLACK) bright += 1;
	return bright < pixels.length / 400;
}
