/**
 * Mutation tests of a room: `npm run mutate -- core`, or of some of its files: `npm run mutate -- core nik.ts suket.ts`.
 * Fails below the share of mutants that the room's own fast tests must kill. The report goes to `dist/mutation/`.
 */
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';

/** The made-up exports of `intake/sample*.ts` are test data; its readers are what counts. */
const ROOMS: Record<string, { files: string[]; atLeast: number }> = {
  core: { files: ['src/core/*.ts'], atLeast: 85 },
  intake: { files: ['src/intake/*.ts', '!src/intake/sample*.ts'], atLeast: 75 },
};

const [name = '', ...only] = process.argv.slice(2);
const room = ROOMS[name];
if (!room) {
  process.stderr.write(`usage: npm run mutate -- ${Object.keys(ROOMS).join('|')} [file.ts ...]\n`);
  process.exit(2);
}

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const stryker = new Stryker({
  mutate: only.length > 0 ? only.map((file) => `src/${name}/${file}`) : room.files,
  testRunner: 'vitest',
  plugins: [
    import.meta.resolve('@stryker-mutator/vitest-runner'),
    fileURLToPath(new URL('tables.ts', import.meta.url)),
  ],
  ignorers: ['tables'],
  vitest: { configFile: 'test/mutation/vitest.config.ts', dir: `test/${name}`, related: true },
  ignorePatterns: ['*', '!/src/**', '!/test/**', '!/package.json'],
  concurrency: 1,
  coverageAnalysis: 'perTest',
  thresholds: { high: 95, low: room.atLeast, break: room.atLeast },
  timeoutMS: 5_000,
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, reportTests: false, logTests: false },
  htmlReporter: { fileName: `dist/mutation/${name}.html` },
  jsonReporter: { fileName: `dist/mutation/${name}.json` },
  tempDirName: 'dist/mutation/sandbox',
  allowConsoleColors: false,
});
await stryker.runMutationTest();
