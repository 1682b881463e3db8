/** Every number the engine decides by: unit, reason, source. NOTES.md says how they work together. */
import { CHUNK_BYTES } from '../protocol/limits.ts';
import { SECOND, type Ms } from '../base/units.ts';

/** Chunks due sooner than this are fetched in playback order; what is later gives way to them. */
export const URGENT_MS: Ms = 8 * SECOND;

/** While a read due sooner than this is not all here nothing else is asked for: it would get into its way. */
export const CRITICAL_MS: Ms = 1.5 * SECOND;

/**
 * A chunk due sooner than this is not left to a link that has sent nothing good yet, while a proved one has it: time to
 * ask again.
 */
export const RISKY_MS: Ms = 2 * SECOND;

/** A playhead waits this long for one link's proof of a group before a second is asked: 4 KiB more, against a stall. */
export const SECOND_PROOF_MS: Ms = 250;

/** What a link will not have sent in this time, an idle one helps with. Below it a race costs more than it saves. */
export const RACE_AFTER_MS: Ms = 500;

/** A chunk is moved to another link if it will come so much sooner, beside half as late: less is noise. */
export const WORTH_MOVING_MS: Ms = 100;

/** A link looks no oftener than this for what others are slow in sending: it means to look at all that is asked for. */
export const TAKE_OVER_MS: Ms = 50;

/** Until a link has sent something, its chunks are thought to be so far apart. */
export const UNKNOWN_PACE_MS: Ms = 200;

/** How often the engine looks at what time alone changes: late chunks, unsaved groups, silent links. */
export const TICK_MS: Ms = 250;

/** A partial group is written this long after its first unsaved chunk, so that a crash costs little (DESIGN §8). */
export const SAVE_AFTER_MS: Ms = 2 * SECOND;

/** A link that owes us chunks and sends none for this long loses them to others. */
export const SNUBBED_MS: Ms = 3 * SECOND;

/** A peer that refused chunks of a group is not asked for that group again for this long. */
export const REFUSED_MS: Ms = SECOND;

/** Refusals in a row before the whole link is left alone for a while, and how often that while doubles: 1 s to 16 s. */
export const TOLERATED_REFUSALS = 2;
/** Doublings of that while. */
export const MAX_REST_DOUBLINGS = 4;

/** A link that sends nothing is asked for a sign of life after this … */
export const PING_AFTER_MS: Ms = 4 * SECOND;

/** … and is given up after this: well above any round trip, well below the 17 s that ICE takes. */
export const SILENT_MS: Ms = 12 * SECOND;

/** Ticks further apart than this mean that we were asleep, not the others; a hidden tab still ticks once a second. */
export const SLEPT_MS: Ms = 2 * SECOND;

/** Groups begun but not complete, of those that no playhead waits for. Bounds memory: each holds 1 MiB. */
export const MAX_BACKGROUND_GROUPS = 16;

/** How many missing groups the rarest is chosen from: enough to find a rare one, cheap for a 20 GB film. */
export const RAREST_SAMPLE = 64;

/**
 * Chunks of a group held that neighbours were not told of, from which on they are told at once; fewer wait for the next
 * tick.
 */
export const TELL_CHUNKS = 16;

/** A batch for the runtime is what its link carries in this time: what is more urgent waits no longer than that. */
export const BATCH_MS: Ms = 20;

/**
 * Of all links together no more is with the transports than leaves in this time, beside what the runtime is reading:
 * the rest waits here, where it can be put in order and taken back. Transports share the uplink in turn, whatever is
 * urgent: with 100 ms of it there the first picture of a crowd took 2.7 s, with this 1.6 s. And at least so much, so
 * that slow neighbours do not keep a fast uplink from the others.
 */
export const HANDED_MS: Ms = 15;
/** As above: one chunk. */
export const LEAST_HANDED_BYTES = CHUNK_BYTES;
/** A link that has not taken its batch after this long is waited for no more: its peer is slow, or does not read. */
export const STUCK_MS: Ms = 400;

/** Chunks sent count as sent a moment ago for this long: then whoever got them has had the time to pass them on. */
export const SENT_BEFORE_MS: Ms = 4 * SECOND;

/**
 * Where everything is held a chunk that was sent a moment ago gives way to others that are due this much later: what is
 * had from nobody else comes from here, or the swarm runs dry.
 */
export const SOURCE_GIVES_WAY_MS: Ms = 15 * SECOND;

/**
 * A chunk whose group all neighbours have whole gives way to what is due this much later, of half of them half as much.
 */
export const COMMON_GIVES_WAY_MS: Ms = 3 * SECOND;

/** What was asked for so long ago is not on its way yet, but waits in a queue. */
export const QUEUED_MS: Ms = 500;

/** A chunk that no playhead waits for counts as due then. */
export const NOT_DUE_MS: Ms = 60 * SECOND;

/**
 * A frame carries as many chunks as its link does in this time: what is longer on its way looks like a queue to the
 * window of whoever asked (NOTES.md §5).
 */
export const FRAME_MS: Ms = 10;

/** Chunks one peer may have asked us for and not got: 8 MiB, far above any window; the rest is answered `busy`. */
export const MAX_QUEUED_CHUNKS = 1024;

/** Partial groups remembered of one peer; the oldest go first. */
export const MAX_REMEMBERED_PARTIALS = 256;

/** Connections a peer looks for by itself: enough to be fed by several, few enough to set up in a second. */
export const TARGET_LINKS = 10;

/** Connections a peer accepts: a class of thirty around one laptop, and some. */
export const MAX_LINKS = 48;

/** A peer that broke a rule, or says that we did, is not tried again for this long. */
export const SHUN_PEER_MS: Ms = 300 * SECOND;

/** A candidate that could not be reached this often in a row is forgotten. */
export const MAX_CONNECT_FAILURES = 4;

/**
 * Chunks of one link that came without the proof it owes, before it is dropped: more than may be under way honestly
 * after a loss.
 */
export const MAX_UNPROVEN_CHUNKS = 256;

/** Parts that were not what the descriptor says before their sender is dropped: one may be of another revision. */
export const MAX_BAD_PARTS = 3;

/** A peer that went away or could not be reached is tried again after this, then after four times as long each time. */
export const RETRY_PEER_MS: Ms = SECOND;

/** A peer that has no place for us is not tried again for this long. */
export const FULL_PEER_MS: Ms = 20 * SECOND;

/** Connections are being made for at most this long before the place is given to another candidate. */
export const CONNECT_MS: Ms = 15 * SECOND;

/** Peers remembered as candidates. */
export const MAX_CANDIDATES = 256;

/** Peers remembered as banned, the latest: who lies under ever new ids needs none of the old ones. */
export const MAX_BANNED = 4096;

/** How often neighbours tell each other of their neighbours. */
export const EXCHANGE_MS: Ms = 60 * SECOND;

/** How often the tracker is asked for more peers while there are too few. */
export const FIND_MS: Ms = 10 * SECOND;

/** Signals relayed for one neighbour a minute: a connection takes about ten, trickled. */
export const RELAYED_SIGNALS_PER_MINUTE = 240;

/**
 * Bytes outstanding on a new link until its round trip is known: its first request makes one step of a screen's
 * start.
 */
export const FIRST_WINDOW_BYTES = 16 * CHUNK_BYTES;

/** A request waits until it can name this many bytes, or a quarter of the window: fewer messages, and a full path. */
export const LARGEST_BATCH_BYTES = 16 * CHUNK_BYTES;

/** The least window: one chunk is on its way while the next is asked for. */
export const LEAST_WINDOW_BYTES = 2 * CHUNK_BYTES;

/** The least window of who has everything: it chooses among what it is asked for what it has not sent yet. */
export const SOURCE_WINDOW_BYTES = 8 * CHUNK_BYTES;

/**
 * The largest window, 1 MiB. Chromium's SCTP, once it has overrun a path's queue, repairs one packet a round trip, so
 * no window may jump past what a queue holds; this much carries 80 Mbit/s over 100 ms (NOTES.md §3).
 */
export const LARGEST_WINDOW_BYTES = 128 * CHUNK_BYTES;

/** Half-life-like span over which rates are averaged. */
export const RATE_SPAN_MS: Ms = 2 * SECOND;
