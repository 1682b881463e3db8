import { cryptoContract } from '../testkit/crypto-contract.ts';
import { testCrypto } from '../testkit/test-crypto.ts';

cryptoContract('pureCrypto', () => testCrypto(2));
