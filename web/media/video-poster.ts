/** A poster by way of a hidden `<video>`: where there is no WebCodecs, or pictures are stored turned. */
import type { Ms } from '../../shared/base/units.ts';
import { POSTER_PLACES, type Poster, posterOf } from './poster-picture.ts';

/** A browser that has not shown a frame of a local file by then will not. */
const PATIENCE: Ms = 8000;

/** Undefined: the browser does not play the file, or it is all black. */
export async function videoPoster(file: Blob): Promise<Poster | undefined> {
	const video = document.createElement('video');
	video.muted = true;
	video.preload = 'auto';
	const url = URL.createObjectURL(file);
	try {
		video.src = url;
		if (!(await happens(video, 'loadeddata'))) return undefined;
		for (const place of POSTER_PLACES) {
			video.currentTime = video.duration * place;
			if (!(await happens(video, 'seeked'))) return undefined;
			const poster = await posterOf({ image: video, width: video.videoWidth, height: video.videoHeight });
			if (poster) return poster;
		}
		return undefined;
	} finally {
		video.removeAttribute('src');
		video.load();
		URL.revokeObjectURL(url);
	}
}

function happens(video: HTMLVideoElement, name: 'loadeddata' | 'seeked'): Promise<boolean> {
	return new Promise((settle) => {
		const timer = setTimeout(() => settle(false), PATIENCE);
		const finish = (didHappen: boolean) => {
			clearTimeout(timer);
			settle(didHappen && video.videoWidth > 0);
		};
		video.addEventListener(name, () => finish(true), { once: true });
		video.addEventListener('error', () => finish(false), { once: true });
	});
}
