/** Lets a card ask for its file through the page's one file input. */
import { createContext } from 'svelte';
import type { ShareId } from '../../shared/protocol/ids.ts';

/** Asks for the file of a share. */
export type ChooseFile = (id: ShareId) => void;

/** The home page provides it, its cards use it. */
export const [getFileChooser, setFileChooser] = createContext<ChooseFile>();
