/** Films out of drops, pastes and pickers, with the handles that let a page open them again after a reload. */
import type { ShareId } from '../../shared/protocol/ids.ts';
import type { ShareView } from '../state/app-view.ts';

/** A chosen file; `handle` where the browser gives one. */
export interface PickedFile { readonly file: File; readonly handle: FileSystemFileHandle | undefined }

/** Receives chosen files: for new shares, or the one file that takes up the share `resumed` again. */
export type TakeFiles = (files: readonly PickedFile[], resumed?: ShareId) => void;

/** What the file input offers: what can be shared. Endings are named because systems do not know each as a video. */
export const ACCEPTED = 'video/mp4,video/quicktime,video/3gpp,.mp4,.m4v,.mov,.3gp';

interface NamedFile { readonly name: string; readonly size: number }
interface HandleItem { getAsFileSystemHandle?: () => Promise<FileSystemHandle | null> }
interface PickerWindow { showOpenFilePicker?: (options: { multiple: boolean }) => Promise<FileSystemFileHandle[]> }

/** Whether a drag or a paste brings files at all, as opposed to text or a link. */
export function bringsFiles(data: DataTransfer | null): boolean {
	return data?.types.includes('Files') ?? false;
}

/** The files of a drop or paste. Must be called while the event is handled: later its items are empty. */
export async function filesOf(data: DataTransfer): Promise<readonly PickedFile[]> {
	const items = [...data.items].filter((item) => item.kind === 'file');
	const picked = items.map(async (item): Promise<PickedFile | undefined> => {
		const file = item.getAsFile();
		const handle = await handleOf(item);
		return file && handle?.kind !== 'directory' ? { file, handle: handle as FileSystemFileHandle | undefined } : undefined;
	});
	return (await Promise.all(picked)).filter((file) => file !== undefined);
}

/** Asks for files by the picker that gives handles. `unsupported`: use the plain input; `[]`: nothing was chosen. */
export async function pickWithHandles(multiple: boolean): Promise<readonly PickedFile[] | 'unsupported'> {
	const picker = (window as PickerWindow).showOpenFilePicker;
	if (!picker) return 'unsupported';
	try {
		const handles = await picker.call(window, { multiple });
		return await Promise.all(handles.map(async (handle) => ({ file: await handle.getFile(), handle })));
	} catch (error) {
		return error instanceof DOMException && error.name === 'AbortError' ? [] : 'unsupported';
	}
}

/** Whether {@link pickWithHandles} can work here. */
export function hasHandlePicker(): boolean {
	return typeof (window as PickerWindow).showOpenFilePicker === 'function';
}

/** The share that waits for exactly this file, by name and size: dropping it anywhere takes that share up again. */
export function shareWaitingFor(shares: readonly ShareView[], { name, size }: NamedFile): ShareId | undefined {
	return shares.find(({ status, fileName, sizeBytes }) =>
		(status.state === 'needs-file' || status.state === 'needs-permission') && fileName === name && sizeBytes === size)?.id;
}

async function handleOf(item: DataTransferItem): Promise<FileSystemHandle | undefined> {
	try {
		return (await (item as HandleItem).getAsFileSystemHandle?.()) ?? undefined;
	} catch {
		return undefined; // no handle is no loss: the file itself is here until the page is closed
	}
}
