/** Numbers as people read them. Everything here is pure. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size, in decimal units as file managers show it: `1.4 GB`. */
export function formatBytes(bytes: number): string {
	const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
	const value = bytes / 1000 ** power;
	return `${power === 0 || value >= 99.95 ? Math.round(value) : trimmed(value)} ${UNITS[power] ?? 'B'}`;
}

/** A rate of bytes per second: `4.8 MB/s`. */
export function formatRate(bytesPerSec: number): string {
	return `${formatBytes(bytesPerSec)}/s`;
}

/** A place in a film or its length: `4:05`, `1:02:09`. */
export function formatTime(seconds: number): string {
	const whole = Math.max(0, Math.floor(seconds));
	const hours = Math.floor(whole / 3600);
	const minutes = Math.floor(whole / 60) % 60;
	const rest = String(whole % 60).padStart(2, '0');
	return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** A length in words: `1 hour 42 minutes`, `35 seconds`. */
export function spokenTime(seconds: number): string {
	const whole = Math.max(0, Math.round(seconds));
	if (whole < 60) return counted(whole, 'second');
	const minutes = Math.round(whole / 60);
	const hours = Math.floor(minutes / 60);
	const parts = [hours > 0 ? counted(hours, 'hour') : '', minutes % 60 > 0 ? counted(minutes % 60, 'minute') : ''];
	return parts.filter((part) => part !== '').join(' ');
}

/** A part of a whole, 0 to 1, rounded down: `100 %` means all of it. */
export function formatPercent(fraction: number): string {
	const percent = Math.floor(Math.min(1, Math.max(0, fraction)) * 100 + 1e-9);
	return percent === 0 && fraction > 0 ? '<1 %' : `${percent} %`;
}

/** A number and its noun: `1 person`, `3 people`. */
export function counted(count: number, one: string, many = `${one}s`): string {
	return `${count} ${count === 1 ? one : many}`;
}

/** Names in a row: `Ann`, `Ann and Ben`, `Ann, Ben and 3 others`. */
export function listed(names: readonly string[], most = 2): string {
	const shown = names.slice(0, names.length === most + 1 ? most + 1 : most);
	const others = names.length - shown.length;
	if (others > 0) return `${shown.join(', ')} and ${others} others`;
	return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}

function trimmed(value: number): string {
	return value.toFixed(1).replace(/\.0$/, '');
}
