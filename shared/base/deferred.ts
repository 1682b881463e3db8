/** A promise and what settles it. (`Promise.withResolvers` is missing in Node 20.) */
export interface Deferred<T> { readonly promise: Promise<T>; readonly resolve: (value: T) => void }

/** A promise that the caller settles. */
export function defer<T>(): Deferred<T> {
	let resolve: (value: T) => void = () => undefined;
	const promise = new Promise<T>((settle) => { resolve = settle; });
	return { promise, resolve };
}
