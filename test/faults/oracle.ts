import type { Answer } from '../../src/checks/answer.ts';
import { answerOf, rangeOf } from '../../src/checks/check.ts';
import type { CivilDate } from '../../src/core/dates.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { regionNumber } from '../../src/core/regions.ts';
import { parseStatus } from '../../src/core/status.ts';
import type { Finding } from '../../src/registry/find.ts';
import { FLAG, storedFacts } from '../../src/registry/row.ts';
import type { Person } from '../support/exports.ts';

// What is true: plain rows of plain copies, in memory. It knows nothing of tags, SQL, ledgers, shards or journals.

export const TODAY = '2018-02-01' as CivilDate;
const RULES = { election: PILKADA_2018, todayOverride: TODAY, now: () => 0 };

/** The document that stands for a status, written out once more: the rules are not asked whether they are right. */
export const DOCUMENTS: Record<string, Answer['document']> = {
  CARD_ISSUED: 'EKTP',
  CARD_SHIPPED: 'EKTP',
  PRINT_READY_RECORD: 'SUKET',
  DUPLICATE_RECORD: 'SUKET',
  UNREGISTERED: 'NEITHER',
  'KODE LAIN': 'UNDETERMINED',
};
export const STATUSES = Object.keys(DOCUMENTS);
/** A Suket as the export has it, and what it is then. */
export const WITH_SUKET = '470/9001;02-01-2018';
const SUKET = { issuedOn: '2018-01-02' as CivilDate, validUntil: '2018-07-02' as CivilDate };

/** Disdukcapils by their region, and where their residents live: as the export has it, and dotted. */
export const SOURCES = {
  '32.01': { cells: '32;1;1;1001', region: '32.01.01.1001' },
  '32.04': { cells: '32;4;5;2001', region: '32.04.05.2001' },
};
export type SourceName = keyof typeof SOURCES;
export const SOURCE_NAMES = Object.keys(SOURCES) as SourceName[];

type Row = { person: Person; source: SourceName; asOfMs: number; isAbsent: boolean; isConflict: boolean };
/** The registry between two imports. Times are those of `performance.now()`; not committed yet: infinite. */
export type State = {
  copy: number;
  begunMs: number;
  committedMs: number;
  rows: ReadonlyMap<string, Row>;
  /** The date of each source's last full copy. */
  fullAsOfMs: ReadonlyMap<SourceName, number>;
};
/** No snapshot in use is so many copies behind. */
const MAX_BEHIND = 200;
/** A copy as it is imported: persons twice with different facts are a conflict. */
export type Copy = { source: SourceName; asOfMs: number; isFull: boolean; persons: readonly Person[] };
export type Asked = { nik: string; name?: string; kk?: string };

export const EMPTY: State = { copy: 0, begunMs: 0, committedMs: 0, rows: new Map(), fullAsOfMs: new Map() };

/** What the registry is after a copy. Every copy is newer than all before it, so whoever it names is its source's. */
export function afterCopy(before: State, { source, asOfMs, isFull, persons }: Copy): Omit<State, 'copy'> {
  const rows = new Map(before.rows);
  if (isFull) for (const [nik, row] of rows) if (row.source === source) rows.set(nik, { ...row, isAbsent: true });
  const seen = new Map<string, string>();
  for (const person of persons) {
    const text = JSON.stringify(person);
    const isConflict = (seen.get(person.nik) ?? text) !== text;
    seen.set(person.nik, text);
    rows.set(person.nik, { person, source, asOfMs, isAbsent: false, isConflict });
  }
  const fullAsOfMs = new Map(before.fullAsOfMs);
  if (isFull) fullAsOfMs.set(source, asOfMs);
  return { begunMs: performance.now(), committedMs: Number.POSITIVE_INFINITY, rows, fullAsOfMs };
}

const isWithin = (region: string, claim: string | null): boolean => {
  const { first, last } = rangeOf({ client: '', region: claim });
  const number = regionNumber(region);
  return number >= first && number <= last;
};

/** What a caller who may see `claim` is told in a state; `source` is that of the registry. */
export function expectedAnswer(state: State, asked: Asked, claim: string | null): Answer {
  const row = state.rows.get(asked.nik);
  const isSeen = row !== undefined && !row.isAbsent && isWithin(SOURCES[row.source].region, claim);
  return answerOf(isSeen ? foundIn(row, asked) : missIn(state, claim), RULES);
}

function foundIn({ person, source, asOfMs, isConflict }: Row, { name, kk }: Asked): Finding {
  const matches = (asked: string | undefined, onRecord: string): boolean | null =>
    asked === undefined || isConflict ? null : asked === onRecord;
  const facts = storedFacts({
    status: parseStatus(person.status),
    region: SOURCES[source].region,
    suket: person.suket === WITH_SUKET ? SUKET : null,
    ofAgeOn: null,
    birthDateUnknown: false,
    marital: 'NEVER',
    nationality: 'CITIZEN',
    tniPolri: false,
    deceased: false,
    inactive: false,
    olderCard: false,
  });
  const nameMatches = matches(name, person.name);
  const kkMatches = matches(kk, person.kk);
  const conflict = { ...facts, flags: FLAG.CONFLICT };
  const origin = { source: 'REGISTRY', sourceRegion: source, asOfMs } as const;
  return { ...origin, facts: isConflict ? conflict : facts, nameMatches, kkMatches, suketMatches: null };
}

function missIn({ fullAsOfMs }: State, claim: string | null): Finding {
  const seen = [...fullAsOfMs].filter(([source]) => isWithin(SOURCES[source].region, claim));
  const [oldest] = seen.sort(([, a], [, b]) => a - b);
  const origin = { source: 'REGISTRY', sourceRegion: oldest?.[0] ?? null, asOfMs: oldest?.[1] ?? null } as const;
  return { ...origin, facts: null, nameMatches: null, kkMatches: null, suketMatches: null };
}

/** The document of a resident by the plain table; UNDETERMINED where nothing is known of him. */
export function plainDocument(state: State, nik: string): Answer['document'] {
  const row = state.rows.get(nik);
  if (row === undefined || row.isAbsent || row.isConflict) return 'UNDETERMINED';
  return DOCUMENTS[row.person.status] ?? 'UNDETERMINED';
}

/** The states of the registry in order, and those that were published. */
export function createHistory() {
  const states: State[] = [EMPTY];
  const published: { copy: number; seenMs: number }[] = [];
  const quiet = { beganMs: 0, endedMs: 0 };
  /** Those from the end on that were superseded, if at all, after a moment. */
  const since = <One>(all: readonly One[], supersededMs: (next: One) => number, momentMs: number): One[] => {
    let first = all.length - 1;
    while (first > 0 && supersededMs(all[first] as One) >= momentMs) first -= 1;
    return all.slice(first);
  };
  return {
    now: (): State => states.at(-1) as State,
    all: (): readonly State[] => states,
    /** An import that begins; `committed` says which copy it has become. */
    begin(copy: Copy) {
      const state = { ...afterCopy(states.at(-1) as State, copy), copy: Number.POSITIVE_INFINITY };
      states.push(state);
      return {
        committed(number: number): void {
          state.copy = number;
          state.committedMs = performance.now();
        },
      };
    },
    /** One was seen to be there; copies only grow. */
    published(copy: number): void {
      if (copy > (published.at(-1)?.copy ?? 0)) published.push({ copy, seenMs: performance.now() });
    },
    /** From then until now nothing failed, nor did before: the server has taken up what had been published. */
    wasQuiet(beganMs: number): void {
      Object.assign(quiet, { beganMs, endedMs: performance.now() });
    },
    /** States that the registry may have shown to who asked then and was answered then. */
    current(sentMs: number, gotMs: number): State[] {
      return since(states, ({ committedMs }) => committedMs, sentMs).filter(({ begunMs }) => begunMs <= gotMs);
    },
    /** States that a snapshot may have shown: a newer one is taken up within `takenUpMs`. */
    snapshots(sentMs: number, takenUpMs: number): State[] {
      const quietSinceMs = sentMs >= quiet.endedMs ? quiet.beganMs : 0;
      const shown = since(published, ({ seenMs }) => seenMs, Math.max(sentMs - takenUpMs, quietSinceMs));
      const copies = new Set(shown.map(({ copy }) => copy));
      return states.slice(-MAX_BEHIND).filter(({ copy }) => copies.has(copy));
    },
  };
}
export type History = ReturnType<typeof createHistory>;
