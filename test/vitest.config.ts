import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take longest, the longest first: begun last, they would run on while everything else is done. */
const LONGEST = [
  'form/time',
  'contract/sessions',
  'contract/database',
  'faults/faults',
  'import/failures',
  'doors/server',
  'platform/database',
  'doors/clients',
  'doors/faults',
  'form/browser',
  'intake/properties',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return found === -1 ? LONGEST.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 240_000,
    hookTimeout: 300_000,
    pool: 'forks',
    // One more than the two cores that it is meant for: a third of the time a test waits for a limit of the service.
    maxWorkers: 3,
    execArgv: ['--import', new URL('support/quick-modules.js', import.meta.url).href],
    sequence: { sequencer: LongestFirst },
  },
});
