/** What a node is doing, as plain values for screens and tests. */
import type { Ms } from '../base/units.ts';
import type { Engine } from '../engine/engine.ts';
import type { Link } from '../engine/link.ts';
import type { Counts } from '../engine/peer.ts';
import type { LinkId, PeerId } from '../protocol/ids.ts';
import type { Givers, Run } from './givers.ts';

/** One connected peer. Rates in bytes per second. */
export interface LinkSnapshot {
	readonly link: LinkId;
	readonly peer: PeerId;
	readonly name: string;
	readonly downBps: number;
	readonly upBps: number;
	readonly rttMs: Ms | undefined;
	/** Part of the share it holds whole groups of, 0 to 1. */
	readonly held: number;
	/** Revision of which it holds everything, attachments included; 0: not everything. */
	readonly completeRevision: number;
	readonly position: { readonly ms: number; readonly playing: boolean } | undefined;
	readonly windowBytes: number;
	readonly downloadedBytes: number;
	readonly uploadedBytes: number;
}

/** A peer of a share. */
export interface NodeSnapshot {
	readonly chunks: {
		readonly total: number; readonly held: number; readonly verified: number; readonly rejected: number;
	};
	readonly bytes: { readonly downloaded: number; readonly uploaded: number; readonly duplicate: number };
	readonly links: readonly LinkSnapshot[];
	readonly groups: number;
}

/** Parts of a film that a bar on a screen tells apart. */
const CELLS = 500;

/** The state of an engine at `now`. */
export function takeSnapshot(engine: Engine, now: Ms): NodeSnapshot {
	const inventory = engine.requests?.inventory;
	const { counts } = engine;
	return {
		chunks: {
			total: inventory?.layout.chunks ?? 0, held: inventory?.held ?? 0,
			verified: counts.verified, rejected: counts.rejected,
		},
		bytes: bytesOf(counts),
		links: [...engine.links.values()].map((link) => linkSnapshot(link, inventory?.layout.groups ?? 0, now)),
		groups: inventory?.layout.groups ?? 0,
	};
}

/** Whole groups, and who gave them, as a bar shows them. */
export function heldRuns(engine: Engine, givers: Givers | undefined): readonly Run[] {
	const whole = engine.requests?.inventory.whole;
	return whole && givers ? givers.runs(whole, CELLS) : [];
}

function bytesOf(counts: Counts): NodeSnapshot['bytes'] {
	return { downloaded: counts.downloadedBytes, uploaded: counts.uploadedBytes, duplicate: counts.duplicateBytes };
}

function linkSnapshot(link: Link, groups: number, now: Ms): LinkSnapshot {
	return {
		link: link.id, peer: link.who.peer, name: link.who.name,
		downBps: Math.round(link.down.perMs(now) * 1000), upBps: Math.round(link.up.perMs(now) * 1000), rttMs: link.rttMs,
		held: groups === 0 ? 0 : link.holdings.wholeGroups / groups, completeRevision: link.holdings.completeRevision,
		position: link.position, windowBytes: Math.round(link.window.bytes),
		downloadedBytes: link.downloaded, uploadedBytes: link.uploaded,
	};
}
