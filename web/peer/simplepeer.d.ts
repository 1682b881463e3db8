/** The package's prebuilt file: its main entry needs Node's globals ("global is not defined" otherwise). */
declare module 'simple-peer/simplepeer.min.js' {
	const SimplePeer: new (options: import('./simple-peer.ts').DataPeerOptions) => import('./simple-peer.ts').DataPeer;
	export { SimplePeer as default };
}
