import { type Asking, meteredCtes, visible } from './lists.ts';
import type { Sql } from './sql.ts';
import { AUDITED_SOURCE, judgedCte, judgedRow } from './standing.ts';

/**
 * A request for many residents, which has one row in the audit: that says what was asked, not what came of it. `id` is
 * the request's own. Of a list, `fromCopy` is the copy behind which changes are told, null for that of the list's
 * making: where there is none, the reading costs nothing; -1: it costs.
 */
export type ManyRequest = Asking & { id: string } & (
    | { kind: 'BULK'; detail: { format: string; bytes: number; lines: number; sha256: string } }
    | { kind: 'LIST'; detail: { list: string; after?: string }; fromCopy: number | null }
  );

const recordedCte = (kind: ManyRequest['kind'], from: string): string => `recorded AS (
  INSERT INTO audit (id, source, client, claim, kind, detail)
  SELECT $4::uuid, ${AUDITED_SOURCE}, client, claim, '${kind}', $5::jsonb FROM ${from}
  ON CONFLICT (id) DO NOTHING
)`;
const RECORD = {
  BULK: `
WITH ${judgedCte('bulk')}, ${recordedCte('BULK', 'judged WHERE refusal IS NULL')}
SELECT refusal, claim, true AS known FROM judged`,
  LIST: `
WITH ${judgedCte('lists')}, known AS (
  SELECT l.rows, l.since_copy FROM judged JOIN lists l ON ${visible("($5::jsonb ->> 'list')")}
), ${meteredCtes(`
  SELECT CASE
    WHEN coalesce($6::int, since_copy) >= (SELECT coalesce(max(id), 0) FROM copies) THEN 0 ELSE rows END AS lines
  FROM known WHERE NOT EXISTS (SELECT FROM audit WHERE id = $4::uuid)`)},
${recordedCte('LIST', 'verdict, known WHERE final IS NULL')}
SELECT final AS refusal, claim, EXISTS (SELECT FROM known) AS known FROM verdict`,
};

/**
 * Records a request for many, unless its client is refused or has no such list. `claim` is the region that it may see.
 * Twice the same id is one row, and charged once. Throws `WrongKey`.
 */
export async function recordRequest(sql: Sql, request: ManyRequest) {
  const { kind, client, claim, keyCheck, id, detail } = request;
  const more = kind === 'LIST' ? [request.fromCopy] : [];
  const rows = await sql.unsafe(RECORD[kind], [client, claim, keyCheck, id, detail, ...more]);
  return judgedRow<{ claim: string | null; known: boolean }>(rows);
}
