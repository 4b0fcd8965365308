import type { CivilDate } from '../core/dates.ts';
import type { Finding } from './find.ts';
import type { Transaction } from './sql.ts';
import type { Proof, Tag } from './tags.ts';
import { type Ledger, type Range, visibility } from './visibility.ts';

/** Tags in the order of the tags, which is that of the table; as many proofs, or null where nobody asks any. */
export type ManyAsked = { tags: Tag[]; proofs: { names: (Proof | null)[]; kks: (Proof | null)[] } | null };

// Text of a record is one call a row for Postgres, and few distinct texts come out: they serve as keys as they are.
const shortRows = (asked: string, matches: string): string => `
SELECT string_agg(
  ROW(r.copy, r.status, r.flags, r.region, r.suket_issued, r.suket_ends, r.of_age_on, ${matches})::text,
  E'\\n' ORDER BY a.n) AS found
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
 * The short form of each tag's row, in order, as `rowReader` reads it: equal rows have equal texts. One prepared
 * statement, or as many as it takes for each to be no larger than `maxStatementBytes`.
 */
export async function findMany(
  tx: Transaction,
  { tags, proofs }: ManyAsked,
  maxStatementBytes = Infinity,
): Promise<string[]> {
  const rowBytes = TAG_TEXT_BYTES + (proofs === null ? 0 : 2 * PROOF_TEXT_BYTES);
  const most = Math.floor(maxStatementBytes / rowBytes);
  const statement = proofs === null ? TAGS_ONLY : WITH_PROOFS;
  const columns = proofs === null ? [tags] : [tags, proofs.names, proofs.kks];
  const found: Promise<string[]>[] = [];
  for (let from = 0; from < tags.length; from += most)
    found.push(
      shortsOf(
        tx,
        statement,
        columns.map((values) => values.slice(from, from + most)),
      ),
    );
  const shorts = (await Promise.all(found)).flat();
  if (shorts.length !== tags.length) throw new Error('the statements gave not a row for each tag');
  return shorts;
}

async function shortsOf(tx: Transaction, statement: string, columns: (string | null)[][]): Promise<string[]> {
  const literals = columns.map((values) => `{${values.map((value) => value ?? 'NULL').join(',')}}`);
  const [row] = await tx.unsafe(statement, literals, { prepare: true });
  return (row as unknown as { found: string }).found.split('\n');
}

/** Makes the function that reads short rows for a caller: it gives what the statement of a single check gives. */
export function rowReader(ledger: Ledger, range: Range): (short: string) => Finding {
  const { findingOf } = visibility(ledger, range);
  return (short) => {
    const [copy, status, flags, region, suketIssued, suketEnds, ofAgeOn, name, kk] = short.slice(1, -1).split(',');
    return findingOf({
      copy: Number(copy),
      region: region === '' ? null : Number(region),
      status: Number(status),
      flags: Number(flags),
      suketIssued: dateOf(suketIssued),
      suketEnds: dateOf(suketEnds),
      ofAgeOn: dateOf(ofAgeOn),
      nameMatches: matchOf(name),
      kkMatches: matchOf(kk),
      suketMatches: null,
    });
  };
}

const dateOf = (text = ''): CivilDate | null => (text === '' ? null : (text as CivilDate));
const matchOf = (text = ''): boolean | null => (text === '' ? null : text === 't');
