import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyAudit } from '../../src/checks/audit/verify.ts';
import { openEmbeddedDatabase } from '../../src/platform/database.ts';
import { connect, type Sql } from '../../src/registry/sql.ts';
import { createTestKeys } from '../support/server.ts';
import { knowledgeOf } from '../support/state.ts';
import type { Answer } from './answers.ts';
import { type Operation, type Round, type Victim, World } from './killed-world.ts';

const COMBINATIONS: readonly (readonly [Operation, Victim])[] = [
  ['checks', 'server'],
  ['import', 'command'],
  ['bulk', 'server'],
  ['publish', 'command'],
  ['checks', 'postgres'],
  ['replay', 'server'],
  ['import', 'postgres'],
  ['list', 'server'],
  ['bulk', 'postgres'],
  ['checks', 'both'],
  ['publish', 'postgres'],
  ['replay', 'postgres'],
];

/** What a run left: `audit` has the row of each answer, by the question. */
type Outcome = {
  knowledge: Record<string, string[]>;
  audit: Map<string, string>;
  /** Pages of lists, which are cut elsewhere after a crash, are told by `followed`. */
  answers: Answer[];
  followed: ReadonlyMap<number, string>;
};
export type Report = {
  kills: number;
  during: number;
  byKind: Record<string, number>;
  answers: number;
  fromSnapshot: number;
  brokenOff: number;
  unanswered: number;
  /** What is not as it is in the undisturbed run; empty where all is well. */
  faults: string[];
};

/** The same rounds without kills and with them, and what differs in the end. Same seed, same rounds. */
export async function compareKilled(kills: number, seed: number, say: (line: string) => void): Promise<Report> {
  const random = mulberry(seed);
  const rounds = Array.from({ length: kills }, (_, i): Round => {
    const [operation, victim] = COMBINATIONS[i % COMBINATIONS.length] as (typeof COMBINATIONS)[number];
    return { n: i + 1, operation, victim, share: random() };
  });
  const keys = await createTestKeys();
  const usualMs = new Map<Operation, number[]>();
  const calm = await World.create(keys);
  const killed = await World.create(keys);
  try {
    for (const round of rounds) {
      const began = performance.now();
      await calm.round(round, null);
      usualMs.set(round.operation, [...(usualMs.get(round.operation) ?? []), performance.now() - began]);
    }
    say(`undisturbed: ${rounds.length} rounds, ${calm.answers.size} answers`);
    for (const round of rounds) {
      const times = usualMs.get(round.operation) as number[];
      const usual = times.reduce((sum, one) => sum + one, 0) / times.length;
      await killed.round(round, usual * round.share);
      if (round.n % 20 === 0) say(`${round.n} kills, ${killed.kills.during} of them during the operation`);
    }
    const faults: string[] = [];
    const expected = await outcomeOf(calm, faults);
    const unanswered = { rows: 0 };
    const actual = await outcomeOf(killed, faults, unanswered);
    differences(expected, actual, faults);
    if (unanswered.rows > killed.brokenOff)
      faults.push(`${unanswered.rows} audit rows, ${killed.brokenOff} unanswered`);
    const names = rounds.map(({ operation, victim }) => `${operation} × ${victim}`);
    return {
      kills: killed.kills.during + killed.kills.after,
      during: killed.kills.during,
      byKind: Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length])),
      answers: killed.answers.size,
      fromSnapshot: actual.answers.filter(({ of, source }) => of.startsWith('check') && source === 'SNAPSHOT').length,
      brokenOff: killed.brokenOff,
      unanswered: unanswered.rows,
      faults,
    };
  } finally {
    await calm.remove();
    await killed.remove();
  }
}

/** Stops the server and reads what stands in its database; pushes what is wrong in itself. */
async function outcomeOf(world: World, faults: string[], unanswered = { rows: 0 }): Promise<Outcome> {
  await world.stop();
  const database = await openEmbeddedDatabase({ dataDir: world.dataDir, say: () => {} });
  const sql = connect(database.url, { max: 1 });
  try {
    const verdict = await verifyAudit(sql, null);
    if (verdict.fault !== null) faults.push(`the audit does not verify: ${JSON.stringify(verdict.fault)}`);
    const left = await readdir(join(world.dataDir, 'journal'), { recursive: true }).catch(() => []);
    if (left.some((name) => /\.(open|closed|broken)/.test(name))) faults.push(`a journal is left: ${left}`);
    const rows = await sql`SELECT id, kind, client, claim, found, asked, matched, status, flags, region::text, source,
      suket_ends::text, of_age_on::text, detail->>'rows' AS rows FROM audit`;
    const audit = new Map<string, string>();
    for (const { id, source, ...row } of rows) {
      const answer = world.answers.get(id as string);
      if (answer === undefined) unanswered.rows += 1;
      else audit.set(answer.of, JSON.stringify(row));
      if (answer !== undefined && answer.source !== source) faults.push(`${answer.of}: audited as of ${source}`);
    }
    if (audit.size !== world.answers.size) faults.push(`${world.answers.size} answers, ${audit.size} in the audit`);
    const answers = [...world.answers.values()].filter(({ of }) => !of.startsWith('list'));
    return { knowledge: await tablesOf(sql), audit, answers, followed: world.followed };
  } finally {
    await sql.end();
    await database.close();
  }
}

/** Registry, change log, ledger and lists, without times, ids and the numbers of copies. */
async function tablesOf(sql: Sql): Promise<Record<string, string[]>> {
  const { audit: _, ...knowledge } = await knowledgeOf(sql);
  const lists = await sql`
    SELECT concat_ws('|', l.client, l.region, l.idempotency_key, l.digest, l.rows, c.source, c.as_of,
      (SELECT md5(string_agg(r.tag || r.ref, ',' ORDER BY r.tag, r.ref)) FROM list_refs r WHERE r.list = l.id)) AS row
    FROM lists l JOIN copies c ON c.id = l.since_copy ORDER BY 1`;
  const clients =
    await sql`SELECT concat_ws('|', name, scopes::text, region, per_minute, per_day) AS row FROM clients`;
  return { ...knowledge, lists: lists.map(({ row }) => row), clients: clients.map(({ row }) => row) };
}

function differences(expected: Outcome, actual: Outcome, faults: string[]): void {
  for (const [name, rows] of Object.entries(expected.knowledge))
    if (rows.join('\n') !== actual.knowledge[name]?.join('\n'))
      faults.push(`${name} differs: ${rows.length} rows, and ${actual.knowledge[name]?.length}`);
  for (const [n, changes] of expected.followed)
    if (changes !== actual.followed.get(n)) faults.push(`other changes of the list read in round ${n}`);
  const right = new Map(expected.answers.map((answer) => [answer.of, answer]));
  if (right.size !== actual.answers.length) faults.push(`${right.size} answers, and ${actual.answers.length}`);
  for (const answer of actual.answers) {
    const known = right.get(answer.of);
    // A snapshot may be of the copy before.
    if (answer.source === 'SNAPSHOT' && answer.asOf !== known?.asOf) continue;
    if (answer.text !== known?.text)
      faults.push(`another answer to ${answer.of}: ${answer.text}, not ${known?.text}`);
    if (actual.audit.get(answer.of) !== expected.audit.get(answer.of))
      faults.push(`another audit row of ${answer.of}`);
  }
}

/** Random numbers from 0 to 1 that follow from the seed (mulberry32). */
function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
