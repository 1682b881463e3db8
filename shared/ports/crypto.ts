/** Cryptography as a port: the protocol says what it needs; `testkit/crypto-contract.ts` is its suite. */
export type { Crypto, KeyPair, SealInputs } from '../protocol/primitives.ts';
