import { expect, test } from 'vitest';
import { bannerFor } from './log.ts';

test('the greeting names every URL, draws the first of the network and warns of plain http', () => {
	const banner = bannerFor({ local: 'http://localhost:8000/', lan: ['http://192.168.1.5:8000/', 'http://172.17.0.1:8000/'] });
	for (const url of ['http://localhost:8000/', 'http://192.168.1.5:8000/', 'http://172.17.0.1:8000/']) expect(banner).toContain(url);
	expect(banner).toMatch(/[▀▄█]{3}/);
	expect(banner).toContain('not encrypted');
	expect(bannerFor({ local: 'http://localhost:8000/', lan: [] })).not.toMatch(/[▀▄█]|encrypted/);
});
