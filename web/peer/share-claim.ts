/**
 * One tab of a browser shares a film at a time: two would sign different descriptions of it and keep them over each
 * other. Whoever shares holds a claim, which ends with the page whatever becomes of it.
 */
import type { ShareId } from '../../shared/protocol/ids.ts';

/** Lets go; another tab can claim once this settles. */
type Release = () => Promise<void>;

/** A page that was just closed or reloaded lets go within this. */
const PATIENCE_MS = 500;

/** This page's claim on one share. */
export class ShareClaim {
	readonly #name: string;
	#claiming: Promise<Release | undefined> | undefined;

	constructor(share: ShareId) { this.#name = `streamlet share ${share}`; }

	/** False: another tab has it. */
	async hold(): Promise<boolean> {
		// Pages on plain HTTP have no locks.
		const claiming = this.#claiming ??= 'locks' in navigator ? lock(this.#name) : ask(this.#name);
		if (await claiming) return true;
		if (this.#claiming === claiming) this.#claiming = undefined;
		return false;
	}

	/** Settles once another tab can have it. */
	async letGo(): Promise<void> {
		const claiming = this.#claiming;
		this.#claiming = undefined;
		await (await claiming)?.();
	}
}

function lock(name: string): Promise<Release | undefined> {
	return new Promise((settle) => {
		const held = navigator.locks.request(name, { signal: AbortSignal.timeout(PATIENCE_MS) }, () =>
			new Promise<void>((letGo) => {
				settle(async () => {
					letGo();
					await held;
				});
			}));
		held.catch(() => settle(undefined)); // the patience is over
	});
}

/** What tabs say to each other: somebody with this number wants the share, and cannot have it. */
interface Said { readonly asks?: number; readonly refused?: number }

/** Asks the other tabs. Of several that ask at once, the lowest number has it. */
async function ask(name: string): Promise<Release | undefined> {
	const channel = new BroadcastChannel(name);
	const mine = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
	const say = (said: Said) => channel.postMessage(said);
	const isFree = await new Promise<boolean>((settle) => {
		channel.onmessage = ({ data: { asks, refused } }: MessageEvent<Said>) => {
			if (refused === mine || (asks !== undefined && asks < mine)) settle(false);
			else if (asks !== undefined) say({ refused: asks });
		};
		say({ asks: mine });
		setTimeout(() => settle(true), PATIENCE_MS);
	});
	channel.onmessage = ({ data: { asks } }: MessageEvent<Said>) => { if (asks !== undefined) say({ refused: asks }); };
	const release = () => Promise.resolve(channel.close());
	if (isFree) return release;
	await release();
	return undefined;
}
