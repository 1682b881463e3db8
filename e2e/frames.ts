/** Which frame of a test film is on screen: painted into the picture by the film's maker, read back from a canvas. */
import { frameNumberOf } from './films/frame-number.ts';
import type { Person } from './person.ts';

/** Frames a second of the test films. */
export const FRAME_RATE = 24;

/** The number of the frame that the page's `<video>` shows; undefined when none can be read. */
export async function shownFrame(person: Person): Promise<number | undefined> {
	const picture = await person.page.locator('video').evaluate((video: HTMLVideoElement) => {
		const canvas = new OffscreenCanvas(160, 90); // the blocks are a tenth of the picture: small is enough, and quick
		const context = canvas.getContext('2d');
		context?.drawImage(video, 0, 0, canvas.width, canvas.height);
		const pixels = context?.getImageData(0, 0, canvas.width, canvas.height);
		return { width: canvas.width, height: canvas.height, data: [...pixels?.data ?? []] };
	});
	return frameNumberOf(picture);
}
