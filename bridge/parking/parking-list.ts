/** Which copies are parked, on disk: whoever can read it can take part in those swarms, so it is its owner's alone. */
import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { Bytes } from '../../shared/base/bytes.ts';
import { base64url, fromBase64url } from '../../shared/base/text.ts';
import type { Ms } from '../../shared/base/units.ts';
import { parseShareId, type ShareId } from '../../shared/protocol/ids.ts';
import { KEY_BYTES } from '../../shared/protocol/keys.ts';
import { syncDirectory } from '../store/disk-file.ts';

/** A parked copy. `bytes`: as large as the film may be. `until`: milliseconds since 1970. */
export interface Parked { readonly share: ShareId; readonly authKey: Bytes; readonly bytes: number; readonly until: Ms }

const entry = v.object({ share: v.string(), authKey: v.string(), bytes: v.number(), until: v.number() });
const list = v.object({ version: v.literal(1), parked: v.array(entry) });

/** A file, replaced as a whole. */
export class ParkingList {
	readonly #path: string;
	#saving: Promise<void> = Promise.resolve();

	/** @param directory - where it lies; nobody else writes there */
	constructor(directory: string) { this.#path = join(directory, 'parked.json'); }

	/** What a former run kept. `unreadable`: there is a file, and it is not one of ours. */
	async load(): Promise<readonly Parked[] | 'unreadable'> {
		try {
			const text = await readFile(this.#path, 'utf8');
			return v.parse(list, JSON.parse(text)).parked.flatMap((each) => {
				const [share, authKey] = [parseShareId(each.share), fromBase64url(each.authKey)];
				return share && authKey?.length === KEY_BYTES ? [{ ...each, share, authKey }] : [];
			});
		} catch (error) {
			return (error as NodeJS.ErrnoException).code === 'ENOENT' ? [] : 'unreadable';
		}
	}

	/** Settles once a crash cannot lose it. False: the disk refuses. */
	async save(parked: readonly Parked[]): Promise<boolean> {
		const text = JSON.stringify({
			version: 1, parked: parked.map((each) => ({ ...each, authKey: base64url(each.authKey) })),
		});
		const saved = this.#saving.then(() => this.#write(text));
		this.#saving = saved.catch(() => undefined); // whoever asked for this one hears of it; the next has its own turn
		return saved.then(() => true, () => false);
	}

	async #write(text: string): Promise<void> {
		const next = `${this.#path}.next`;
		const file = await open(next, 'w', 0o600);
		try {
			await file.chmod(0o600); // one that was left over may have been anybody's
			await file.writeFile(text);
			await file.datasync();
		} finally {
			await file.close();
		}
		await rename(next, this.#path);
		await syncDirectory(dirname(this.#path));
	}
}
