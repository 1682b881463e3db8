/**
 * Runs in every page before its own scripts and notes when things happened, in milliseconds since 1970 by the page's
 * own clock (`performance.timeOrigin` + `now()`), which pages of one machine share. Watches only; touches nothing
 * unless asked to pause.
 */
(() => {
	/** @type {{ pauseAtFirstFrame: boolean, watchHeld: boolean }} */
	const options = window.benchOptions;
	const now = () => performance.timeOrigin + performance.now();
	/** @type {Record<string, number>} */
	const clock = { opened: performance.timeOrigin };
	window.benchClock = clock;

	/** @param {string} name */
	const mark = (name) => { clock[name] ??= now(); };
	window.benchMark = mark;

	for (const type of ['drop', 'change']) window.addEventListener(type, () => mark('given'), { capture: true });

	/** @type {WeakSet<HTMLVideoElement>} */
	const watched = new WeakSet();
	/** @param {HTMLVideoElement} video */
	const watch = (video) => {
		watched.add(video);
		video.requestVideoFrameCallback(() => {
			mark('firstFrame');
			if (options.pauseAtFirstFrame) video.pause();
		});
	};
	const look = () => {
		const video = document.querySelector('video');
		if (video && !watched.has(video)) watch(video);
		const link = document.querySelector('[data-testid=share-link]');
		if (link instanceof HTMLInputElement ? link.value : link?.getAttribute('href') || link?.textContent) mark('linked');
		// Asking for frames makes the browser draw them: no longer than there is something to wait for.
		if (clock.linked === undefined && clock.firstFrame === undefined) requestAnimationFrame(look);
	};
	requestAnimationFrame(look);

	/** Groups that the page gave its store worker and that are not on disk yet. @type {Set<number>} */
	const unwritten = new Set();
	/** @type {WeakSet<Worker>} */
	const heard = new WeakSet();
	const { postMessage } = Worker.prototype;
	/** @this {Worker} @param {any} message @param {any} transfer */
	const countWrites = function (message, transfer) {
		if (message?.request?.type === 'write') {
			unwritten.add(message.call);
			if (!heard.has(this)) this.addEventListener('message', ({ data }) => unwritten.delete(data.call));
			heard.add(this);
		}
		return postMessage.call(this, message, transfer);
	};
	if (options.watchHeld) Worker.prototype.postMessage = countWrites;

	const lookAtHeld = () => {
		const chunks = window.streamlet?.snapshot().chunks;
		if (!chunks || chunks.total === 0) return;
		clock.held = chunks.held / chunks.total;
		if (chunks.held > 0) mark('began');
		if (chunks.held === chunks.total && unwritten.size === 0) mark('done');
	};
	if (options.watchHeld) setInterval(lookAtHeld, 100);

	/**
	 * Seeks, and tells how long the frame took to come, in milliseconds.
	 * @param {number} fraction of the film's length
	 */
	window.benchSeek = (fraction) => new Promise((resolve) => {
		const video = /** @type {HTMLVideoElement} */ (document.querySelector('video'));
		const target = video.duration * fraction;
		const began = performance.now();
		/** @type {VideoFrameRequestCallback} */
		const onFrame = (_, { mediaTime }) => {
			if (Math.abs(mediaTime - target) < 1) resolve(performance.now() - began);
			else video.requestVideoFrameCallback(onFrame);
		};
		video.requestVideoFrameCallback(onFrame);
		video.currentTime = target;
	});
})();
