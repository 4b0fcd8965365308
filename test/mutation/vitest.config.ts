import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The most cases come last: most mutants fall to a smaller test before. */
class SlowLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const slow = (file: TestSpecification) =>
      Number(/(decide|record|scanner|dialects|unreadable)\.test\.ts$/.test(file.moduleId));
    return files.toSorted((a, b) => slow(a) - slow(b));
  }
}

/** The fast tests alone: no database, no global setup. Stryker says of which folder. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    // Of the made-up exports, not of what reads them; and thousands of whole files, which take a minute for each mutant.
    exclude: ['**/sample.test.ts', '**/properties.test.ts'],
    environment: 'node',
    testTimeout: 120_000,
    sequence: { sequencer: SlowLast },
  },
});
