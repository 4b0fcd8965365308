// A process of its own that opens the embedded database of a directory, says where, and closes it when its input ends.
import { openEmbeddedDatabase } from '../../src/platform/database.ts';

const database = await openEmbeddedDatabase({ dataDir: process.argv[2] as string, say: () => {} });
console.log(database.url);
process.stdin.resume().on('end', () => database.close());
