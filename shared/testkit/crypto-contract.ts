/** What every implementation of `Crypto` must do: published vectors, another implementation's answers, and manners. */
import { beforeAll, describe, expect, test } from 'vitest';
import { concat, type Bytes } from '../base/bytes.ts';
import { utf8 } from '../base/text.ts';
import type { Crypto } from '../ports/crypto.ts';
import { fromHex, toHex } from './hex.ts';
import { someBytes, testCrypto } from './test-crypto.ts';

const NOTHING = new Uint8Array(0);
const KEY = someBytes(32, 7);
const NONCE = someBytes(12, 8);

/** RFC 8032 §7.1, tests 1 and 2. */
const ED25519 = [
	{
		secret: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
		public: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
		message: '',
		signature: 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
	},
	{
		secret: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
		public: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
		message: '72',
		signature: '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
	},
];

/** The order of the group, little-endian: added to S it makes another signature of the message (RFC 8032 §8.4). */
const ORDER = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

/** Declares the suite for one implementation. */
export function cryptoContract(name: string, make: () => Crypto | Promise<Crypto>): void {
	describe(`${name} as Crypto`, () => {
		let crypto: Crypto;
		beforeAll(async () => { crypto = await make(); });
		hashing(() => crypto);
		ciphers(() => crypto);
		signatures(() => crypto);
		manners(() => crypto);
	});
}

function hashing(of: () => Crypto): void {
	test.each([
		['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
		['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
		[
			'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
			'248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
		],
	])('SHA-256 of "%s" is FIPS 180-2\'s', async (text, digest) => {
		expect(toHex(of().sha256Now(utf8(text)))).toBe(digest);
		expect(toHex(await of().sha256(utf8(text)))).toBe(digest);
	});

	test('both SHA-256 agree with another implementation at every block boundary', async () => {
		for (const length of [1, 55, 56, 63, 64, 65, 119, 120, 8192, 8193, 100_000]) {
			const bytes = someBytes(length, length);
			const digest = testCrypto().sha256Now(bytes);
			expect(of().sha256Now(bytes)).toEqual(digest);
			expect(await of().sha256(bytes)).toEqual(digest);
		}
	});

	test.each([ // RFC 4231 §4.2, 4.3, 4.7
		['0b'.repeat(20), '4869205468657265', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
		['4a656665', toHex(utf8('what do ya want for nothing?')), '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
		['aa'.repeat(131), toHex(utf8('Test Using Larger Than Block-Size Key - Hash Key First')), '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54'],
	])('HMAC-SHA-256 with key %s is RFC 4231\'s', async (key, message, mac) => {
		expect(toHex(await of().hmacSha256(fromHex(key), fromHex(message)))).toBe(mac);
	});

	test('HKDF-SHA-256 without salt is RFC 5869\'s', async () => { // appendix A.3
		const key = await of().hkdfSha256(fromHex('0b'.repeat(22)), NOTHING, 42);
		expect(toHex(key)).toBe('8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8');
	});

	test('HKDF-SHA-256 separates purposes as another implementation does', async () => {
		for (const info of ['streamlet auth v1', 'streamlet room v1']) {
			expect(await of().hkdfSha256(KEY, utf8(info), 32)).toEqual(await testCrypto().hkdfSha256(KEY, utf8(info), 32));
		}
	});
}

function ciphers(of: () => Crypto): void {
	test('AES-256-GCM is the one of the GCM specification', async () => { // McGrew and Viega, test cases 13 and 16
		const blank = { key: new Uint8Array(32), nonce: new Uint8Array(12), associated: NOTHING };
		expect(toHex(await of().seal(blank, NOTHING))).toBe('530f8afbc74536b9a963b4f1c4cb738b');
		const inputs = {
			key: fromHex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308'),
			nonce: fromHex('cafebabefacedbaddecaf888'),
			associated: fromHex('feedfacedeadbeeffeedfacedeadbeefabaddad2'),
		};
		const plain = fromHex('d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39');
		const sealed = await of().seal(inputs, plain);
		expect(toHex(sealed)).toBe('522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa'
			+ '8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b');
		expect(await of().open(inputs, sealed)).toEqual({ ok: true, value: plain });
	});

	test('what is sealed opens under the same key, nonce and associated bytes only', async () => {
		const inputs = { key: KEY, nonce: NONCE, associated: utf8('part 1') };
		const sealed = await of().seal(inputs, someBytes(1000));
		const forged = { ok: false, error: 'forged' };
		expect(await of().open(inputs, sealed)).toEqual({ ok: true, value: someBytes(1000) });
		expect(await of().open({ ...inputs, key: someBytes(32, 9) }, sealed)).toEqual(forged);
		expect(await of().open({ ...inputs, nonce: someBytes(12, 9) }, sealed)).toEqual(forged);
		expect(await of().open({ ...inputs, associated: utf8('part 2') }, sealed)).toEqual(forged);
		expect(await of().open(inputs, flipped(sealed, 500))).toEqual(forged);
		expect(await of().open(inputs, sealed.subarray(0, -1))).toEqual(forged);
		expect(await of().open(inputs, sealed.subarray(0, 15))).toEqual(forged);
		expect(await of().open(inputs, NOTHING)).toEqual(forged);
	});

	test('AES-256-CTR counts blocks from zero, big-endian', async () => {
		// Under a key of zeros, blocks 0 to 2 are what GCM's test cases 13 and 14 show as H, the tag and the ciphertext.
		const stream = 'dc95c078a2408989ad48a21492842087530f8afbc74536b9a963b4f1c4cb738bcea7403d4d606b6e074ec5d3baf39d18';
		expect(toHex(await of().cipher(new Uint8Array(32), 0, new Uint8Array(48)))).toBe(stream);
		expect(toHex(await of().cipher(new Uint8Array(32), 32, new Uint8Array(11)))).toBe(stream.slice(64, 86));
	});

	test('AES-256-CTR carries into the upper half of its counter, where films are longer than 64 GiB', async () => {
		const end = 2 ** 36; // byte of block 2^32
		const around = await of().cipher(KEY, end - 32, new Uint8Array(64));
		expect(around).toEqual(await testCrypto().cipher(KEY, end - 32, new Uint8Array(64)));
		expect(await of().cipher(KEY, end, new Uint8Array(32))).toEqual(around.subarray(32));
		expect(toHex(await of().cipher(new Uint8Array(32), end, new Uint8Array(16)))).toBe('677d494dbb73caf55c1990158da12f14');
	});

	test('any range decrypts by itself', async () => {
		const plain = someBytes(10_000, 3);
		const sealed = await of().cipher(KEY, 8192, plain);
		expect(await of().cipher(KEY, 8192, sealed)).toEqual(plain);
		expect(await of().cipher(KEY, 8192 + 4096, sealed.subarray(4096, 4099))).toEqual(plain.subarray(4096, 4099));
		expect(await of().cipher(KEY, 8192, NOTHING)).toEqual(NOTHING);
	});
}

function signatures(of: () => Crypto): void {
	test.each(ED25519)('Ed25519 signs message "$message" as RFC 8032 does', async (vector) => {
		const [secret, key, message] = [fromHex(vector.secret), fromHex(vector.public), fromHex(vector.message)];
		expect(await of().publicKeyOf(secret)).toEqual(key);
		expect(toHex(await of().sign(secret, message))).toBe(vector.signature);
		expect(await of().verify(key, fromHex(vector.signature), message)).toBe(true);
	});

	test('a signature holds for its key, message and bytes only', async () => {
		const { publicKey, secretKey } = await of().makeKeyPair();
		const other = await of().makeKeyPair();
		const message = utf8('group 12');
		const signature = await of().sign(secretKey, message);
		expect(await of().verify(publicKey, signature, message)).toBe(true);
		expect(await of().verify(other.publicKey, signature, message)).toBe(false);
		expect(await of().verify(publicKey, signature, utf8('group 13'))).toBe(false);
		for (const at of [0, 31, 32, 63]) expect(await of().verify(publicKey, flipped(signature, at), message)).toBe(false);
	});

	test('nobody makes a second signature out of one', async () => {
		const { publicKey, secretKey } = await of().makeKeyPair();
		const signature = await of().sign(secretKey, NOTHING);
		const twin = concat(signature.subarray(0, 32), sum(signature.subarray(32), ORDER));
		expect(await of().verify(publicKey, twin, NOTHING)).toBe(false);
	});

	test('keys and signatures of any bytes and length are refused, not thrown for', async () => {
		const { publicKey, secretKey } = await of().makeKeyPair();
		const signature = await of().sign(secretKey, NOTHING);
		for (const length of [0, 31, 33, 64]) expect(await of().verify(someBytes(length), signature, NOTHING)).toBe(false);
		for (const length of [0, 63, 65]) expect(await of().verify(publicKey, someBytes(length), NOTHING)).toBe(false);
		expect(await of().verify(new Uint8Array(32).fill(255), signature, NOTHING)).toBe(false);
	});

	test('a new pair is a new one, and its halves belong together', async () => {
		const [one, two] = [await of().makeKeyPair(), await of().makeKeyPair()];
		expect(one.secretKey).toHaveLength(32);
		expect(one.secretKey).not.toEqual(two.secretKey);
		expect(await of().publicKeyOf(one.secretKey)).toEqual(one.publicKey);
	});
}

function manners(of: () => Crypto): void {
	test('random bytes are as many as asked for, and others each time', () => {
		expect(of().random(0)).toHaveLength(0);
		expect(of().random(32)).toHaveLength(32);
		expect(of().random(32)).not.toEqual(of().random(32));
	});

	test('arguments are read before a call returns', async () => {
		const reference = testCrypto();
		const inputs = () => ({ key: KEY.slice(), nonce: NONCE.slice(), associated: utf8('a') });
		const sealed = await reference.seal(inputs(), someBytes(100));
		const [publicKey, signature] = [await reference.publicKeyOf(KEY), await reference.sign(KEY, someBytes(100))];
		const calls: ((crypto: Crypto, bytes: Bytes[]) => Promise<unknown>)[] = [
			(c, [a]) => c.sha256(a!),
			(c, [a, k]) => c.hmacSha256(k!, a!),
			(c, [a, k]) => c.hkdfSha256(k!, a!, 32),
			(c, [a, k]) => c.cipher(k!, 16, a!),
			(c, [a, k]) => c.sign(k!, a!),
			(c, [, k]) => c.publicKeyOf(k!),
			(c, [a, k, n]) => c.seal({ key: k!, nonce: n!, associated: a! }, a!),
			(c, [, k, n, s]) => c.open({ key: k!, nonce: n!, associated: utf8('a') }, s!),
			(c, [a, , , , p, g]) => c.verify(p!, g!, a!),
		];
		for (const [index, call] of calls.entries()) {
			const fresh = () => [someBytes(100), KEY, NONCE, sealed, publicKey, signature].map((bytes) => bytes.slice());
			const lent = fresh();
			const answer = call(of(), lent);
			for (const bytes of lent) bytes.fill(0);
			expect(await answer, `call ${index}`).toEqual(await call(reference, fresh()));
		}
	});

	test('arguments are neither kept nor changed, and may lie anywhere in a buffer', async () => {
		const buffer = someBytes(300);
		const before = buffer.slice();
		const view = buffer.subarray(5, 205);
		const digest = await of().sha256(view);
		expect(digest).toEqual(testCrypto().sha256Now(view.slice()));
		expect(of().sha256Now(view)).toEqual(digest);
		expect(await of().cipher(KEY, 0, view)).toEqual(await testCrypto().cipher(KEY, 0, view));
		expect(buffer).toEqual(before);
	});

	test('a result is the caller\'s: changing it changes no other', () => {
		const first = of().sha256Now(KEY);
		const copy = first.slice();
		const second = of().sha256Now(NONCE);
		second.fill(0);
		expect(first).toEqual(copy);
		expect(of().sha256Now(KEY)).toEqual(copy);
	});

	test('calls that overlap do not disturb each other', async () => {
		const inputs = Array.from({ length: 40 }, (_, k) => someBytes(1 + k * 97, k + 1));
		const all = (crypto: Crypto) => Promise.all(inputs.flatMap((bytes, k) => {
			const key = someBytes(32, k % 5);
			const now = Promise.resolve(crypto.sha256Now(bytes));
			return [crypto.sha256(bytes), crypto.cipher(key, 16 * k, bytes), crypto.hmacSha256(key, bytes), now];
		}));
		expect(await all(of())).toEqual(await all(testCrypto()));
	});
}

function flipped(bytes: Bytes, at: number): Bytes {
	return bytes.map((byte, k) => (k === at ? byte ^ 1 : byte));
}

function sum(a: Bytes, b: Bytes): Bytes {
	let carry = 0;
	return a.map((byte, k) => {
		const total = byte + (b[k] ?? 0) + carry;
		carry = total >> 8;
		return total & 255;
	});
}
