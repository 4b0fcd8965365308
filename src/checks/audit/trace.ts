import type { Nik } from '../../core/nik.ts';
import type { RegistryKeys } from '../../registry/registry-keys.ts';
import type { Sql } from '../../registry/sql.ts';
import { tagsOf } from '../../registry/tags.ts';
import { LIMITS } from '../limits.ts';

type Fact = 'name' | 'kk' | 'suketNumber';
/** One question about a person: who asked, when, within which region, and what was answered. */
export type Trace = {
  id: string;
  /** RFC 3339, UTC. */
  at: string;
  client: string;
  /** The region the caller may see; null: all. */
  claim: string | null;
  found: boolean;
  asked: Fact[];
  matched: Fact[];
};

/** Who asked about one person: the newest, oldest first; and how many requests do not say about whom. */
export async function traceNik(
  sql: Sql,
  keys: RegistryKeys,
  nik: Nik,
): Promise<{ traces: Trace[]; untraceable: number }> {
  const { auditTag } = tagsOf(keys, nik, {});
  const rows = await sql`
    SELECT id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, client, claim, found,
      asked, matched FROM audit WHERE tag = ${auditTag} ORDER BY audit.at DESC, id DESC LIMIT ${LIMITS.maxTraces}`;
  const [bulk] = await sql`SELECT count(*)::float8 AS count FROM audit WHERE tag IS NULL`;
  const traces = rows.map(({ id, at, client, claim, found, asked, matched }): Trace => {
    return { id, at, client, claim, found, asked: factsOf(asked), matched: factsOf(matched) };
  });
  return { traces: traces.reverse(), untraceable: bulk?.count };
}

const FACTS: readonly Fact[] = ['name', 'kk', 'suketNumber'];
const factsOf = (bits: number): Fact[] => FACTS.filter((_, i) => bits & (1 << i));
