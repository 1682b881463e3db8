/** The page's beginning: makes the parts, mounts the application, offers the contract for tests and tools. */
import { mount } from 'svelte';
import { seededRng } from '../shared/base/rng.ts';
import { peerIdFrom } from '../shared/protocol/ids.ts';
import { chooseCrypto } from './peer/choose-crypto.ts';
import { Records } from './peer/records.ts';
import { trackerUrlOf } from './peer/web-tracker-socket.ts';
import { wallClock } from './peer/wall-clock.ts';
import { AppState } from './state/app-state.svelte.ts';
import { PageContext } from './state/page-context.ts';
import App from './ui/App.svelte';
import './app.css';

const [crypto, records] = await Promise.all([chooseCrypto(), Records.open()]);
const target = document.getElementById('app');
if (target && records.ok) {
	const [seed = 1] = globalThis.crypto.getRandomValues(new Uint32Array(1));
	const app = new AppState(new PageContext({
		self: peerIdFrom(globalThis.crypto.getRandomValues(new Uint8Array(16))),
		crypto, records: records.value, clock: wallClock, rng: seededRng(seed),
		origin: location.origin, trackerUrl: trackerUrlOf(location),
	}));
	Object.assign(globalThis, { streamlet: { snapshot: () => app.snapshot() } });
	mount(App, { target, props: { app } });
	await app.start();
} else if (target) {
	target.textContent = 'This browser keeps nothing for this page, which Streamlet needs. '
		+ 'Allow storage for it, or leave private browsing, and reload.';
}
