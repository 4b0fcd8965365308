import type { Tags } from './tags.ts';

/**
 * One question, as the statement takes it. `id` is the check's own; `claim` is the region the caller may see, null
 * for all.
 */
export type Asked = Tags & {
  id: string;
  client: string;
  claim: string | null;
  first: number;
  last: number;
  /** Asked before, and no answer came: where that one was recorded, nothing is counted twice. */
  again?: boolean;
};

type ValueOf = (one: Asked, nth: number) => string | number | boolean | null;
/** The columns of `asked`: type and value. `nth` counts the questions of a client. */
const COLUMNS: Record<string, [type: string, value: ValueOf]> = {
  id: ['uuid', (one) => one.id],
  tag: ['uuid', (one) => one.tag],
  audit_tag: ['uuid', (one) => one.auditTag],
  client: ['text', (one) => `"${one.client}"`],
  token_claim: ['text', (one) => one.claim],
  token_first: ['bigint', (one) => one.first],
  token_last: ['bigint', (one) => one.last],
  asked_name: ['bigint', (one) => one.nameProof],
  asked_kk: ['bigint', (one) => one.kkProof],
  asked_suket: ['bigint', (one) => one.suketProof],
  key_check: ['bigint', (one) => one.keyCheck],
  nth: ['int', (_, nth) => nth],
  again: ['bool', (one) => one.again ?? false],
};

export const ASKED_NAMES = Object.keys(COLUMNS).join(', ');
/** SQL of the columns as arrays, each out of a parameter or a literal in quotes. */
export const askedArrays = (parameters: readonly string[]): string =>
  Object.values(COLUMNS)
    .map(([type], i) => `${parameters[i]}::${type}[]`)
    .join(', ');
/** Names of as many parameters. */
export const ASKED_PARAMETERS: readonly string[] = Object.keys(COLUMNS).map((_, i) => `$${i + 1}`);

/** The columns as array literals. Every element is a tag, a number or a name of `[A-Za-z0-9._-]`: see `isPlain`. */
export function askedLiterals(asked: readonly Asked[]): string[] {
  const counts = new Map<string, number>();
  const nths = new Map<Asked, number>();
  // Those asked again come last: some of them may not count.
  for (const one of asked.toSorted((a, b) => Number(a.again ?? false) - Number(b.again ?? false))) {
    const nth = (counts.get(one.client) ?? 0) + 1;
    counts.set(one.client, nth);
    nths.set(one, nth);
  }
  return Object.values(COLUMNS).map(
    ([, value]) => `{${asked.map((one) => value(one, nths.get(one) as number) ?? 'NULL').join(',')}}`,
  );
}

/** An array literal that holds nothing which could end it or the string around it. */
const isPlain = (literal: string): boolean => /^\{[A-Za-z0-9._,"-]*\}$/.test(literal);

/** The same in quotes, as the text of a statement. Throws TypeError where one is not plain. */
export function inlineParameters(asked: readonly Asked[]): string[] {
  return askedLiterals(asked).map((literal) => {
    if (!isPlain(literal)) throw new TypeError('a parameter is not plain');
    return `'${literal}'`;
  });
}
