/** Which cryptography this page or worker uses. Chosen once, at the start. */
import type { Crypto } from '../../shared/ports/crypto.ts';
import { wasmSha256 } from './wasm-sha256.ts';
import { webCrypto, webSignatures } from './web-crypto.ts';

/** The browser's where it has it, ours for the rest, which is loaded only then. Plain-HTTP pages have no `subtle`. */
export async function chooseCrypto(): Promise<Crypto> {
	const subtle = availableSubtle();
	const [sha256, signatures] = await Promise.all([wasmSha256(), subtle && webSignatures(subtle)]);
	if (subtle && sha256 && signatures) return webCrypto({ subtle, sha256Now: sha256, signatures });
	const { fallbackCrypto } = await import('./fallback-crypto.ts');
	const fallback = fallbackCrypto(sha256);
	if (!subtle) return fallback;
	return webCrypto({ subtle, sha256Now: fallback.sha256Now, signatures: signatures ?? fallback });
}

function availableSubtle(): SubtleCrypto | undefined {
	return globalThis.isSecureContext ? globalThis.crypto.subtle : undefined;
}
