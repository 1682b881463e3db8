/** Copying text, also on pages without a secure context, which have no clipboard API. */

/** False when the browser would not. */
export async function copyText(text: string): Promise<boolean> {
	// Typed as always there, but missing on plain HTTP.
	const clipboard = navigator.clipboard as Clipboard | undefined;
	try {
		if (clipboard) {
			await clipboard.writeText(text);
			return true;
		}
	} catch {
		// Not allowed just now, or not focused: the old way may work.
	}
	return copyBySelection(text);
}

function copyBySelection(text: string): boolean {
	const area = document.createElement('textarea');
	area.value = text;
	area.style.cssText = 'position:fixed;opacity:0';
	document.body.append(area);
	const focused = document.activeElement;
	area.select();
	// eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way to copy on plain HTTP
	const copied = document.execCommand('copy');
	area.remove();
	if (focused instanceof HTMLElement) focused.focus();
	return copied;
}
