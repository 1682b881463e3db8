import { expect, test } from 'vitest';
import { fail } from '../../shared/base/result.ts';
import type { AttachmentFault } from '../../shared/runtime/attachments.ts';
import { attachedIndex } from './attached-index.ts';

test.each<[AttachmentFault, string]>([
	['no-such', 'damaged'], ['forged', 'damaged'], ['replaced', 'closed'], ['closed', 'closed'],
])('an attachment that does not come for being %s makes the index %s', async (error, fault) => {
	const index = attachedIndex({
		attachments: { read: () => Promise.resolve(fail(error)) }, key: new Uint8Array(32),
		index: { number: 0, bytes: 9 }, pages: { number: 1 },
	});
	expect(await index.header()).toEqual(fail(fault));
	expect(await index.pages(0, 5)).toEqual(fail(fault));
});
