import type { Invariant } from './invariants.ts';

/** A bug: one place of a file of `src`, as it is and as it would be wrong, and the invariant that must find it. */
type Plant = { invariant: Invariant; file: string; sound: string; wrong: string };

export const PLANTS: Record<string, Plant> = {
  'snapshot shows another status': {
    invariant: 'answer',
    file: 'snapshot/snapshot.ts',
    sound: '...row.facts,',
    wrong: '...row.facts, status: 3,',
  },
  'snapshot shows other regions': {
    invariant: 'answer',
    file: 'snapshot/standing.ts',
    sound: 'region: claim });',
    wrong: 'region: null });',
  },
  'an outage is a miss': {
    invariant: 'audited',
    file: 'checks/sources.ts',
    sound: `throw unavailable ?? new Unavailable('NO_SOURCE');`,
    wrong: `return { finding: { facts: null, asOfMs: null, sourceRegion: null, source: 'REGISTRY', nameMatches: null,
      kkMatches: null, suketMatches: null }, admission: { refusal: null, quota: null } as Admitted };`,
  },
  'an unknown status is none': {
    invariant: 'neither',
    file: 'core/decide.ts',
    sound: `row === null ? 'UNDETERMINED'`,
    wrong: `row === null ? 'NEITHER'`,
  },
  'a miss is not recorded': {
    invariant: 'neither',
    file: 'core/decide.ts',
    sound: `  document: 'UNDETERMINED',
  voter: 'UNDETERMINED',
  reasons: [reason],`,
    wrong: `  document: 'NEITHER',
  voter: 'NOT_ELIGIBLE',
  reasons: [reason],`,
  },
  'the registry is remembered': {
    invariant: 'current',
    file: 'checks/check.ts',
    sound: 'const { finding, admission } = await findIn(sources, asked);',
    wrong: `const key = JSON.stringify([question, caller]);
    const all = ((globalThis as any).remembered ??= new Map());
    const fresh = await findIn(sources, asked);
    const { finding, admission } = all.get(key) ?? fresh;
    if (fresh.finding.source === 'REGISTRY') all.set(key, fresh);`,
  },
  'no newer snapshot is taken up': {
    invariant: 'published',
    file: 'snapshot/snapshot.ts',
    sound: 'if (number === current?.number) return;',
    wrong: 'if (current !== null) return;',
  },
  'a revoked client is answered from the snapshot': {
    invariant: 'revoked',
    file: 'snapshot/standing.ts',
    sound: `if (client?.isRevoked) return refuse('REVOKED');`,
    wrong: '',
  },
  'a revoked client is answered by the database': {
    invariant: 'revoked',
    file: 'registry/check-statement.ts',
    sound: `admit(c.client, 'check',`,
    wrong: `admit('client-0', 'check',`,
  },
  'nothing is journalled': {
    invariant: 'audited',
    file: 'snapshot/source.ts',
    sound: 'await journal.append(journalLine(journalRow(asked, finding, now())));',
    wrong: '',
  },
  'the journal is written when there is time': {
    invariant: 'audited',
    file: 'platform/journal-file.ts',
    sound: 'if (waiting.length === 1) void inTurn(write);',
    wrong: 'resolve(); if (waiting.length === 1) setTimeout(() => void inTurn(write), 300);',
  },
  'the journal is forgotten before it is entered': {
    invariant: 'audited',
    file: 'platform/fallback.ts',
    sound: 'await inTime(enterRows(sql, rows), REPLAY_TIMEOUT_MS);',
    wrong: '',
  },
  'a part of the journal is not entered': {
    invariant: 'audited',
    file: 'snapshot/journal.ts',
    sound: 'if (parsed?.success) rows.push(parsed.data);',
    wrong: 'if (parsed?.success && rows.length < 10) rows.push(parsed.data);',
  },
  'journalled rows are entered under ids of their own': {
    invariant: 'once',
    file: 'platform/fallback.ts',
    sound: 'await inTime(enterRows(sql, rows), REPLAY_TIMEOUT_MS);',
    wrong: `await inTime(enterRows(sql, rows.flatMap((row) => [row, { ...row, id: crypto.randomUUID() }])),
      REPLAY_TIMEOUT_MS);`,
  },
  'the journal says another status': {
    invariant: 'recorded',
    file: 'snapshot/journal.ts',
    sound: 'status: facts?.status ?? null,',
    wrong: 'status: facts === null ? null : 3,',
  },
  'a seal says another end': {
    invariant: 'sealed',
    file: 'checks/audit/seal.ts',
    sound: 'const numbers = [id, fromXid, toXid].map(String);',
    wrong: 'const numbers = [id, fromXid, toXid - 1n].map(String);',
  },
  'an outage is an error of ours': {
    invariant: 'status',
    file: 'http/app.ts',
    sound: `if (!(error instanceof Unavailable)) return new Problem('internal');`,
    wrong: `if (error instanceof Unavailable) return new Problem('internal');`,
  },
  'nobody is told when to come again': {
    invariant: 'status',
    file: 'http/app.ts',
    sound: `return new Problem('unavailable', [], { 'Retry-After': String(error.retryAfterSeconds) });`,
    wrong: `return new Problem('unavailable');`,
  },
  'a client lacks its scope in the snapshot': {
    invariant: 'refused',
    file: 'platform/fallback.ts',
    sound: 'clientOf: (name) => clients?.get(name) ??',
    wrong: `clientOf: (name) => name === 'client-1' ? { ...clients?.get(name)!, scopes: [] } : clients?.get(name) ??`,
  },
  'bulk answers are one line off': {
    invariant: 'bulk',
    file: 'checks/bulk/outcomes.ts',
    sound: 'line.short = shorts[i] as string;',
    wrong: 'line.short = shorts[(i + 1) % shorts.length] as string;',
  },
  'a change of a list is passed over': {
    invariant: 'list',
    file: 'checks/lists/follow.ts',
    sound: 'return { changes, cursor: cursorText(end),',
    wrong: 'return { changes: changes.slice(1), cursor: cursorText(end),',
  },
  'any second fact will do': {
    invariant: 'form',
    file: 'snapshot/form-source.ts',
    sound: 'const matches = finding.nameMatches ?? finding.kkMatches ?? false;',
    wrong: 'const matches = finding.facts !== null;',
  },
  'the journal is never entered': {
    invariant: 'drained',
    file: 'platform/fallback.ts',
    sound: 'if (await journal.hasRows()) await journal.drain(replay);',
    wrong: '',
  },
};
