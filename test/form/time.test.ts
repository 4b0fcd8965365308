import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestRegistry, type TestRegistry } from '../support/registry.ts';
import { createTestKeys, type RunningServer, startServer } from '../support/server.ts';
import { createClient } from './post.ts';
import { createResidents } from './residents.ts';

// The one place where time decides: that a record exists must not show in how long its wrong answers take.
const MAX_DISTANCE = 0.05;
/** Of three measurements of this size, chance alone puts the median out of bounds once in more than a thousand runs. */
const SIZES = [400, 400, 400];
const WARM_UPS = 60;
const QUESTIONS_PER_ADDRESS = 100;

let registry: TestRegistry;
let server: RunningServer;
let residents: ReturnType<typeof createResidents>;
let known: string[];

beforeAll(async () => {
  registry = await createTestRegistry();
  residents = createResidents(registry);
  known = await residents.add(WARM_UPS + SIZES.reduce((sum, size) => sum + size));
  const keys = await createTestKeys(registry.registryKey);
  server = await startServer({
    ...keys,
    HAKPILIH_DATABASE_URL: registry.url,
    HAKPILIH_TRUSTED_PROXIES: '127.0.0.1',
  });
});
afterAll(async () => {
  await server?.stop();
  await registry?.close();
});

/** The chance that one of `some` is greater than one of `others`: 0.5 where they cannot be told apart. */
function areaUnderCurve(some: number[], others: number[]): number {
  let greater = 0;
  for (const one of some) for (const other of others) greater += one > other ? 1 : one === other ? 0.5 : 0;
  return greater / (some.length * others.length);
}

function shuffled<Value>(values: Value[]): Value[] {
  return values
    .map((value) => ({ value, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ value }) => value);
}

it('takes a known NIK with a wrong name as long as an unknown one', { timeout: 300_000 }, async () => {
  const client = createClient(server.url);
  let asked = 0;
  const timeOf = async (nik: string): Promise<number> => {
    const address = `203.0.113.${Math.floor(asked++ / QUESTIONS_PER_ADDRESS)}`;
    const reply = await client.post('/', { nik, second: 'SITI AMINAH' }, { 'X-Forwarded-For': address });
    expect(reply.status).toBe(200);
    return reply.ms;
  };
  const measure = async (size: number): Promise<number> => {
    // From a thousand misses on the form asks a proof of work.
    await registry.sql`TRUNCATE site_misses`;
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
    const questions = Array.from({ length: size }, () => [
      ['known', known.pop() as string] as const,
      ['unknown', residents.freshNik()] as const,
    ]);
    for (const [kind, nik] of shuffled(questions.flat())) times[kind].push(await timeOf(nik));
    return areaUnderCurve(times.known, times.unknown);
  };

  await measure(WARM_UPS);
  const distances: number[] = [];
  for (const size of SIZES) {
    distances.push(Math.abs((await measure(size)) - 0.5));
    const within = distances.filter((distance) => distance < MAX_DISTANCE).length;
    // The third cannot change on which side of the bound the median lies.
    if (distances.length === 2 && within !== 1) break;
  }
  client.close();
  const median = distances.toSorted((a, b) => a - b)[1];
  expect(median, `distances from one half: ${distances.join(', ')}`).toBeLessThan(MAX_DISTANCE);
});
