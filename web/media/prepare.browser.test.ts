import { expect, test, vi } from 'vitest';
import { frameNumberOf } from '../../e2e/films/frame-number.ts';
import type { FilmName } from '../../e2e/films/recipes.ts';
import { ContainerIndex } from './container-index.ts';
import { MAX_POSTER_BYTES, type Poster } from './poster-picture.ts';
import { prepareFilm } from './prepare.ts';
import { openFilm, stage, strike, until } from './testkit/film-bench.ts';
import { videoPoster } from './video-poster.ts';

async function fileOf(name: FilmName): Promise<File> {
	return new File([await (await fetch(`/films/${name}`)).blob()], `${name}.mp4`);
}

async function frameOf(poster: Poster): Promise<number | undefined> {
	const image = await createImageBitmap(new Blob([poster.bytes], { type: poster.type }));
	const canvas = new OffscreenCanvas(image.width, image.height);
	const context = canvas.getContext('2d')!;
	context.drawImage(image, 0, 0);
	return frameNumberOf(context.getImageData(0, 0, canvas.width, canvas.height));
}

test.each([
	['b-frames', 0], ['minute-720p', 144], ['vp9-opus', 0], ['av1-opus', 0],
] as const)('%s gets an index and the key frame at a tenth of it as its poster', async (name, frame) => {
	const { index, poster } = prepareFilm(await fileOf(name), () => {});
	const built = await index;
	expect(built.ok && built.value.film.duration).toBeGreaterThan(1);
	const made = await poster;
	expect(made && await frameOf(made)).toBe(frame);
	expect(made?.bytes.length).toBeLessThan(MAX_POSTER_BYTES);
	expect(made).toMatchObject({ type: 'image/webp', width: 640, height: 360 });
});

test('without WebCodecs a hidden video gives the poster', async () => {
	const made = await videoPoster(await fileOf('minute-720p'));
	expect(made && await frameOf(made)).toBe(144);
});

test('HEVC gets an index, and no poster where nothing decodes it', async () => {
	const { index, poster } = prepareFilm(await fileOf('hevc'), () => {});
	expect((await index).ok).toBe(true);
	expect(await poster).toBeUndefined();
});

test('a text is not a video', async () => {
	const { index, poster } = prepareFilm(await fileOf('not-a-film'), () => {});
	expect(await index).toEqual({ ok: false, error: 'not-a-video' });
	expect(await poster).toBeUndefined();
});

test('a preparation that is cancelled says so', async () => {
	const { index, cancel } = prepareFilm(new Blob([new Uint8Array(1e6)]), () => {});
	cancel();
	expect(await index).toEqual({ ok: false, error: 'cancelled' });
});

test('a share without an index plays from its container', async () => {
	const reader = await openFilm('moov-at-end');
	const on = await stage('moov-at-end', { index: new ContainerIndex(reader) });
	await until(on.player, ({ metrics }) => metrics.startupMs !== undefined);
	strike(on);
});

test('a script that never comes says nothing about the film', async () => {
	const RealWorker = Worker;
	vi.stubGlobal('Worker', class extends RealWorker {
		constructor() { super('/gone/with/the/server.js', { type: 'module' }); }
	});
	try {
		expect(await prepareFilm(new Blob(['no film']), () => {}).index).toEqual({ ok: false, error: 'closed' });
		const container = new ContainerIndex({ size: 7, read: () => { throw new Error('nobody reads'); } });
		expect(await container.header()).toEqual({ ok: false, error: 'closed' });
	} finally {
		vi.unstubAllGlobals();
	}
});
