/** SHA-256 in WebAssembly: `crypto.subtle` hashes only asynchronously, and is not there on plain HTTP. */
import { createSHA256 } from 'hash-wasm';
import type { Hash } from '../../shared/protocol/merkle.ts';

/** SHA-256 at once, whatever it takes: in JavaScript, at half the speed, where WebAssembly is forbidden. */
export async function sha256Now(): Promise<Hash> {
	return await wasmSha256() ?? (await import('@noble/hashes/sha2.js')).sha256;
}

/** SHA-256 at once, by one instance; undefined where a policy or a lockdown mode forbids WebAssembly. */
export async function wasmSha256(): Promise<Hash | undefined> {
	try {
		const hasher = await createSHA256();
		return (bytes) => new Uint8Array(hasher.init().update(bytes).digest('binary'));
	} catch {
		return undefined; // compiling is all that can fail here
	}
}
