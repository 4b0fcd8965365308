import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Imported first by a door: what it imports after this is compiled once and then read, which halves the time to
// start. Where the directory cannot be written there is just no cache.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/hakpilih', import.meta.url)));
