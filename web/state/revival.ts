/**
 * Brings a link to life again where nobody has its film any more: for whoever has the link and the same file. All of
 * the file is read and compared with what was sealed, before anybody gets a byte of it.
 */
import { equalBytes, type Bytes } from '../../shared/base/bytes.ts';
import { fail, ok, type Result } from '../../shared/base/result.ts';
import type { PartStore } from '../../shared/ports/part-store.ts';
import { sealAttachment } from '../../shared/protocol/attachment.ts';
import type { ClearDescriptor } from '../../shared/protocol/descriptor.ts';
import { contentKeyOf, type AttachmentKind, type DescriptorBody } from '../../shared/protocol/descriptor-body.ts';
import { Layout } from '../../shared/protocol/ids.ts';
import type { LinkKeys } from '../../shared/protocol/keys.ts';
import { HASH_BYTES } from '../../shared/protocol/limits.ts';
import { GroupTree } from '../../shared/protocol/merkle.ts';
import type { Crypto } from '../../shared/protocol/primitives.ts';
import { SealedFileStore } from '../../shared/runtime/sealed-file-store.ts';
import { prepareFilm, type Preparation } from '../media/prepare.ts';
import { FileGroupSource } from '../peer/file-group-source.ts';
import type { RevivalView } from './app-view.ts';

/** A film that is here as a file, compared with what was sealed. Whoever has it closes its source. */
export interface RevivedFilm {
	readonly fileName: string;
	readonly source: FileGroupSource;
	readonly tree: GroupTree;
	readonly descriptor: ClearDescriptor;
}

/** What is known of the film. */
export interface SoughtFilm { readonly descriptor: ClearDescriptor; readonly body: DescriptorBody }

/** What a revival is made of. */
export interface RevivalInit {
	readonly crypto: Crypto;
	readonly keys: LinkKeys;
	/** Where the parts that viewers ask for are kept. */
	readonly parts: PartStore;
	/** Something that a person might see changed. */
	readonly changed: () => void;
}

/** One link's film, looked for in files that people choose. */
export class Revival {
	readonly #init: RevivalInit;
	#view: RevivalView | undefined;
	#source: FileGroupSource | undefined;
	#preparation: Preparation | undefined;

	constructor(init: RevivalInit) { this.#init = init; }

	/** Undefined before a file was chosen. */
	get view(): RevivalView | undefined { return this.#view; }

	/** Undefined when it is another file, cannot be read, or another one was chosen meanwhile: the view says which. */
	async check(file: File, film: SoughtFilm): Promise<RevivedFilm | undefined> {
		this.close();
		if (file.size !== film.descriptor.size) return this.#failed('other-file');
		const source = new FileGroupSource(file, contentKeyOf(film.body.access));
		this.#source = source;
		const tree = await this.#compare(source, film.descriptor);
		if (source !== this.#source) return undefined;
		if (!tree.ok) {
			source.close();
			return this.#failed(tree.error);
		}
		await this.#remake(file, film, tree.value);
		if (source !== this.#source) return undefined;
		this.#source = undefined;
		return { fileName: file.name, source, tree: tree.value, descriptor: film.descriptor };
	}

	/** What is under way comes to nothing. */
	close(): void {
		this.#source?.close();
		this.#source = undefined;
		this.#preparation?.cancel();
		this.#view = undefined;
	}

	async #compare(
		source: FileGroupSource, { size, root }: ClearDescriptor,
	): Promise<Result<GroupTree, 'other-file' | 'unreadable'>> {
		const { groups } = new Layout(size);
		const roots = new Uint8Array(groups * HASH_BYTES);
		const read = await source.seal(0, (group, found) => {
			roots.set(found, group * HASH_BYTES);
			if (source === this.#source) this.#show({ state: 'checking', fraction: (group + 1) / groups });
			return Promise.resolve('go-on');
		});
		if (!read.ok) return fail('unreadable');
		const tree = new GroupTree(roots, this.#init.crypto.sha256Now);
		return root && equalBytes(tree.root, root) ? ok(tree) : fail('other-file');
	}

	/** Index and hashes follow from the file: they are made again, so that viewers start as quickly as before. */
	async #remake(file: File, film: SoughtFilm, tree: GroupTree): Promise<void> {
		await this.#keep(film, 'roots', tree.groupRoots);
		this.#preparation = prepareFilm(file, () => undefined);
		const index = await this.#preparation.index;
		this.#preparation.cancel(); // the poster is not the same everywhere
		if (!index.ok) return; // viewers read the film's own
		await this.#keep(film, 'index', index.value.header);
		await this.#keep(film, 'pages', index.value.pages);
	}

	/** What was made by another version may differ: then nobody is given it. */
	async #keep({ descriptor, body }: SoughtFilm, kind: AttachmentKind, content: Bytes): Promise<void> {
		const { crypto, keys, parts } = this.#init;
		const number = body.attachments.findIndex((attachment) => attachment.kind === kind);
		const entry = descriptor.attachments[number];
		if (!entry) return;
		const { form, since } = entry;
		const made = await sealAttachment(crypto, keys.attachments, { id: descriptor.id, number, form, since }, content);
		if (!equalBytes(made.entry.hashes, entry.hashes)) return;
		const put = (of: 'part' | 'list', all: readonly Bytes[]) =>
			all.map((bytes, part) => parts.put({ attachment: number, since, of, part }, bytes));
		await Promise.all([...put('part', made.parts), ...put('list', made.lists)]);
	}

	#failed(because: 'other-file' | 'unreadable'): undefined {
		this.#source = undefined;
		this.#show({ state: 'failed', because });
	}

	#show(view: RevivalView): void {
		this.#view = view;
		this.#init.changed();
	}
}

/** The film's groups, out of the file. */
export function storeOf({ source, tree }: RevivedFilm, layout: Layout, crypto: Crypto): SealedFileStore {
	return new SealedFileStore({ layout, tree, hash: crypto.sha256Now, load: (group) => source.loadGroup(group) });
}
