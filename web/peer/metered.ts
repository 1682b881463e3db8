/** Whether the connection counts data: a cellular line, or a person who asked their browser to save data. */

/** `navigator.connection` where there is one: it is in no standard, so not in the DOM's types either. */
interface Line extends EventTarget { readonly saveData?: boolean; readonly type?: string }

function line(): Line | undefined { return (navigator as { readonly connection?: Line }).connection; }

/** False also where the browser does not tell. */
export function isMetered(): boolean { return line()?.saveData === true || line()?.type === 'cellular'; }

/** Calls back when that may have changed; the return value ends it. */
export function onLineChange(changed: () => void): () => void {
	line()?.addEventListener('change', changed);
	return () => line()?.removeEventListener('change', changed);
}
