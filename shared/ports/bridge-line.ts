/** How a page reaches a bridge when nothing else leads out of its network. */
import type { Transport } from './transport.ts';

/** Opens a WebSocket. Undefined: it did not open. Start the transport in the tick that this settles in. */
export type OpenLine = (url: string) => Promise<Transport | undefined>;
