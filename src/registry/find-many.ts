import type { CivilDate } from '../core/dates.ts';
import { NAME_VERSION } from '../core/names.ts';
import type { Finding } from './find.ts';
import type { StoredFacts } from './row.ts';
import type { Transaction } from './sql.ts';
import type { Proof, Tag } from './tags.ts';
import { type Ledger, type LedgerSource, type Range, visibility } from './visibility.ts';

/** Reads the ledger of a snapshot. */
export async function readLedger(tx: Transaction): Promise<Ledger> {
  const [sources, copies] = await Promise.all([
    tx.unsafe(`SELECT name, region, first_region::float8 AS first, last_region::float8 AS last,
      name_version AS "nameVersion", full_copy AS "fullCopy", (extract(epoch FROM full_as_of) * 1000)::float8 AS "fullAsOfMs", (extract(epoch FROM as_of) * 1000)::float8 AS "asOfMs"
      FROM sources ORDER BY name`),
    tx.unsafe('SELECT id, source, (extract(epoch FROM as_of) * 1000)::float8 AS as_of_ms FROM copies'),
  ]);
  const byName = new Map((sources as unknown as LedgerSource[]).map((source) => [source.name, source]));
  return {
    sources: [...byName.values()],
    copies: new Map(
      copies.flatMap((copy) => {
        const source = byName.get(copy.source);
        return source === undefined ? [] : [[copy.id, { source, asOfMs: copy.as_of_ms }]];
      }),
    ),
  };
}

/** Tags in the order of the tags, which is that of the table; proofs are of the same length, or null where nobody asks any. */
export type ManyAsked = { tags: Tag[]; proofs: { names: (Proof | null)[]; kks: (Proof | null)[] } | null };

// Text of a record is one call a row for Postgres, and few distinct texts come out: they serve as keys as they are.
const shortRows = (asked: string, matches: string): string => `
SELECT string_agg(ROW(r.copy, r.status, r.flags, r.region, r.suket_issued, r.suket_ends, r.of_age_on, ${matches})::text, E'\\n' ORDER BY a.n) AS found
FROM ${asked} LEFT JOIN residents r ON r.tag = a.tag`;
const TAGS_ONLY = shortRows('unnest($1::uuid[]) WITH ORDINALITY AS a (tag, n)', 'NULL, NULL');
const WITH_PROOFS = shortRows(
  'unnest($1::uuid[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS a (tag, name, kk, n)',
  'a.name = r.name_proof, a.kk = r.kk_proof',
);

/** What a tag and a proof take in a statement, at most, with the comma. */
const TAG_TEXT_BYTES = 37;
const PROOF_TEXT_BYTES = 21;

/**
 * The short form of each tag's row, in order, as `rowReader` reads it: equal rows have equal texts. One prepared statement, or
 * as many as it takes for each to be no larger than `maxStatementBytes`.
 */
export async function findMany(
  tx: Transaction,
  { tags, proofs }: ManyAsked,
  maxStatementBytes = Infinity,
): Promise<string[]> {
  const most = Math.floor(maxStatementBytes / (TAG_TEXT_BYTES + (proofs === null ? 0 : 2 * PROOF_TEXT_BYTES)));
  if (tags.length > most) {
    const part = (from: number, to?: number): ManyAsked => {
      const [names, kks] = [proofs?.names.slice(from, to) ?? [], proofs?.kks.slice(from, to) ?? []];
      return { tags: tags.slice(from, to), proofs: proofs && { names, kks } };
    };
    return (await Promise.all([part(0, most), part(most)].map((one) => findMany(tx, one, maxStatementBytes)))).flat();
  }
  if (tags.length === 0) return [];
  const list = (values: (string | null)[]): string => `{${values.map((value) => value ?? 'NULL').join(',')}}`;
  const parameters = [`{${tags.join(',')}}`, ...(proofs === null ? [] : [list(proofs.names), list(proofs.kks)])];
  const statement = proofs === null ? TAGS_ONLY : WITH_PROOFS;
  const [row] = await tx.unsafe(statement, parameters, { prepare: true });
  const shorts = (row as unknown as { found: string }).found.split('\n');
  if (shorts.length !== tags.length) throw new Error('the statement gave not a row for each tag');
  return shorts;
}

/** Makes the function that reads short rows for a caller: to `answerOf` they are what the statement of a single check gives. */
export function rowReader(ledger: Ledger, range: Range): (short: string) => Finding {
  const view = visibility(ledger, range);
  const miss: Finding = { ...view.miss, facts: null, nameMatches: null, kkMatches: null, suketMatches: null };
  return (short) => {
    const [copy, status, flags, region, suketIssued, suketEnds, ofAgeOn, name, kk] = short.slice(1, -1).split(',');
    const facts: StoredFacts = {
      region: region === '' ? null : Number(region),
      status: Number(status),
      flags: Number(flags),
      suketIssued: dateOf(suketIssued),
      suketEnds: dateOf(suketEnds),
      ofAgeOn: dateOf(ofAgeOn),
    };
    const seen = view.row({ copy: Number(copy), ...facts });
    if (seen === null) return miss;
    return {
      ...seen.origin,
      facts,
      nameMatches: seen.source.nameVersion === NAME_VERSION ? matchOf(name) : null,
      kkMatches: matchOf(kk),
      suketMatches: null,
    };
  };
}

const dateOf = (text = ''): CivilDate | null => (text === '' ? null : (text as CivilDate));
const matchOf = (text = ''): boolean | null => (text === '' ? null : text === 't');
