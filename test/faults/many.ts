import type { Answer } from '../../src/checks/answer.ts';
import { type Ledger, send } from './asking.ts';
import type { Caller } from './checks.ts';
import type { Findings } from './invariants.ts';
import { type Asked, expectedAnswer, type History, type State } from './oracle.ts';
import type { World } from './world.ts';

type Dependencies = { world: World; history: History; findings: Findings; ledger: Ledger };
type Shown = Pick<Answer, 'document' | 'voter' | 'statusCode'> & { reasons: string[] };
type Change = { ref: string; from: Shown; to: Shown };
type Followed = { id: string; niks: readonly string[]; shown: Map<string, string>; cursor: string };

const LINES = { 'Content-Type': 'application/x-ndjson' };

/** The line of a bulk answer. */
function lineOf(answer: Answer, ref: string): string {
  const { document, voter, reasons, actions, statusCode, region, suket, matches, asOf } = answer;
  const { name, kk } = matches;
  const decision = { ref, document, voter, reasons: reasons.map(({ code }) => code), actions };
  return JSON.stringify({ ...decision, statusCode, region, suket, matches: { name, kk }, asOf });
}

const shownIn = (state: State, nik: string): string => {
  const { document, voter, reasons, statusCode } = expectedAnswer(state, { nik }, null);
  return JSON.stringify({ document, voter, statusCode, reasons: reasons.map(({ code }) => code) });
};

/** Asks for many at once: bulk checks, and lists that are made, followed, counted and taken away. */
export function createMany({ world, history, findings, ledger }: Dependencies) {
  const lists: Followed[] = [];
  let made = 0;

  const bulk = async (asked: readonly Asked[], { client, region, authorization }: Caller): Promise<void> => {
    const body = asked.map((one, i) => `${JSON.stringify({ ref: `r${i}`, ...one })}\n`).join('');
    const reply = await send(world, '/v1/checks/bulk', { headers: { ...LINES, Authorization: authorization }, body });
    findings.count('bulks');
    if (!ledger.isAnswer(reply)) return;
    ledger.give(reply.id, { client });
    const lines = reply.text.trimEnd().split('\n');
    const told = lines.slice(0, -1);
    const isOf = (state: State): boolean =>
      told.length === asked.length &&
      asked.every((one, i) => lineOf(expectedAnswer(state, one, region), `r${i}`) === told[i]);
    if (!history.current(reply.sentMs, reply.gotMs).some(isOf)) findings.broken('bulk', { lines: lines.slice(0, 3) });
    findings.count('bulks answered');
  };

  const make = async (niks: readonly string[], { authorization }: Caller): Promise<void> => {
    made += 1;
    const headers = { ...LINES, Authorization: authorization, 'Idempotency-Key': `list-${made}` };
    const body = niks.map((nik) => `${JSON.stringify({ ref: nik.slice(6), nik })}\n`).join('');
    // Asked again where no answer came: it is one list all the same.
    for (let tries = 0; tries < 5; tries += 1) {
      const reply = await send(world, '/v1/lists', { headers, body });
      findings.count('lists made');
      const isMade = reply?.status === 201 || reply?.status === 200;
      if (!isMade && ledger.isAnswer(reply)) continue;
      if (!isMade || reply === null) continue;
      const { id, rows, cursor } = JSON.parse(reply.text);
      const states = history.current(reply.sentMs, reply.gotMs);
      if (rows !== niks.length) findings.broken('list', { rows, wanted: niks.length });
      // Where an import came in between, it is not known from here which state the list began with.
      const [state] = states;
      if (states.length !== 1 || state === undefined || tries > 0) return await remove(id, authorization);
      const shown = new Map(niks.map((nik) => [nik.slice(6), shownIn(state, nik)]));
      lists.push({ id, niks, shown, cursor });
      return;
    }
  };

  const remove = async (id: string, authorization: string): Promise<void> => {
    await send(world, `/v1/lists/${id}`, { method: 'DELETE', headers: { Authorization: authorization } });
  };

  /** Reads all changes of a list: then what it shows is one state. */
  const follow = async (list: Followed, { client, authorization }: Caller): Promise<void> => {
    for (;;) {
      const path = `/v1/lists/${list.id}/changes?limit=20&after=${encodeURIComponent(list.cursor)}`;
      const reply = await send(world, path, { method: 'GET', headers: { Authorization: authorization } });
      findings.count('lists read');
      if (!ledger.isAnswer(reply)) return;
      ledger.give(reply.id, { client });
      const { changes, cursor, more } = JSON.parse(reply.text) as {
        changes: Change[];
        cursor: string;
        more: boolean;
      };
      for (const { ref, from, to } of changes) {
        const before = list.shown.get(ref);
        if (before !== inOrder(from)) findings.broken('list', { ref, from, before });
        list.shown.set(ref, inOrder(to));
      }
      list.cursor = cursor;
      findings.count('changes told', changes.length);
      if (more) continue;
      const isOf = (state: State) => list.niks.every((nik) => shownIn(state, nik) === list.shown.get(nik.slice(6)));
      if (!history.current(reply.sentMs, reply.gotMs).some(isOf))
        findings.broken('list', { id: list.id, followed: true });
      return;
    }
  };

  const count = async (list: Followed, { client, authorization }: Caller): Promise<void> => {
    const reply = await send(world, `/v1/lists/${list.id}`, {
      method: 'GET',
      headers: { Authorization: authorization },
    });
    findings.count('lists read');
    if (!ledger.isAnswer(reply)) return;
    ledger.give(reply.id, { client });
    const { documents } = JSON.parse(reply.text) as { documents: Record<string, number> };
    const isOf = (state: State): boolean => {
      const expected: Record<string, number> = { EKTP: 0, SUKET: 0, NEITHER: 0, UNDETERMINED: 0 };
      for (const nik of list.niks) {
        const { document } = expectedAnswer(state, { nik }, null);
        expected[document] = (expected[document] ?? 0) + 1;
      }
      return Object.entries(expected).every(([document, count]) => documents[document] === count);
    };
    if (!history.current(reply.sentMs, reply.gotMs).some(isOf)) findings.broken('list', { documents });
  };

  return {
    bulk,
    make,
    /** Follows or counts one of the lists, if there is any; an old one is taken away now and then. */
    async read(caller: Caller, number: number, isCount: boolean): Promise<void> {
      const list = lists[number % Math.max(1, lists.length)];
      if (list === undefined) return;
      await (isCount ? count(list, caller) : follow(list, caller));
      const oldest = lists.length > 8 ? lists.shift() : undefined;
      if (oldest !== undefined) await remove(oldest.id, caller.authorization);
    },
  };
}

const inOrder = ({ document, voter, statusCode, reasons }: Shown): string =>
  JSON.stringify({ document, voter, statusCode, reasons });
