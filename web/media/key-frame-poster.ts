/** A poster from a key frame decoded by WebCodecs: of the film, nothing but that frame is read. */
import type { Bytes } from '../../shared/base/bytes.ts';
import { decoderSetup } from '../../shared/media/decoder-setup.ts';
import type { FilmTrack, Seconds } from '../../shared/media/film.ts';
import { byteRanges } from '../../shared/media/fragment.ts';
import { primaryOf } from '../../shared/media/pages.ts';
import { isCarried } from '../../shared/media/stream-index.ts';
import type { MediaReader } from '../../shared/ports/media-reader.ts';
import type { FilmTimeline } from './film-timeline.ts';
import { POSTER_PLACES, type Poster, posterOf } from './poster-picture.ts';

/** Undefined: no pictures, no decoder for them here, turned pictures, or all black. */
export async function keyFramePoster(timeline: FilmTimeline, reader: MediaReader): Promise<Poster | undefined> {
	const track = primaryOf(timeline.header.tracks.filter(isCarried));
	const config = track?.kind === 'video' ? await configOf(track) : undefined;
	if (!track || !config) return undefined;
	for (const place of POSTER_PLACES) {
		const data = await keyFrameAt(timeline, track, reader, timeline.header.duration * place);
		const frame = data && await decodeOne(config, data);
		if (!frame) continue;
		const poster = await posterOf({ image: frame, width: frame.displayWidth, height: frame.displayHeight });
		frame.close();
		if (poster) return poster;
	}
	return undefined;
}

async function configOf(track: FilmTrack): Promise<VideoDecoderConfig | undefined> {
	const setup = decoderSetup(track.init);
	if (!('VideoDecoder' in globalThis) || !setup.isUpright) return undefined;
	const config = { codec: track.codec, ...(setup.description && { description: setup.description }) };
	try {
		return (await VideoDecoder.isConfigSupported(config)).supported ? config : undefined;
	} catch {
		return undefined; // a codec string it has never heard of
	}
}

async function keyFrameAt(
	timeline: FilmTimeline, track: FilmTrack, reader: MediaReader, time: Seconds,
): Promise<Bytes | undefined> {
	const place = await timeline.placeFor(track, time);
	const run = place.ok && place.value ? await timeline.runFrom(track, place.value, -Infinity) : undefined;
	const range = run?.ok && run.value ? byteRanges(run.value.samples)[0] : undefined;
	const read = range && await reader.read(range.offset, range.length, 0).bytes;
	return read?.ok ? read.value : undefined;
}

function decodeOne(config: VideoDecoderConfig, data: Bytes): Promise<VideoFrame | undefined> {
	return new Promise((settle) => {
		const decoder = new VideoDecoder({ output: settle, error: () => settle(undefined) });
		decoder.configure(config);
		decoder.decode(new EncodedVideoChunk({ type: 'key', timestamp: 0, data }));
		// A decoder that fails says so through `error`; one that puts out nothing ends here.
		const done = () => {
			settle(undefined);
			if (decoder.state !== 'closed') decoder.close();
		};
		decoder.flush().then(done, done);
	});
}
