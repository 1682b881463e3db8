/** A picture of a film, by ffmpeg where there is one. */
import { execFile } from 'node:child_process';
import { SECOND } from '../../shared/base/units.ts';
import type { Bytes } from '../../shared/base/bytes.ts';

/** Bytes of a poster: it is fetched before the film. */
const MAX_BYTES = 60 * 1024;

/** Pixels across. */
const WIDTH = 640;

/** Qualities to try, the best first, until one is small enough. */
const QUALITIES = [4, 8, 14, 24] as const;

/** A film that ffmpeg is stuck in has none. */
const PATIENCE_MS = 20 * SECOND;

/** A JPEG of the liveliest picture of some after a tenth of the film; undefined without ffmpeg, or a picture. */
export async function posterOf(path: string, durationSec: number): Promise<Bytes | undefined> {
	for (const quality of QUALITIES) {
		const picture = await ffmpeg([
			'-v', 'error', '-nostdin', '-ss', String(durationSec / 10), '-i', `file:${path}`, '-map', '0:v:0', '-frames:v', '1',
			'-vf', `thumbnail=50,scale='min(${WIDTH},iw)':-2`, '-f', 'mjpeg', '-q:v', String(quality), 'pipe:1',
		]);
		if (!picture || picture.length === 0) return undefined;
		if (picture.length <= MAX_BYTES) return new Uint8Array(picture);
	}
	return undefined;
}

function ffmpeg(args: readonly string[]): Promise<Buffer | undefined> {
	return new Promise((resolve) => {
		const options = { encoding: 'buffer', timeout: PATIENCE_MS, maxBuffer: 2 ** 24, windowsHide: true } as const;
		execFile('ffmpeg', [...args], options, (error, stdout) => resolve(error ? undefined : stdout));
	});
}
