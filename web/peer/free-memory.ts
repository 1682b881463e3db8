/**
 * Gives memory of received messages back at once. A page's buffers are held by two garbage collectors, so `transfer(0)`
 * only moves them out of sight of the one; what is posted to a port that nobody listens to is gone from both.
 */

/** The end that is posted to; the other end is closed. */
const { port1: away, port2 } = new MessageChannel();
port2.close();

/** None of it can be read again. */
export function freeMemory(memory: ArrayBuffer): void { away.postMessage(null, [memory]); }
