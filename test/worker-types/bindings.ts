import type worker from '../../src/worker.ts';

type Expected = Parameters<typeof worker.fetch>[1];

/** All that the Worker needs is bound in wrangler.toml or declared there as a secret; and all that is declared there, it knows. */
export const bound = (bindings: Bindings): Expected => bindings;
export const known = (name: keyof Bindings): keyof Expected => name;
