import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/checks/answer.ts';
import { answerIn, check, type Runtime, startRuntime } from '../support/runtimes.ts';
import { runCli } from '../support/server.ts';
import { keepTables, type Tables, tablesOf } from '../support/state.ts';

const DATA = 'test/data/real-exports';
/** A command takes most of a core. */
const LANES = 2;
const MAX_REFUSAL_LINES = 10;

/** What is asked of a resident, and what must be answered: only what is named is compared. */
type Check = {
  nik: string;
  name?: string;
  document?: string;
  document_in?: string[];
  voter?: string;
  voter_not?: string;
  /** Codes, in order. */
  reasons?: string[];
  suket?: object | null;
  matches?: object;
};

/** A file as offices really export it, and what must become of it. */
type Case = {
  case: string;
  what: string;
  file: string;
  command?: 'check';
  args: string[];
  expect: {
    import: 'ok' | 'refused' | 'either';
    /** Of the text of a refusal. */
    message?: string;
    /** Of the report of a file that is read although not all checks hold. */
    orWarns?: string;
    /** Rows, of a file that is read. */
    rejected?: number;
    /** Answers, of a list that is read. */
    lines?: number;
    checks?: Check[];
  };
};

const cases: Case[] = (await readFile(`${DATA}/expected.jsonl`, 'utf8'))
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

/** A migrated, empty registry and the server over it, which several cases use, one after the other. */
type Lane = { runtime: Runtime; empty: Tables; clear(): Promise<void> };

describe('an export as offices really make it', () => {
  let directory: string;
  let lanes: Lane[] = [];
  const free: Lane[] = [];
  const waiting: ((lane: Lane) => void)[] = [];
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hakpilih-exports-'));
    lanes = await Promise.all(Array.from({ length: LANES }, openLane));
    free.push(...lanes);
  });
  afterAll(async () => {
    await Promise.all(lanes.map(({ runtime }) => runtime.stop()));
    await rm(directory, { recursive: true, force: true });
  });

  const inLane = async (work: (lane: Lane) => Promise<void>): Promise<void> => {
    const lane = free.pop() ?? (await new Promise<Lane>((resolve) => waiting.push(resolve)));
    try {
      await work(lane);
    } finally {
      await lane.clear();
      const next = waiting.shift();
      if (next) next(lane);
      else free.push(lane);
    }
  };

  it('is here in all its kinds', () => {
    expect(cases).toHaveLength(37);
    expect(new Set(cases.map((one) => one.case)).size).toBe(cases.length);
  });

  for (const one of cases)
    it.concurrent(`${one.case}: ${one.what}`, () => inLane((lane) => replay(one, directory, lane)));
});

async function openLane(): Promise<Lane> {
  const runtime = await startRuntime('Node');
  const { sql } = runtime.registry;
  return { runtime, empty: await tablesOf(sql), clear: await keepTables(sql) };
}

/** Gives the file to the command line, and asks the server about those who are in it. */
async function replay(one: Case, directory: string, { runtime, empty }: Lane): Promise<void> {
  const { keys, registry } = runtime;
  expect(empty).toMatchObject({ copies: [], residents: [] });
  expect(await tablesOf(registry.sql)).toEqual(empty);
  const file = join(directory, one.case, one.file);
  await cp(`${DATA}/${one.file}`, file);

  const command = one.command === 'check' ? ['check', file, '--out', `${file}.answers`] : ['import', file];
  const env = { ...keys, HAKPILIH_DATABASE_URL: registry.url, HAKPILIH_TODAY: '2018-01-12' };
  const done = await runCli([...command, ...one.args, '--json'], env);
  await expectNothingPersonal(file, done);

  if (one.expect.import !== 'either') expect(done.code, done.out).toBe(one.expect.import === 'ok' ? 0 : 1);
  if (done.code !== 0) {
    expectRefusal(done, one);
    expect(await tablesOf(registry.sql)).toEqual(empty);
  } else if (one.command === 'check') expectAnswers(done, one);
  else await expectRead(done, one, runtime);
}

type Done = Awaited<ReturnType<typeof runCli>>;

function expectRefusal({ code, out, err }: Done, { expect: { message } }: Case): void {
  expect(code).toBe(1);
  const { error } = JSON.parse(out);
  // What the program did not foresee is no refusal, though it ends the same.
  expect(error.message).not.toMatch(/unexpected/i);
  expect(`${error.message}\n${err}`.trim().split('\n').length).toBeLessThanOrEqual(MAX_REFUSAL_LINES);
  if (message !== undefined) expect(`${error.message}\n${err}`).toMatch(new RegExp(message, 'i'));
}

function expectAnswers({ out }: Done, { expect: { lines } }: Case): void {
  const { lines: asked, errors } = JSON.parse(out);
  expect({ asked, errors }).toEqual({ asked: lines, errors: {} });
}

async function expectRead({ out, err }: Done, { expect: expected }: Case, runtime: Runtime): Promise<void> {
  const report = JSON.parse(out);
  if (expected.rejected !== undefined) expect(report).toMatchObject({ rejected: expected.rejected });
  const authorization = await runtime.bearer();
  const { checks = [] } = expected;
  const wrong = (await Promise.all(checks.map((one) => faultOf(one, runtime, authorization)))).filter(
    (fault) => fault !== null,
  );
  if (expected.orWarns === undefined) expect(wrong).toEqual([]);
  else if (wrong.length > 0 || checks.length === 0)
    expect(`${out}\n${err}`).toMatch(new RegExp(expected.orWarns, 'i'));
}

/** What is asked and what is answered where that is not what must be; else null. */
async function faultOf(question: Check, runtime: Runtime, authorization: string): Promise<object | null> {
  const {
    nik,
    name,
    document_in: documents,
    voter_not: notVoter,
    document,
    voter,
    reasons,
    suket,
    matches,
  } = question;
  const response = await check(runtime, authorization, { nik, name });
  const answer: Partial<Answer> = await answerIn(response);
  const got = {
    status: response.status,
    document: answer.document,
    voter: answer.voter,
    reasons: answer.reasons?.map(({ code }) => code),
    suket: answer.suket,
    matches: answer.matches,
  };
  const all = Object.entries({ document, voter, reasons, suket, matches }).filter(([, value]) => value !== undefined);
  try {
    expect(got).toMatchObject({ status: 200, ...Object.fromEntries(all) });
    if (documents) expect(documents).toContain(got.document);
    if (notVoter) expect([notVoter, undefined]).not.toContain(got.voter);
    return null;
  } catch {
    return { question, got };
  }
}

/** Neither the terminal nor the file of rejected rows repeats who is in the file, and no program text is shown. */
async function expectNothingPersonal(file: string, { out, err }: Done): Promise<void> {
  const rejects = await readFile(`${file}.rejected.csv`, 'utf8').catch(() => '');
  const said = `${out}\n${err}\n${rejects}`;
  expect(said).not.toMatch(/\n\s+at |node:internal|\.ts:[0-9]/);
  const personal = personalIn(await readFile(file));
  expect(personal).not.toEqual([]);
  for (const value of personal) expect(said.includes(value), `repeats ${value}`).toBe(false);
}

/** Every number of sixteen digits in a file, as it is and as it is written there, and every name. */
function personalIn(bytes: Buffer): string[] {
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
  const found = new Set<string>();
  let nameAt = -1;
  for (const line of text.split('\n')) {
    const cells = line.split(/[;,|~\t]/).map((cell) => cell.trim());
    const head = cells.findIndex((cell) => /^NAM[AE]/i.test(cell));
    if (head >= 0) nameAt = head;
    else if (/[a-z]{2}.*[a-z]{2}/i.test(cells[nameAt] ?? '')) found.add(cells[nameAt] as string);
    for (const cell of cells) {
      if (!/^\D{0,3}[0-9](?:[ .-]?[0-9]){15}(?![0-9])/.test(cell)) continue;
      found.add(cell).add(cell.replace(/\D/g, '').slice(0, 16));
    }
  }
  return [...found];
}
