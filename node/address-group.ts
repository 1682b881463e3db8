/** Addresses as limits count them. */
import { isIPv6 } from 'node:net';

/** An IPv4 address, or the /64 of an IPv6 one, which one household has to itself. `unknown`: the socket is gone. */
export function addressGroup(address = 'unknown'): string {
	const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
	if (!isIPv6(plain)) return plain.slice(0, 64);
	const [head = '', tail] = plain.replace(/%.*$/, '').split('::');
	const front = head === '' ? [] : head.split(':');
	const back = tail === undefined || tail === '' ? [] : tail.split(':');
	const gap = tail === undefined ? 0 : 8 - front.length - back.length;
	const words = [...front, ...Array.from({ length: Math.max(0, gap) }, () => '0'), ...back];
	return `${words.slice(0, 4).map((word) => Number.parseInt(word, 16).toString(16)).join(':')}::/64`;
}
