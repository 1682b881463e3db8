/** SHA-256 in WebAssembly: `crypto.subtle` hashes only asynchronously, and is not there on plain HTTP. */
import { createSHA256 } from 'hash-wasm';
import type { Bytes } from '../../shared/base/bytes.ts';

/** SHA-256 at once, by one instance; undefined where a policy or a lockdown mode forbids WebAssembly. */
export async function wasmSha256(): Promise<((bytes: Bytes) => Bytes) | undefined> {
	try {
		const hasher = await createSHA256();
		return (bytes) => new Uint8Array(hasher.init().update(bytes).digest('binary'));
	} catch {
		return undefined; // compiling is all that can fail here
	}
}
