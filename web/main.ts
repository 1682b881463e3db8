/** The page's beginning: makes the parts, mounts the application, offers the contract for tests and tools. */
import { mount } from 'svelte';
import { seededRng } from '../shared/base/rng.ts';
import { peerIdFrom } from '../shared/protocol/ids.ts';
import { chooseCrypto } from './peer/choose-crypto.ts';
import { Records } from './peer/records.ts';
import { openTrackerSocket, trackerUrlOf } from './peer/web-tracker-socket.ts';
import { wallClock } from './peer/wall-clock.ts';
import { AppState } from './state/app-state.svelte.ts';
import { openTracker, PageContext } from './state/page-context.ts';
import { takeContractSnapshot } from './state/contract-snapshot.ts';
import App from './ui/App.svelte';
import './app.css';

const self = peerIdFrom(globalThis.crypto.getRandomValues(new Uint8Array(16)));
let app: AppState | undefined;
// There from the first moment, for tools that do not wait.
Object.assign(globalThis, {
	streamlet: { snapshot: () => app?.snapshot() ?? takeContractSnapshot(self, undefined, 'opening') },
});

const [seed = 1] = globalThis.crypto.getRandomValues(new Uint32Array(1));
const parts = { self, clock: wallClock, rng: seededRng(seed), origin: location.origin, openSocket: openTrackerSocket };
const home = openTracker(parts, trackerUrlOf(location)); // the tracker answers while the rest gets ready
const [crypto, records] = await Promise.all([chooseCrypto(), Records.open()]);
const target = document.getElementById('app');
if (target && records.ok) {
	const context = new PageContext({ ...parts, home, crypto, records: records.value });
	app = new AppState(context, await records.value.settings());
	mount(App, { target, props: { app } });
	await app.start();
} else if (target) {
	target.textContent = 'This browser keeps nothing for this page, which Streamlet needs. '
		+ 'Allow storage for it, or leave private browsing, and reload.';
}
