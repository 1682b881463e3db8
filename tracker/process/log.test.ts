import { renderUnicodeCompact } from 'uqr';
import { expect, test } from 'vitest';
import { bannerFor } from './log.ts';

const code = (url: string) => renderUnicodeCompact(url, { border: 2 }).split('\n').map((line) => `  ${line}`).join('\n');

test('the greeting names every URL, draws those of the network and warns of plain http', () => {
	const lan = ['http://192.168.1.5:8000/', 'http://172.17.0.1:8000/'];
	const banner = bannerFor({ local: 'http://localhost:8000/', lan });
	for (const url of lan) expect(banner).toContain(code(url));
	expect(banner).not.toContain(code('http://localhost:8000/'));
	for (const url of ['http://localhost:8000/', 'http://192.168.1.5:8000/', 'http://172.17.0.1:8000/']) expect(banner).toContain(url);
	expect(banner).toMatch(/[▀▄█]{3}/);
	expect(banner).toContain('not encrypted');
	expect(bannerFor({ local: 'http://localhost:8000/', lan: [] })).not.toMatch(/[▀▄█]|encrypted/);
});

test('of many addresses of the network three are drawn, and that is said', () => {
	const lan = [1, 2, 3, 4].map((k) => `http://192.168.1.${k}:8000/`);
	const banner = bannerFor({ local: undefined, lan });
	expect(lan.map((url) => banner.includes(code(url)))).toEqual([true, true, true, false]);
	expect(banner).toContain(lan[3]);
	expect(banner).toContain('The first 3 addresses');
	expect(bannerFor({ local: undefined, lan: lan.slice(1) })).not.toContain('The first');
});
