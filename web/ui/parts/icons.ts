/** The drawings of all icons, on a square of 24. `fill` says that the shape is a body, not a line. */
export interface Drawing { readonly path: string; readonly fill?: true }

/** By name; lines are 1.75 wide with round ends. */
export const ICONS = {
	play: { path: 'M8 5.3v13.4c0 .8.9 1.3 1.6.8l9.7-6.7a1 1 0 0 0 0-1.6L9.6 4.5C8.9 4 8 4.5 8 5.3z', fill: true },
	pause: { path: 'M8 4.5h1.5a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1zm6.5 0H16a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-1.5a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1z', fill: true },
	back: { path: 'M4 4v5h5M4.6 9A8 8 0 1 1 4 13' },
	ahead: { path: 'M20 4v5h-5M19.4 9A8 8 0 1 0 20 13' },
	loud: { path: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11' },
	soft: { path: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6' },
	mute: { path: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5m0-5l-5 5' },
	full: { path: 'M4 9V5a1 1 0 0 1 1-1h4m6 0h4a1 1 0 0 1 1 1v4m0 6v4a1 1 0 0 1-1 1h-4m-6 0H5a1 1 0 0 1-1-1v-4' },
	unfull: { path: 'M9 4v4a1 1 0 0 1-1 1H4m16 0h-4a1 1 0 0 1-1-1V4m0 16v-4a1 1 0 0 1 1-1h4M4 15h4a1 1 0 0 1 1 1v4' },
	theatre: { path: 'M3 7.5a1 1 0 0 1 1-1h16a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1z' },
	pip: { path: 'M20 11V6a1 1 0 0 0-1-1H5a1 1 0 0 0-1 1v12a1 1 0 0 0 1 1h5m4-5h5a1 1 0 0 1 1 1v3a1 1 0 0 1-1 1h-5a1 1 0 0 1-1-1v-3a1 1 0 0 1 1-1z' },
	tune: { path: 'M4 7h9m4 0h3M4 17h3m4 0h9M15 4.5v5M9 14.5v5' },
	keys: { path: 'M4 6h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1zm2.5 4h.01M10 10h.01M13.5 10h.01M17 10h.01M8 14h8' },
	copy: { path: 'M9 8.5h9a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5H9A1.5 1.5 0 0 1 7.5 19v-9A1.5 1.5 0 0 1 9 8.5zM4.5 15.5v-10a2 2 0 0 1 2-2h10' },
	check: { path: 'M5 12.5l4.5 4.5L19 7.5' },
	qr: { path: 'M4 4h6v6H4zm10 0h6v6h-6zM4 14h6v6H4zm10 0h2.5v2.5H14zm3.5 3.5H20V20h-2.5z' },
	send: { path: 'M12 15V4m0 0L8 8m4-4l4 4M6 12H5a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-6a1 1 0 0 0-1-1h-1' },
	close: { path: 'M6 6l12 12M18 6L6 18' },
	sun: { path: 'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zm0-5.5v2m0 15v2M2.5 12h2m15 0h2M5.3 5.3l1.4 1.4m10.6 10.6l1.4 1.4m0-13.4l-1.4 1.4M6.7 17.3l-1.4 1.4' },
	moon: { path: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z' },
	auto: { path: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zm0 0v17m0-3.5h7m-7-4h8.3m-8.3-4h7.6' },
	person: { path: 'M12 4a3.8 3.8 0 1 1 0 7.6A3.8 3.8 0 0 1 12 4zM4.5 20c.6-3.7 3.6-5.8 7.5-5.8s6.9 2.1 7.5 5.8' },
	stop: { path: 'M7 6h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1z' },
	pencil: { path: 'M4.5 19.5l.8-4L15.6 5.2a1.5 1.5 0 0 1 2.1 0l1.1 1.1a1.5 1.5 0 0 1 0 2.1L8.5 18.7zM13.5 7.5l3 3' },
	warn: { path: 'M12 9v5m0 3h.01M10.6 4.3L2.9 17.6A1.6 1.6 0 0 0 4.3 20h15.4a1.6 1.6 0 0 0 1.4-2.4L13.4 4.3a1.6 1.6 0 0 0-2.8 0z' },
	open: { path: 'M4 5h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM3 9h18M6 7h.01M8.5 7h.01' },
	film: { path: 'M4 5h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zm3.5 0v14m9-14v14M3 12h18M3 8.5h4.5M3 15.5h4.5m9-7H21m-4.5 7H21' },
	unlocked: { path: 'M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zm2 0V7.5a4 4 0 0 1 7.5-1.9' },
	trash: { path: 'M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12a1 1 0 0 0 1 1h7.4a1 1 0 0 0 1-1l.8-12M10 11v5m4-5v5' },
	grid: { path: 'M4 5h7v6H4zm9 0h7v6h-7zM4 13h7v6H4zm9 0h7v6h-7z' },
	down: { path: 'M12 5v14m0 0l-5-5m5 5l5-5' },
	up: { path: 'M12 19V5m0 0l-5 5m5-5l5 5' },
	more: { path: 'M7 10l5 5 5-5' },
} as const satisfies Record<string, Drawing>;

/** What there is. */
export type IconName = keyof typeof ICONS;
