import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createTestRegistry,
  importResidents,
  nikOf,
  resident,
  type TestRegistry,
  UNLIMITED,
} from '../support/registry.ts';
import { answerIn, check } from '../support/runtimes.ts';
import { type Line, startBulkServer } from './service.ts';

const LINES = 1_000_000;
const RESIDENTS = 5_000;
/** A prime: the sample meets residents and strangers of every kind. */
const SAMPLE_EVERY = 4_999;

/** What is under way when a fifth is answered is nearly all that there ever is. */
const FLAT = 1.25;

describe('a bulk check of a million lines', () => {
  let registry: TestRegistry;
  let server: Awaited<ReturnType<typeof startBulkServer>>;
  beforeAll(async () => {
    registry = await createTestRegistry();
    const facts = [
      { status: 'CARD_ISSUED' },
      { status: 'PRINT_READY_RECORD' },
      { status: 'UNREGISTERED', tniPolri: true },
      { status: 'UNKNOWN', region: null },
    ] as const;
    await importResidents(
      registry,
      Array.from({ length: RESIDENTS }, (_, i) => resident(nikOf(i), facts[i % facts.length])),
    );
    server = await startBulkServer(registry);
  });
  afterAll(async () => {
    await server?.stop();
    await registry?.close();
  });

  /** One in six is nobody. */
  const nikAt = (line: number): string => nikOf((line * 7_919) % (RESIDENTS * 1.2));

  const peakMb = (): number => {
    const [, kb] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8')) ?? [];
    return Number(kb) / 1024;
  };

  it('keeps their order, in flat memory, and says what single checks say', async () => {
    const questions = Array.from({ length: LINES }, (_, i) => `{"ref":"${i}","nik":"${nikAt(i)}"}\n`).join('');
    const response = await server.ask(Buffer.from(questions));
    expect(response.status).toBe(200);
    const sample = new Map<number, Line>();
    let lines = 0;
    let summary: Line;
    let peakOfFifth = 0;
    for await (const text of createInterface({ input: Readable.fromWeb(response.body as never) })) {
      if (!text.startsWith(`{"ref":"${lines}",`)) {
        summary = JSON.parse(text).summary;
        continue;
      }
      expect(summary).toBeUndefined();
      if (lines % SAMPLE_EVERY === 0) sample.set(lines, JSON.parse(text));
      lines += 1;
      if (lines === LINES / 5) peakOfFifth = peakMb();
    }
    expect(lines).toBe(LINES);
    expect(summary).toMatchObject({ lines: LINES, errors: {} });
    expect(peakMb()).toBeLessThan(peakOfFifth * FLAT);

    const authorization = `Bearer ${await server.token({ client: UNLIMITED, scopes: ['check'] })}`;
    for (const [line, { ref, matches, ...answer }] of sample) {
      const single = await answerIn(await check(server, authorization, { nik: nikAt(line) }));
      expect(ref).toBe(String(line));
      expect(matches).toEqual({ name: null, kk: null });
      expect({ ...single, reasons: single.reasons.map(({ code }) => code) }).toMatchObject(answer);
    }
    expect(sample.size).toBe(Math.ceil(LINES / SAMPLE_EVERY));
  });
});
