/** Units that live in types. */

/** A time on some clock, or a span of it, in milliseconds. */
export type Ms = number;

/** One second. */
export const SECOND: Ms = 1000;

/** 2^20 bytes. */
export const MIB = 1024 * 1024;
