/**
 * A host name under which browsers in tests reach this machine as they would another one in the LAN: to them it is
 * nothing local, so a page on plain HTTP is no secure context. `.test` is reserved (RFC 2606), no DNS knows it.
 */
export const LAN_HOST = 'streamlet.test';

/** Chromium's switch that makes the name lead here. */
export const LAN_RULE = `--host-resolver-rules=MAP ${LAN_HOST} 127.0.0.1`;
