/** All that can happen to an engine, and all it can ask of its runtime. */
import type { Bytes } from '../base/bytes.ts';
import type { Ms } from '../base/units.ts';
import type { LinkId, PeerId } from '../protocol/ids.ts';
import type { ByeReason, Certificate } from '../protocol/peer-message.ts';
import type { Inventory } from '../ports/group-store.ts';
import type { CloseReason } from '../ports/transport.ts';

/** A read of media that waits for bytes. Numbered by the runtime, never reused. */
export type ReadId = number;

/** A part of an attachment, or a list of its parts' hashes. */
export interface PartName { readonly attachment: number; readonly of: 'part' | 'list'; readonly part: number }

/** What the engine needs to know of a descriptor that was verified. `size` 0: not known yet. */
export interface Described {
	readonly revision: number;
	readonly state: 'open' | 'sealed' | 'revoked';
	readonly size: number;
	readonly bytes: Bytes;
}

/** Something happened. Times are the engine's clock's. */
export type Input =
	/** A transport is open and its peer has proved that it knows the share. `initiator`: we began it. */
	| { readonly type: 'link-opened'; readonly link: LinkId; readonly peer: PeerId; readonly name: string; readonly initiator: boolean }
	| { readonly type: 'frame'; readonly link: LinkId; readonly bytes: Bytes }
	| { readonly type: 'link-closed'; readonly link: LinkId; readonly reason: CloseReason }
	/** The transport has room again after an effect was answered `full`. */
	| { readonly type: 'writable'; readonly link: LinkId }
	/** A `serve` was carried out. `full`: wait for `writable`. `failed`: these chunks could not be read. */
	| { readonly type: 'served'; readonly link: LinkId; readonly bytes: number; readonly full: boolean; readonly failed: boolean; readonly group: number }
	/** A descriptor was verified, and it is newer than the one before. From whom does not matter: it is signed. */
	| { readonly type: 'described'; readonly descriptor: Described }
	/** A descriptor a peer sent is forged, or contradicts itself. */
	| { readonly type: 'descriptor-rejected'; readonly link: LinkId }
	/** What the store held at the start. Once, after the first `described` that names a size. */
	| { readonly type: 'inventory'; readonly inventory: Inventory }
	| { readonly type: 'want'; readonly read: ReadId; readonly first: number; readonly count: number; readonly dueAt: Ms }
	| { readonly type: 'due'; readonly read: ReadId; readonly dueAt: Ms }
	| { readonly type: 'unwant'; readonly read: ReadId }
	/** Bytes a second that may leave and come at most; undefined: as many as go. */
	| { readonly type: 'limits'; readonly up: number | undefined; readonly down: number | undefined }
	/** Whether to fetch the whole film beside what is wanted. */
	| { readonly type: 'background'; readonly on: boolean }
	| { readonly type: 'proof-checked'; readonly link: LinkId; readonly group: number; readonly good: boolean }
	/** `unproven`: no proof of its group was there to check it by; nobody is to blame. */
	| { readonly type: 'chunk-checked'; readonly link: LinkId; readonly index: number; readonly result: 'good' | 'bad' | 'unproven' }
	/** A group that was held turned out to be unreadable or not what was sealed, but for the chunks `held`. */
	| { readonly type: 'group-lost'; readonly group: number; readonly held?: Bytes }
	| { readonly type: 'want-part'; readonly part: PartName }
	| { readonly type: 'part-checked'; readonly link: LinkId; readonly part: PartName; readonly good: boolean }
	/** Everything but the chunks of that revision is here: attachments, list of roots, descriptor. */
	| { readonly type: 'attachments-held'; readonly revision: number }
	| { readonly type: 'peers-known'; readonly peers: readonly PeerId[] }
	| { readonly type: 'connect-failed'; readonly peer: PeerId }
	/** A signal of ours for a peer that only a neighbour reaches. */
	| { readonly type: 'relay'; readonly via: LinkId; readonly to: PeerId; readonly signal: Bytes }
	| { readonly type: 'position'; readonly ms: number; readonly playing: boolean }
	| { readonly type: 'drop'; readonly link: LinkId; readonly reason: ByeReason }
	/** Say goodbye to everyone. */
	| { readonly type: 'stop'; readonly reason: ByeReason }
	| { readonly type: 'tick' };

/** Something to be done. Carried out in order; answers come back as inputs, never from inside `step`. */
export type Effect =
	| { readonly type: 'send'; readonly link: LinkId; readonly frame: Bytes }
	| { readonly type: 'close'; readonly link: LinkId; readonly reason: CloseReason }
	/** Send these chunks of one group, then answer `served`. */
	/** Send these chunks of a group, neighbours together, `run` in a frame at most. */
	| { readonly type: 'serve'; readonly link: LinkId; readonly group: number; readonly chunks: readonly number[]; readonly run: number }
	| { readonly type: 'serve-proof'; readonly link: LinkId; readonly group: number }
	| { readonly type: 'serve-part'; readonly link: LinkId; readonly part: PartName }
	| { readonly type: 'check-descriptor'; readonly link: LinkId; readonly bytes: Bytes }
	| { readonly type: 'check-proof'; readonly link: LinkId; readonly group: number; readonly certificate: Certificate; readonly leaves: Bytes }
	| { readonly type: 'check-chunk'; readonly link: LinkId; readonly index: number; readonly bytes: Bytes }
	| { readonly type: 'check-part'; readonly link: LinkId; readonly part: PartName; readonly bytes: Bytes }
	/** This chunk is held from now on. */
	| { readonly type: 'held'; readonly index: number }
	| { readonly type: 'save'; readonly group: number; readonly whole: boolean }
	/** Nothing of this group is held or asked for any longer. */
	| { readonly type: 'forget'; readonly group: number }
	| { readonly type: 'connect'; readonly peer: PeerId; readonly relays: readonly LinkId[] }
	| { readonly type: 'signal'; readonly from: PeerId; readonly via: LinkId; readonly signal: Bytes }
	/** Ask the tracker for up to `count` more peers. */
	| { readonly type: 'find'; readonly count: number }
	/** Evidence was found against a peer: it is not to be connected again for this share. */
	| { readonly type: 'ban'; readonly peer: PeerId };
