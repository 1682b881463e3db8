/** Does something when an element comes into sight, and a little before. */
import type { Attachment } from 'svelte/attachments';

/** Half a screen ahead is soon enough to look complete. */
const AHEAD = '50%';

/**
 * The attachment of an element. `act` is called each time it comes into sight. `while`: when this changes, the element
 * is looked at anew, for it may be in sight still.
 */
export function onSight({ act }: { readonly act: () => void; readonly while: unknown }): Attachment {
	return (element) => {
		const observer = new IntersectionObserver((entries) => {
			if (entries.some(({ isIntersecting }) => isIntersecting)) act();
		}, { rootMargin: AHEAD });
		observer.observe(element);
		return () => observer.disconnect();
	};
}
