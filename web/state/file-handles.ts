/** Files that a browser remembers: they come back after a reload, some only once the person allows it. */

/** Chromium's handles ask for permission; others have no such method and need none. */
interface AskingHandle {
	queryPermission?: (how: { mode: 'read' }) => Promise<PermissionState>;
	requestPermission?: (how: { mode: 'read' }) => Promise<PermissionState>;
}

/** Whether the file can be had without asking. */
export async function isGranted(handle: FileSystemFileHandle & AskingHandle): Promise<boolean> {
	return (await handle.queryPermission?.({ mode: 'read' }) ?? 'granted') === 'granted';
}

/** The file, if need be after asking. Undefined: not allowed, or it was moved, renamed or deleted. */
export async function fileOf(handle: FileSystemFileHandle & AskingHandle): Promise<File | undefined> {
	try {
		if (!await isGranted(handle) && await handle.requestPermission?.({ mode: 'read' }) !== 'granted') return undefined;
		return await handle.getFile();
	} catch {
		return undefined; // moved, renamed or deleted, or the browser wants a click before it asks
	}
}
