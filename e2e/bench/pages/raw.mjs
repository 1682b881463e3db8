/** `#send=BYTES` waits for `#receive=BYTES` and sends so many bytes in messages of 8192. */
const [role, amount] = location.hash.slice(1).split('=');
const total = Number(amount);

const MESSAGE_BYTES = 8192;

/** Bytes queued at which sending waits, and goes on. From 64 to 512 KiB make no difference; at 1 MiB it is slower. */
const HIGH_BYTES = 256 * 1024;
const LOW_BYTES = 64 * 1024;

const peer = new window.SimplePeer({ initiator: role === 'receive', config: { iceServers: [] }, objectMode: true });
peer.on('signal', (signal) => window.benchSignal(JSON.stringify(signal)));
window.addEventListener('bench-signal', (event) => peer.signal(JSON.parse(/** @type {CustomEvent} */ (event).detail)));

const message = crypto.getRandomValues(new Uint8Array(MESSAGE_BYTES));
let moved = 0;

/** @param {RTCDataChannel} channel */
function send(channel) {
	while (moved < total && channel.bufferedAmount < HIGH_BYTES) {
		channel.send(message.subarray(0, Math.min(MESSAGE_BYTES, total - moved)));
		moved += MESSAGE_BYTES;
	}
}

/** @param {Uint8Array} bytes */
function receive(bytes) {
	window.benchMark('began');
	moved += bytes.length;
	if (moved >= total) window.benchMark('done');
}

if (role === 'receive') {
	peer.on('data', receive);
} else {
	peer.on('connect', () => {
		const channel = peer._channel;
		channel.bufferedAmountLowThreshold = LOW_BYTES;
		channel.addEventListener('bufferedamountlow', () => send(channel));
		send(channel);
	});
}
