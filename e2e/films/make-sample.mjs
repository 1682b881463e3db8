/**
 * Makes the film behind “Try a sample”: a day over hills and a soft chord, all of it computed, so nobody else's.
 * Run by hand.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const [WIDTH, HEIGHT, RATE, SECONDS] = [640, 360, 25, 24];

/** Sky above, sky below, hills far and near, at four moments of the day. */
const DAY = [
	[[13, 18, 40], [58, 44, 86], [40, 38, 74], [10, 12, 26]],
	[[74, 96, 160], [250, 170, 110], [120, 84, 110], [34, 28, 52]],
	[[92, 164, 220], [206, 230, 240], [98, 140, 150], [28, 62, 70]],
	[[60, 40, 96], [244, 120, 84], [110, 58, 92], [26, 16, 40]],
];

/** @param {number} a @param {number} b @param {number} t */
const mix = (a, b, t) => a + (b - a) * t;
/** @param {number} t */
const smooth = (t) => t * t * (3 - 2 * t);
/** @param {number} n */
const noise = (n) => { const x = Math.sin(n * 127.1) * 43758.5453; return x - Math.floor(x); };

/** @param {number} second @param {number} layer */
function colour(second, layer) {
	const at = (second / SECONDS) * DAY.length;
	const from = DAY[Math.floor(at) % DAY.length], to = DAY[(Math.floor(at) + 1) % DAY.length];
	return [0, 1, 2].map((k) => mix(from[layer][k], to[layer][k], smooth(at % 1)));
}

/** @param {number} second */
function frame(second) {
	const pixels = Buffer.alloc(WIDTH * HEIGHT * 3);
	const [top, bottom, far, near] = [0, 1, 2, 3].map((layer) => colour(second, layer));
	const turn = second / SECONDS;
	const sun = { x: WIDTH * (0.1 + 0.8 * turn), y: HEIGHT * (0.72 - 0.55 * Math.sin(Math.PI * turn)), r: 26 };
	const night = Math.max(0, 1 - Math.sin(Math.PI * turn) * 2.2);
	for (let x = 0; x < WIDTH; x++) {
		const hills = [0, 1, 2].map((k) => HEIGHT * (0.58 + 0.13 * k)
			+ Math.sin(x / (90 - 14 * k) + second * (0.12 + 0.14 * k) + k * 2) * (26 - 4 * k)
			+ Math.sin(x / (31 - 5 * k) + second * (0.2 + 0.2 * k)) * (7 - k));
		for (let y = 0; y < HEIGHT; y++) {
			const depth = hills.findLastIndex((line) => y > line);
			let c;
			if (depth >= 0) c = far.map((v, k) => mix(v, near[k], depth / 2) * (1 - 0.25 * ((y - hills[depth]) / HEIGHT)));
			else {
				const t = y / (HEIGHT * 0.75);
				const distance = Math.hypot(x - sun.x, y - sun.y);
				const glow = Math.exp(-distance / 70) * 0.75 + (distance < sun.r ? 1 : Math.max(0, 1 - (distance - sun.r) / 2));
				const star = noise(x * 311 + y * 7919) > 0.9986 ? night * (0.5 + 0.5 * Math.sin(second * 3 + x)) : 0;
				c = top.map((v, k) => Math.min(255, mix(v, bottom[k], Math.min(1, t)) + glow * [110, 84, 40][k] + star * 190));
			}
			const grain = (noise(x * 13 + y * 71 + Math.floor(second * RATE) * 3.7) - 0.5) * 3;
			for (let k = 0; k < 3; k++) pixels[(y * WIDTH + x) * 3 + k] = Math.max(0, Math.min(255, c[k] + grain));
		}
	}
	return pixels;
}

const chord = [110, 164.81, 220, 277.18, 329.63]
	.map((hz, k) => `0.07*sin(2*PI*${hz}*t)*(0.6+0.4*sin(2*PI*t/${5 + k}+${k}))`)
	.join('+');
const ffmpeg = spawn(process.env.FFMPEG ?? 'ffmpeg', [
	'-y', '-loglevel', 'error',
	'-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${WIDTH}x${HEIGHT}`, '-r', String(RATE), '-i', 'pipe:0',
	'-f', 'lavfi', '-i', `aevalsrc='(${chord})*min(1,t/2)*min(1,(${SECONDS}-t)/3)':s=48000:d=${SECONDS}`,
	'-vf', 'scale=960:540:flags=lanczos,format=yuv420p', '-c:v', 'libx264', '-preset', 'slow', '-crf', '25', '-g', '50',
	'-c:a', 'aac', '-b:a', '96k', '-movflags', '+faststart', join(import.meta.dirname, '../../web/public/sample.mp4'),
], { stdio: ['pipe', 'inherit', 'inherit'] });
for (let k = 0; k < RATE * SECONDS; k++) if (!ffmpeg.stdin.write(frame(k / RATE))) await once(ffmpeg.stdin, 'drain');
ffmpeg.stdin.end();
await once(ffmpeg, 'exit');
