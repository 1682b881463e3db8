/** `npm run prove`: the long versions of the proofs that `npm test` holds in small. `-- word` runs some of them. */
import { runLong } from './long.mjs';

process.exitCode = runLong('prove', process.argv.slice(2));
