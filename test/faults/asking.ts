import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../src/checks/answer.ts';
import type { Findings } from './invariants.ts';
import type { World } from './world.ts';

const TIMEOUT_MS = 45_000;

/** What came back, and when; `sentMs` and `gotMs` are of `performance.now()`. */
export type Reply = {
  status: number;
  id: string;
  text: string;
  retryAfter: string | null;
  sentMs: number;
  gotMs: number;
};
type Sent = { method?: string; headers?: Record<string, string>; body?: string };

/** One request. Null where no whole answer came: the server was killed, or the connection broke off. */
export async function send(world: World, path: string, { method = 'POST', headers = {}, body }: Sent) {
  const url = await world.url();
  const sentMs = performance.now();
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(`${url}${path}`, {
      method,
      headers,
      signal,
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const { status } = response;
    const id = response.headers.get('x-request-id') ?? '';
    const retryAfter = response.headers.get('retry-after');
    return { status, id, text, retryAfter, sentMs, gotMs: performance.now() } satisfies Reply;
  } catch {
    // Who asks a server that is being started anew asks not at once again.
    await sleep(20);
    return null;
  }
}

/** What the audit must say of an answer; `status` and `found` where a single check was answered. */
export type Given = { client: string; source?: Answer['source']; found?: boolean; statusCode?: Answer['statusCode'] };

/** The questions that were sent and the answers that were given, for the audit to be compared with in the end. */
export function createLedger(findings: Findings) {
  const given = new Map<string, Given>();
  const refused = new Set<string>();
  let lost = 0;
  return {
    given: (): ReadonlyMap<string, Given> => given,
    /** Ids of those told to come again, and how many were told nothing: they may be in the audit all the same. */
    refused: (): ReadonlySet<string> => refused,
    lost: (): number => lost,
    /** Whether there is an answer; what is none is judged here. `mayRefuse`: statuses that are no fault. */
    isAnswer(reply: Reply | null, mayRefuse: readonly number[] = []): reply is Reply {
      if (reply === null) findings.count('no reply');
      else if (reply.status === 200) return true;
      else if (reply.status === 503) {
        findings.count('503');
        if (reply.retryAfter === null) findings.broken('status', { status: 503, retryAfter: null });
      } else if (mayRefuse.includes(reply.status)) findings.count(`status ${reply.status}`);
      else findings.broken(reply.status >= 500 ? 'status' : 'refused', { status: reply.status, text: reply.text });
      if (reply === null) lost += 1;
      else refused.add(reply.id);
      return false;
    },
    give(id: string, what: Given): void {
      if (given.has(id)) findings.broken('once', { id, twice: true });
      given.set(id, what);
    },
  };
}
export type Ledger = ReturnType<typeof createLedger>;
