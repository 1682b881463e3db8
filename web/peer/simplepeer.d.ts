/** The package's prebuilt file: its main entry needs Node's globals ("global is not defined" otherwise). */
declare module 'simple-peer/simplepeer.min.js' {
	const SimplePeer: new (options: {
		readonly initiator: boolean;
		readonly config: { readonly iceServers: readonly import('../../shared/protocol/tracker-message.ts').IceServer[] };
		readonly objectMode: true;
	}) => import('../../shared/rtc/data-peer.ts').DataPeer;
	export { SimplePeer as default };
}
