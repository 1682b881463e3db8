/** The three kinds of trouble: a bug throws, weather is a `Result`, a refusal carries a code (STYLE §3). */

/** Something that may go wrong without anybody's fault: a value, or one of a closed list of reasons. */
export type Result<T, E extends string> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly error: E };

/** A success. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
	return { ok: true, value };
}

/** A failure, with its reason. */
export function fail<E extends string>(error: E): { readonly ok: false; readonly error: E } {
	return { ok: false, error };
}

/** Our own mistake. Nobody catches it but the top of a process or a page. */
export class BugError extends Error {
	override readonly name = 'BugError';
}

/** Says what must hold here; throws {@link BugError} when it does not. */
export function assert(condition: unknown, claim: string): asserts condition {
	if (!condition) throw new BugError(claim);
}

/** Closes a `switch` over a union: a new member fails to compile until it is handled. */
export function assertNever(value: never): never {
	throw new BugError(`unexpected ${JSON.stringify(value)}`);
}
