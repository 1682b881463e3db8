import { cryptoContract } from '../shared/testkit/crypto-contract.ts';
import { nodeCrypto } from './node-crypto.ts';

cryptoContract('nodeCrypto', () => nodeCrypto);
