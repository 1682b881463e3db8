/**
 * The rival's page. Its hash says what to do: `act` = seed (the file picked), download, watch or nothing; `tracker`;
 * `magnet`.
 */
const MODULE = '/webtorrent.min.js';
const { default: WebTorrent } = /** @type {RivalModule} */ (await import(MODULE));

const { act, tracker = '', magnet = '' } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const client = new WebTorrent({ dht: false, tracker: { announce: [tracker], rtcConfig: { iceServers: [] } } });
client.on('error', (error) => { document.body.dataset.error = String(error); });

const picker = /** @type {HTMLInputElement} */ (document.querySelector('input'));
picker.addEventListener('change', () => {
	const [file] = picker.files ?? [];
	if (!file) return;
	client.seed(file, { announce: [tracker] }, (torrent) => {
		window.benchMark('magnet');
		document.body.dataset.magnet = torrent.magnetURI;
		window.benchUploaded = () => torrent.uploaded;
	});
});

function download() {
	const torrent = client.add(magnet, { announce: [tracker] });
	window.benchMark('added');
	torrent.once('download', () => window.benchMark('began'));
	torrent.on('done', () => {
		document.body.dataset.bytes = String(torrent.length);
		window.benchMark('done');
	});
	return torrent;
}

/** As its README shows it: a service worker answers the video's range requests from the torrent. */
async function watch() {
	const torrent = download();
	torrent.on('download', () => { window.benchClock.held = torrent.progress; });
	const registration = await navigator.serviceWorker.ready;
	client.createServer({ controller: registration });
	if (!torrent.ready) await new Promise((resolve) => torrent.once('ready', resolve));
	const video = document.createElement('video');
	video.muted = true;
	video.autoplay = true;
	document.body.append(video);
	torrent.files[0]?.streamTo(video);
}

if (act === 'download') download();
else if (act === 'watch') await watch();
else {
	await navigator.serviceWorker.register('/sw.min.js');
	await navigator.serviceWorker.ready;
	window.benchMark('ready');
}
