import { partStoreContract } from './part-store-contract.ts';
import { MemoryPartStore } from './share-bed.ts';

partStoreContract('memory', () => Promise.resolve(new MemoryPartStore()));
