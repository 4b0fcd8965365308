// Loaded before everything else by the processes of the tests. Node asks of every file of a package whether it is a
// module, and reads all of the package's exports anew each time: for drizzle-orm that is two thirds of a door's start.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL = '' } = context;
    const isWithin = specifier.startsWith('.') && /\/node_modules\/drizzle-orm\/.*\.js$/.test(parentURL);
    if (!isWithin) return next(specifier, context);
    return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true };
  },
});
