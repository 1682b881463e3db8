/** Room for this page's data. */

/** As the browser estimates it; 0 where it does not tell, as on plain HTTP. */
export async function freeBytes(): Promise<number> {
	if (!isSecureContext) return 0;
	const { usage = 0, quota = 0 } = await navigator.storage.estimate();
	return Math.max(0, quota - usage);
}
