// Runs before the first paint, as a plain script: a page kept dark does not flash white. `ui/theme.ts` takes over.
(() => {
	let kept = null;
	try { kept = localStorage.getItem('streamlet.theme'); } catch { /* storage is switched off: as the system has it */ }
	const dark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
	document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
