import { sealAudit } from '../../src/checks/audit/seal.ts';
import { verifyAudit } from '../../src/checks/audit/verify.ts';
import { statusCode, statusOfNumber } from '../../src/core/status.ts';
import type { Given, Ledger } from './asking.ts';
import type { Findings } from './invariants.ts';
import type { World } from './world.ts';

type Recorded = { id: string; kind: string; source: string; client: string; found: boolean | null; status: number };

/** Compares the audit with the answers that were given, once everything has recovered and the server is down. */
export async function judgeAudit(world: World, ledger: Ledger, findings: Findings): Promise<void> {
  if ((await world.journalLines()) > 0) findings.broken('drained', { lines: await world.journalLines() });
  const rows = await world.sql<Recorded[]>`SELECT id::text, kind, source, client, found, status FROM audit`;
  const given = ledger.given();
  const recorded = new Map(rows.map((row) => [row.id, row]));
  for (const [id, answer] of given) {
    const row = recorded.get(id);
    if (row === undefined) findings.broken('audited', { id, ...answer });
    else judgeRow(row, answer, findings);
  }
  const extra = rows.filter(({ id }) => !given.has(id) && !ledger.refused().has(id)).length;
  if (extra > ledger.lost()) findings.broken('once', { extra, askedInVain: ledger.lost() });
  await sealAudit(world.sql);
  const { fault, rows: sealed, unsealed } = await verifyAudit(world.sql, null);
  if (fault !== null || sealed + unsealed !== rows.length) findings.broken('sealed', { fault, sealed, unsealed });
  findings.count('audit rows', rows.length);
}

function judgeRow(row: Recorded, { client, source, found, statusCode: told }: Given, findings: Findings): void {
  if (row.client !== client) findings.broken('recorded', { id: row.id, client: row.client });
  if (source === undefined || row.kind !== 'CHECK') return;
  const isTold = row.found !== true || row.status < 0 || statusCode(statusOfNumber(row.status)) === told;
  // The statement that was not waited for has committed: the check is one, and its row is that of the database.
  if (source === 'SNAPSHOT' && row.source === 'REGISTRY') {
    findings.count('rows of statements given up on');
    if (row.found !== found || !isTold) findings.count('rows of statements given up on that say otherwise');
    return;
  }
  if (row.source !== source || row.found !== found || !isTold)
    findings.broken('recorded', { row, source, found, told });
}
