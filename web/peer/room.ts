/** Room for this page's data. */
import type { Ms } from '../../shared/base/units.ts';
import type { Clock } from '../../shared/ports/clock.ts';

/** As the browser estimates it; 0 where it does not tell, as on plain HTTP. */
export async function freeBytes(): Promise<number> {
	if (!isSecureContext) return 0;
	const { usage = 0, quota = 0 } = await navigator.storage.estimate();
	return Math.max(0, quota - usage);
}

/** How often a full device is looked at, and the room from which on it is full no longer. */
const LOOK_FOR_ROOM: Ms = 10_000;
const ENOUGH_ROOM_BYTES = 64 * 2 ** 20;

/** Waits until a full device has room again. False: `isOver` came first. */
export async function roomAgain(clock: Clock, isOver: () => boolean): Promise<boolean> {
	for (;;) {
		await new Promise<void>((resolve) => { clock.after(LOOK_FOR_ROOM, resolve); });
		const free = await freeBytes();
		if (isOver()) return false;
		if (free >= ENOUGH_ROOM_BYTES) return true;
	}
}
