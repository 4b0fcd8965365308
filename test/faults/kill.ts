// kill -9 at random moments: `npm run test:kill`, or `npm run test:kill -- KILLS SEED`. Ends with 1 where anything is
// not in the end as it is without kills.
import { randomInt } from 'node:crypto';
import { compareKilled } from './kills.ts';

const [kills = 200, seed = randomInt(2 ** 31)] = process.argv.slice(2).map(Number);
console.log(`${kills} kills, seed ${seed}`);
const { faults, ...report } = await compareKilled(kills, seed, console.log);
console.log(JSON.stringify(report, null, 2));
for (const fault of faults) console.log(`FAULT ${fault}`);
console.log(faults.length === 0 ? 'Nothing is otherwise than without kills' : `${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
