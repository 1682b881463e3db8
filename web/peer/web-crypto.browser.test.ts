import { expect, test } from 'vitest';
import { cryptoContract } from '../../shared/testkit/crypto-contract.ts';
import { chooseCrypto } from './choose-crypto.ts';
import { fallbackCrypto } from './fallback-crypto.ts';
import { wasmSha256 } from './wasm-sha256.ts';
import { webCrypto, webSignatures } from './web-crypto.ts';

cryptoContract('chooseCrypto on a secure page', chooseCrypto);

cryptoContract('webCrypto where the browser lacks Ed25519', () => webCrypto({
	subtle: globalThis.crypto.subtle,
	sha256Now: fallbackCrypto(undefined).sha256Now,
	signatures: fallbackCrypto(undefined),
}));

cryptoContract('fallbackCrypto with WebAssembly', async () => fallbackCrypto(await wasmSha256()));

cryptoContract('fallbackCrypto without WebAssembly', () => fallbackCrypto(undefined));

test('a browser without Ed25519 is noticed', async () => {
	const lacking = { generateKey: () => Promise.reject(new DOMException('no', 'NotSupportedError')) };
	expect(await webSignatures(lacking as unknown as SubtleCrypto)).toBeUndefined();
	expect(await webSignatures(globalThis.crypto.subtle)).toBeDefined();
});
