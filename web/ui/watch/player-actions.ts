/** Does to a `<video>` what keys and buttons ask for. */
import { formatTime } from '../format.ts';
import type { Focus, PlayerAction } from './keys.ts';

/** What can be acted on. `shell` is what fills the screen; the verbs belong to the page. */
export interface Player {
	readonly video: HTMLVideoElement;
	readonly shell: HTMLElement;
	readonly step: (pictures: number) => void;
	readonly toggleMute: () => void;
	readonly toggleTheatre: () => void;
	readonly toggleHelp: () => void;
}

/** Slowest and fastest, as the menu offers them. */
export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

interface AppleVideo { webkitEnterFullscreen?: () => void }

/** Acts, and says in a word or two what happened; undefined when that can be seen anyway. */
export function perform(action: PlayerAction, player: Player): string | undefined {
	const { video } = player;
	switch (action.type) {
		case 'toggle-play': togglePlay(video); return video.paused ? 'Paused' : 'Playing';
		case 'seek-by': return seek(video, video.currentTime + action.sec, `${action.sec > 0 ? '+' : '−'}${Math.abs(action.sec)} s`);
		case 'seek-to': return Number.isFinite(video.duration) ? seek(video, video.duration * action.fraction) : undefined;
		case 'volume-by':
			video.volume = within(Math.round((video.volume + action.amount) * 100) / 100, 0, 1);
			video.muted = video.volume === 0;
			return `Volume ${Math.round(video.volume * 100)} %`;
		case 'speed-by':
			video.playbackRate = within(video.playbackRate + action.amount, SPEEDS[0], SPEEDS[SPEEDS.length - 1] ?? 2);
			return `${video.playbackRate}×`;
		case 'frame-by':
			if (video.paused) player.step(action.frames);
			return undefined;
		case 'toggle-mute': player.toggleMute(); return video.muted ? 'Sound off' : 'Sound on';
		case 'toggle-fullscreen': toggleFullscreen(player); return undefined;
		case 'toggle-pip': togglePip(video); return undefined;
		case 'toggle-theatre': player.toggleTheatre(); return undefined;
		case 'toggle-help': player.toggleHelp(); return undefined;
	}
}

/** What has the focus, as far as keys are concerned. */
export function focusOf(target: EventTarget | null): Focus {
	if (!(target instanceof Element)) return 'page';
	if (target.closest('dialog')) return 'text'; // a place of its own: only Escape leaves it, by the browser
	if (target.matches('media-time-range, media-volume-range, input[type=range]')) return 'slider';
	if (target.matches('input, textarea, select, [contenteditable]')) return 'text';
	return target.closest('button, a[href], summary, media-chrome-button, [role=button]') ? 'button' : 'page';
}

function togglePlay(video: HTMLVideoElement): void {
	if (video.paused) video.play().catch(() => {}); // refused: the picture stays paused and the button shows it
	else video.pause();
}

function seek(video: HTMLVideoElement, sec: number, word?: string): string {
	const end = Number.isFinite(video.duration) ? video.duration : sec;
	video.currentTime = within(sec, 0, end);
	return word ?? formatTime(video.currentTime);
}

function toggleFullscreen({ video, shell }: Player): void {
	if (document.fullscreenElement) void document.exitFullscreen();
	else if (typeof shell.requestFullscreen === 'function') shell.requestFullscreen().catch(() => {}); // refused: nothing changes
	else (video as AppleVideo).webkitEnterFullscreen?.(); // iPhones fill the screen with nothing but the video
}

function togglePip(video: HTMLVideoElement): void {
	if (document.pictureInPictureElement) void document.exitPictureInPicture();
	else if (typeof video.requestPictureInPicture === 'function') {
		video.requestPictureInPicture().catch(() => {}); // no picture yet: nothing to show
	}
}

function within(value: number, least: number, most: number): number {
	return Math.min(most, Math.max(least, value));
}
