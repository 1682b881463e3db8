/** What every answer tells a browser about how careful to be. */

/**
 * A page may load only what we serve, and connect to any tracker a link names. `wasm-unsafe-eval`: hashing on pages
 * without crypto.subtle. Inline styles: media-chrome needs them (its issue 898). Workers obey the policy of their own
 * script's answer, so it stands on all answers.
 */
const CONTENT_SECURITY_POLICY = [
	"default-src 'none'",
	"script-src 'self' 'wasm-unsafe-eval'",
	"style-src 'self' 'unsafe-inline'",
	"connect-src 'self' ws: wss:",
	"img-src 'self' blob: data:",
	"media-src 'self' blob:",
	"worker-src 'self' blob:",
	"font-src 'self'",
	"manifest-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
].join('; ');

const ALWAYS = {
	'content-security-policy': CONTENT_SECURITY_POLICY,
	'cross-origin-resource-policy': 'same-origin',
	'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), midi=()',
	'referrer-policy': 'no-referrer',
	'x-content-type-options': 'nosniff',
} as const;

/**
 * The headers of every answer. No HSTS: a LAN address has no certificate to insist on.
 *
 * @param isSecure - whether the browser takes the page for a secure context; elsewhere it would only warn of COOP
 */
export function securityHeaders(isSecure: boolean): Readonly<Record<string, string>> {
	return isSecure ? { ...ALWAYS, 'cross-origin-opener-policy': 'same-origin' } : ALWAYS;
}

/** Whether browsers take pages of `host` for secure without TLS. */
export function isLocalhost(host: string | undefined): boolean {
	return host !== undefined && /^(localhost|[\w-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
}
