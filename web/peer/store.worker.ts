/**
 * Keeps groups in the origin-private file system, whose synchronous handles exist in workers only. A share is a
 * directory of two files, held exclusively while it is open. Changes that are waiting are made in one go.
 */
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { StoreFault } from '../../shared/ports/group-store.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import { sha256Now } from './wasm-sha256.ts';
import { faultOf, SlotStore, type BlockFile, type Change } from '../../shared/store/slot-store.ts';
import type { KeptShare, StoreAnswer, StoreCall, StoreRequest, StoreValues } from './store-messages.ts';

/** A call that changes a share, waiting its turn. */
interface Waiting { readonly call: number; readonly change: Change; readonly spare?: ArrayBuffer }

interface OpenShare { readonly store: SlotStore; readonly waiting: Waiting[] }

/** `createSyncAccessHandle` is in no page, so not in the DOM's types either. */
interface SyncFileHandle { createSyncAccessHandle(): Promise<BlockFile> }

const DIRECTORY = 'groups';

/** A page that reloads finds its own files held until the old worker has ended: half a second at worst. */
const HELD_RETRIES = 20;
const HELD_RETRY_MS = 50;

const open = new Map<ShareId, OpenShare>();
const hashing = sha256Now();
const turn = new MessageChannel(); // timers of hidden pages' workers are slow, messages are not

addEventListener('message', (event: MessageEvent<StoreCall>) => {
	const { call, request } = event.data;
	if (request.type === 'write' || request.type === 'remove') queue(call, request);
	else void answerLater(call, request);
});

turn.port1.onmessage = () => { for (const share of open.values()) void commit(share); };

function queue(call: number, request: Extract<StoreRequest, { type: 'write' | 'remove' }>): void {
	const share = open.get(request.share);
	const spare = request.type === 'write' ? { spare: request.image } : {};
	if (!share) {
		post({ call, result: fail('gone'), ...spare });
		return;
	}
	const change: Change = request.type === 'remove'
		? { type: 'remove', group: request.group }
		: { type: 'write', content: request.content, image: new Uint8Array(request.image, 0, request.length) };
	share.waiting.push({ call, change, ...spare });
	if (share.waiting.length === 1) turn.port2.postMessage(null);
}

async function commit({ store, waiting }: OpenShare): Promise<void> {
	const steps = waiting.splice(0);
	if (steps.length === 0) return;
	const results = await store.commit(steps.map((step) => step.change));
	steps.forEach(({ call, spare }, k) => {
		const made = results[k] ?? fail('gone');
		const result = made.ok ? ok(undefined) : made;
		post(spare ? { call, result, spare } : { call, result });
	});
}

async function answerLater(call: number, request: StoreRequest): Promise<void> {
	try {
		post({ call, result: await answer(request) });
	} catch (error) {
		post({ call, result: fail(faultOf(error)) });
	}
}

async function answer(request: StoreRequest): Promise<Result<StoreValues[keyof StoreValues], StoreFault>> {
	switch (request.type) {
		case 'open': return openShare(request.share);
		case 'inventory': {
			const share = open.get(request.share);
			return share ? ok(share.store.inventory(request.groups)) : fail('gone');
		}
		case 'read': return open.get(request.share)?.store.read(request.group) ?? fail('gone');
		case 'close': await closeShare(request.share); return ok(undefined);
		case 'list': return ok(await list());
		case 'delete': await remove(request.share); return ok(undefined);
		case 'wipe': await wipe(); return ok(undefined);
		default: return fail('gone');
	}
}

async function openShare(share: ShareId): Promise<Result<undefined, StoreFault>> {
	if (open.has(share)) throw new DOMException('open already', 'NoModificationAllowedError');
	const directory = await (await groups()).getDirectoryHandle(share, { create: true });
	const slots = await hold(await directory.getFileHandle('slots', { create: true }));
	try {
		const table = await hold(await directory.getFileHandle('table', { create: true }));
		const store = await SlotStore.open({ slots, table }, await hashing);
		if (store.ok) open.set(share, { store: store.value, waiting: [] });
		else for (const file of [slots, table]) await file.close();
		return store.ok ? ok(undefined) : store;
	} catch (error) {
		await slots.close();
		throw error;
	}
}

async function hold(file: FileSystemFileHandle): Promise<BlockFile> {
	for (let retry = 0; ; retry++) {
		try {
			return await (file as unknown as SyncFileHandle).createSyncAccessHandle();
		} catch (error) {
			if (retry === HELD_RETRIES || faultOf(error) !== 'busy') throw error;
			await new Promise((resolve) => { setTimeout(resolve, HELD_RETRY_MS); });
		}
	}
}

async function closeShare(share: ShareId): Promise<void> {
	const opened = open.get(share);
	if (!opened) return;
	open.delete(share);
	await commit(opened);
	await opened.store.close();
}

async function list(): Promise<KeptShare[]> {
	const kept: KeptShare[] = [];
	for await (const [name, handle] of await groups()) {
		if (handle.kind === 'directory') kept.push({ share: name as ShareId, bytes: await bytesOf(handle) });
	}
	return kept;
}

async function bytesOf(directory: FileSystemDirectoryHandle): Promise<number> {
	let bytes = 0;
	for await (const file of directory.values()) {
		if (file.kind === 'file') bytes += (await file.getFile()).size;
	}
	return bytes;
}

async function remove(share: ShareId): Promise<void> {
	await closeShare(share);
	await forget(await groups(), share);
}

async function wipe(): Promise<void> {
	await Promise.all([...open.keys()].map(closeShare));
	await forget(await navigator.storage.getDirectory(), DIRECTORY);
}

/** Removes an entry and what is in it. That it was not there is as good. */
async function forget(directory: FileSystemDirectoryHandle, name: string): Promise<void> {
	try {
		await directory.removeEntry(name, { recursive: true });
	} catch (error) {
		if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
	}
}

async function groups(): Promise<FileSystemDirectoryHandle> {
	return (await navigator.storage.getDirectory()).getDirectoryHandle(DIRECTORY, { create: true });
}

function post(answered: StoreAnswer): void {
	const { result, spare } = answered;
	const read = result.ok && typeof result.value === 'object' && 'leaves' in result.value ? [result.value.bytes.buffer] : [];
	postMessage(answered, { transfer: spare ? [spare] : read });
}
