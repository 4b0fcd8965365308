// Loaded before everything else by the processes of the tests. JavaScript, so that what takes the types out of
// TypeScript need not be loaded: what it gave before is in the cache, which is the one that the doors keep.
import { enableCompileCache, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/hakpilih', import.meta.url)));

// Node asks of every file of a package whether it is a module, and reads all of the package's exports anew each time:
// for drizzle-orm that is two thirds of a door's start.
registerHooks({
  resolve(specifier, context, next) {
    const { parentURL = '' } = context;
    const isWithin = specifier.startsWith('.') && /\/node_modules\/drizzle-orm\/.*\.js$/.test(parentURL);
    if (!isWithin) return next(specifier, context);
    return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true };
  },
});
