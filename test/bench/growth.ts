import type { BenchContext } from './context.ts';
import { benchToken, measure, median, round, startListening } from './tools.ts';

const CHECKS_A_ROUND = 2_000;

/** Median time of one check, asked one after another, at a hundredth of the rows and at all of them, in turn. */
export async function benchGrowth({ keys, create, sample, rows, rounds }: BenchContext, largeUrl: string) {
  const few = Math.round(rows / 100);
  const file = await sample(few);
  const smallUrl = await create('bench_small');
  const importing = [
    'src/cli.ts',
    'import',
    file,
    '--source',
    '32.01',
    '--as-of',
    '2018-01-12T17:00:00+07:00',
    '--json',
  ];
  await measure(importing, { ...keys, HAKPILIH_DATABASE_URL: smallUrl });
  const headersOf = async (url: string) => ({
    Authorization: await benchToken(keys, url),
    'Content-Type': 'application/json',
  });
  const headers = { small: await headersOf(smallUrl), large: await headersOf(largeUrl) };
  const niks = await firstNiks(file);
  const start = (url: string) =>
    startListening('src/node.ts', { ...keys, HAKPILIH_DATABASE_URL: url, HAKPILIH_TODAY: '2018-01-12', PORT: '0' });
  const servers = { small: await start(smallUrl), large: await start(largeUrl) };
  const times = { small: [] as number[], large: [] as number[] };
  const one = async (size: 'small' | 'large', nik: string): Promise<number> => {
    const started = performance.now();
    const response = await fetch(`${servers[size].url}/v1/checks`, {
      method: 'POST',
      headers: headers[size],
      body: JSON.stringify({ nik }),
    });
    await response.arrayBuffer();
    return performance.now() - started;
  };
  for (let round = 0; round <= rounds; round += 1) {
    for (let i = 0; i < CHECKS_A_ROUND; i += 1) {
      const nik = niks[(i * 37) % niks.length] as string;
      for (const size of ['small', 'large'] as const) {
        const ms = await one(size, nik);
        // The first round warms up.
        if (round > 0) times[size].push(ms);
      }
    }
  }
  await servers.small.stop();
  await servers.large.stop();
  const [small, large] = [median(times.small), median(times.large)];
  return {
    rowsSmall: few,
    medianMsSmall: round(small, 3),
    rowsLarge: rows,
    medianMsLarge: round(large, 3),
    ratio: round(large / small, 2),
  };
}

async function firstNiks(file: string): Promise<string[]> {
  const { readFile } = await import('node:fs/promises');
  return (await readFile(file, 'utf8'))
    .split('\r\n')
    .slice(1, -1)
    .map((line) => line.slice(0, 16));
}
