/** Programs of an older system beside browsers. */
import { expect } from '@playwright/test';
import { film } from './films/make-films.ts';
import { test } from './fixtures.ts';
import { PythonPeer } from './native/python-peer.ts';

const PORTS = { OLDER_TRANSFER_PORT: '0', OLDER_TRACKER_PORT: '0', OLDER_PEER_PORT: '0' };

test.use({ serverEnv: { OLDER_SYSTEMS: 'local', ...PORTS } });

/** Where the older systems' programs find the server's bridge. */
async function olderPorts(server: { readonly output: string }): Promise<readonly string[]> {
	const said = () => /file transfer on TCP port (\d+), tracker (\d+), peer (\d+)/.exec(server.output)?.slice(1);
	await expect.poll(said, { timeout: 20_000 }).toBeDefined();
	return said() ?? [];
}

test('a film that an older program offers stands in the catalogue and plays, also when that program has ended', async ({ person, server }) => {
	const [, tracker = ''] = await olderPorts(server);
	const guest = await person();
	await guest.page.goto(`${server.url}/catalogue`);
	const peer = new PythonPeer('older-peer.py', tracker, 'Ada', await film('not-a-film'), await film('ten-seconds'));
	try {
		await peer.until('announced success');
		const entry = guest.page.getByRole('list', { name: 'Listed films' }).getByRole('article');
		await expect(entry).toHaveCount(1);
		await expect(entry).toContainText(/0:10[^]*ten-seconds[^]*Ada/);
		await peer.close();
		await entry.getByRole('heading').getByRole('link').click();
		await expect.poll(() => guest.seconds()).toBeGreaterThan(0.5);
		await expect.poll(() => guest.held()).toBe(1);
	} finally {
		await peer.close();
	}
});
