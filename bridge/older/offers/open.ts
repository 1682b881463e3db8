/** Films that older peers offer, with everything they are made of. */
import { join } from 'node:path';
import type { Clock } from '../../../shared/ports/clock.ts';
import type { ShareId } from '../../../shared/protocol/ids.ts';
import { Sharing } from '../../sharing.ts';
import type { OlderSystems } from '../older-systems.ts';
import { fetchOffer } from './fetch-offer.ts';
import { OfferFiles } from './offer-files.ts';
import { OfferedFilms } from './offered-films.ts';

/** How such films' sharer is called in people's lists of whom they are connected to. */
const NAME = 'Bridge';

/** Where they are kept, and what is said of them where. */
export interface OfferedInit {
	readonly clock: Clock;
	/** A folder of their own. */
	readonly directory: string;
	readonly quotaBytes: number;
	/** WebSocket URL of the tracker whose catalogue lists them. */
	readonly trackerUrl: string;
	readonly say: (line: string) => void;
}

/** While it runs. */
export interface OfferedByOlder {
	/** Whether a share is a film that a peer offered. */
	has(id: ShareId): boolean;
	close(): Promise<void>;
}

/** @throws when the folder cannot be used; the message says which */
export async function openOffered(
	{ registry, shelf }: Pick<OlderSystems, 'registry' | 'shelf'>, init: OfferedInit,
): Promise<OfferedByOlder> {
	const { clock, directory, quotaBytes, trackerUrl, say } = init;
	const sharing = await Sharing.start({
		trackerUrl, folder: join(directory, 'shares'), name: NAME, say, ended: ({ id }) => films.ended(id),
	});
	const films: OfferedFilms = new OfferedFilms({
		clock, quotaBytes, sharing, say, files: await OfferFiles.open(directory), fetch: fetchOffer,
		offers: () => registry.offers(), isOurs: (videoId) => shelf.ids.has(videoId),
	});
	await films.start();
	return {
		has: (id) => films.has(id),
		close: async () => {
			await films.close();
			sharing.close();
		},
	};
}
