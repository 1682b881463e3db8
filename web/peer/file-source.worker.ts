/**
 * Reads a sharer's film off the page's thread: a group at a time, encrypted and hashed. What somebody waits for goes
 * before the pass that seals the film.
 */
import type { Bytes } from '../../shared/base/bytes.ts';
import { defer } from '../../shared/base/deferred.ts';
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { Crypto } from '../../shared/ports/crypto.ts';
import type { StoreFault } from '../../shared/ports/group-store.ts';
import { Layout } from '../../shared/protocol/ids.ts';
import { GROUP_BYTES } from '../../shared/protocol/limits.ts';
import { groupRoot } from '../../shared/protocol/merkle.ts';
import type { LoadedGroup } from '../../shared/ports/film-source.ts';
import { encryptGroup } from '../../shared/runtime/load-group.ts';
import { chooseCrypto } from './choose-crypto.ts';

/** `start` comes first and has no answer. `root`: as `load`, but only the group's root, and after all loads. */
export type SourceCall =
	| { readonly type: 'start'; readonly file: File; readonly contentKey: Bytes }
	| { readonly type: 'load' | 'root'; readonly call: number; readonly group: number };

/** The answer to a call: a group, or a root. */
export interface SourceAnswer { readonly call: number; readonly result: Result<LoadedGroup | Bytes, StoreFault> }

interface Source { readonly file: File; readonly contentKey: Bytes; readonly layout: Layout; readonly crypto: Crypto }

const source = defer<Source>();
/** Loads begun and not answered. */
let loading = 0;
const patient: (() => void)[] = [];

addEventListener('message', (event: MessageEvent<SourceCall>) => {
	const call = event.data;
	if (call.type === 'start') void start(call.file, call.contentKey);
	else if (call.type === 'load') void answerLoad(call.call, call.group);
	else void answerRoot(call.call, call.group);
});

async function start(file: File, contentKey: Bytes): Promise<void> {
	source.resolve({ file, contentKey, layout: new Layout(file.size), crypto: await chooseCrypto() });
}

async function answerLoad(call: number, group: number): Promise<void> {
	loading += 1;
	const result = await load(await source.promise, group);
	loading -= 1;
	if (loading === 0) for (const go of patient.splice(0)) go();
	const transfer = result.ok ? [result.value.bytes.buffer, result.value.leaves.buffer] : [];
	postMessage({ call, result } satisfies SourceAnswer, { transfer });
}

async function answerRoot(call: number, group: number): Promise<void> {
	while (loading > 0) await new Promise<void>((resolve) => { patient.push(resolve); });
	const { crypto, ...rest } = await source.promise;
	const loaded = await load({ crypto, ...rest }, group);
	const result = loaded.ok ? ok(groupRoot(loaded.value.leaves, crypto.sha256Now)) : loaded;
	postMessage({ call, result } satisfies SourceAnswer);
}

async function load(from: Source, group: number): Promise<Result<LoadedGroup, StoreFault>> {
	const { file, contentKey, layout, crypto } = from;
	const plain = await readPart(file, group * GROUP_BYTES, layout.bytesIn(group));
	return plain.ok ? ok(await encryptGroup(crypto, contentKey, group, plain.value)) : plain;
}

/** One read a group: slices of a chunk are fifty times slower. */
async function readPart(file: File, offset: number, length: number): Promise<Result<Bytes, StoreFault>> {
	try {
		const bytes = new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
		return bytes.length === length ? ok(bytes) : fail('changed');
	} catch (error) {
		// A browser refuses to read a file that was written to since it was chosen: `NotReadableError`.
		return fail(error instanceof DOMException && error.name === 'NotReadableError' ? 'changed' : 'gone');
	}
}
