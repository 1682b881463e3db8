/** What a page asks its store worker, and what it is answered. */
import type { Inventory, StoredGroup, StoreFault } from '../../shared/ports/group-store.ts';
import type { Result } from '../../shared/base/result.ts';
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { SlotContent } from '../../shared/store/slot-table.ts';

/** Bytes on disk of one share's groups. */
export interface KeptShare { readonly share: ShareId; readonly bytes: number }

/** `inventory`: of the first `groups` groups. `image`: a slot's bytes, the first `length` of the buffer. */
export type StoreRequest =
	| { readonly type: 'open'; readonly share: ShareId }
	| { readonly type: 'inventory'; readonly share: ShareId; readonly groups: number }
	| { readonly type: 'read'; readonly share: ShareId; readonly group: number }
	| {
		readonly type: 'write'; readonly share: ShareId; readonly content: SlotContent;
		readonly image: ArrayBuffer; readonly length: number;
	}
	| { readonly type: 'remove'; readonly share: ShareId; readonly group: number }
	| { readonly type: 'close'; readonly share: ShareId }
	| { readonly type: 'list' }
	| { readonly type: 'delete'; readonly share: ShareId }
	| { readonly type: 'wipe' };

/** What each request gives when it succeeds. */
export interface StoreValues {
	open: undefined;
	inventory: Inventory;
	read: StoredGroup | undefined;
	write: undefined;
	remove: undefined;
	close: undefined;
	list: readonly KeptShare[];
	delete: undefined;
	wipe: undefined;
}

/** A request as it is posted. */
export interface StoreCall { readonly call: number; readonly request: StoreRequest }

/** Its answer. `spare`: the buffer of a write, back to be used again. */
export interface StoreAnswer {
	readonly call: number;
	readonly result: Result<StoreValues[keyof StoreValues], StoreFault>;
	readonly spare?: ArrayBuffer;
}
