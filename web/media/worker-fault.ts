/** What an error of a worker that reads films means. */

/**
 * Whether a worker's script ran: one that threw was confused by the film. One that never came (the server is gone, or
 * serves a later build) says nothing about it.
 */
export function wasRunning(event: Event): boolean { return event instanceof ErrorEvent && event.message !== ''; }
