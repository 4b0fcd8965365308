import { describe, expect, it } from 'vitest';
import type { CivilDate } from '../../src/core/dates.ts';
import { type Decision, decide } from '../../src/core/decide.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { REASON_CODES } from '../../src/core/reasons.ts';
import { STATUS_CODES } from '../../src/core/status.ts';
import {
  type DocumentSide,
  EVERY_STATUS,
  expectedDocument,
  expectedLine,
  expectedVoter,
  type VoterSide,
} from './decision-table.ts';

const day = (text: string): CivilDate => text as CivilDate;
const POLLING_DAY = PILKADA_2018.date;
const BEFORE = day('2018-01-12');
const AFTER = day('2018-07-01');

const SUKETS: DocumentSide['suket'][] = [
  null,
  { issuedOn: day('2018-01-02'), validUntil: day('2018-07-02') },
  { issuedOn: day('2017-12-26'), validUntil: day('2018-06-26') },
  { issuedOn: day('2017-12-27'), validUntil: POLLING_DAY },
  { issuedOn: null, validUntil: day('2018-06-30') },
  { issuedOn: null, validUntil: day('2018-03-31') },
];
/** Both contests, the governor only, the regent or mayor only, no contest, unknown. */
const REGIONS = ['32.01.01.2001', '33.01', '11.01.02', '31.71.01.1001', null];
/** Long of age, of age today, between today and polling day, on polling day, the day after, years after. */
const birthdays = (today: CivilDate) => [
  null,
  today,
  day('2018-01-11'),
  day('2018-03-01'),
  POLLING_DAY,
  day('2018-06-28'),
  day('2020-02-29'),
];
const BOOLEANS = [false, true];
const MARITAL = ['NEVER', 'IS_OR_WAS', 'UNKNOWN'] as const;
const NATIONALITY = ['CITIZEN', 'FOREIGN', 'UNCLEAR'] as const;

function* documentSides(): Generator<DocumentSide> {
  for (const status of EVERY_STATUS)
    for (const olderCard of BOOLEANS) for (const suket of SUKETS) yield { status, olderCard, suket };
}

function* voterSides(today: CivilDate): Generator<VoterSide> {
  // An unknown birth date leaves no birthday: the two do not go together.
  const births = [{ ofAgeOn: null, birthDateUnknown: true }].concat(
    birthdays(today).map((ofAgeOn) => ({ ofAgeOn, birthDateUnknown: false })) as [],
  );
  for (const birth of births)
    for (const marital of MARITAL)
      for (const nationality of NATIONALITY)
        for (const region of REGIONS)
          for (const tniPolri of BOOLEANS)
            for (const deceased of BOOLEANS)
              for (const inactive of BOOLEANS)
                yield { ...birth, marital, nationality, region, tniPolri, deceased, inactive };
}

function line(decision: Decision): string {
  const { document, voter, reasons, actions, contests, statusCode, region, suket } = decision;
  let offices = '';
  for (const contest of contests) offices += `${offices && ','}${contest.office} ${contest.region}`;
  const paper = suket ? `${suket.issuedOn},${suket.validUntil},${suket.validOnElectionDay}` : 'null';
  return `${document} ${voter} [${reasons.join()}] [${actions.join()}] ${statusCode} ${paper} ${offices} ${region}`;
}

describe('decide', () => {
  it('says what the tables of the design say, over the whole product of facts (2,177,280 cases)', {
    timeout: 60_000,
  }, () => {
    const mismatches: unknown[] = [];
    const reasonsSeen = new Set<string>();
    let cases = 0;
    const days = [BEFORE, POLLING_DAY, AFTER].map((today) => {
      const expected = (side: DocumentSide) => expectedDocument(side, { today, pollingDay: POLLING_DAY });
      const documents = [...documentSides()].map((side) => ({ side, expected: expected(side) }));
      for (const document of documents) for (const reason of document.expected.reasons) reasonsSeen.add(reason);
      return { today, documents, sides: [...voterSides(today)] };
    });
    const count = days[0]?.sides.length ?? 0;
    // In scattered order, and no further than five mismatches: a broken rule breaks thousands of cases and shows early.
    for (let i = 0; i < count && mismatches.length < 5; i += 1) {
      for (const { today, documents, sides } of days) {
        const side = sides[(i * 1009) % count] as VoterSide;
        const voter = expectedVoter(side, today, PILKADA_2018);
        for (const reason of voter.reasons) reasonsSeen.add(reason);
        for (const document of documents) {
          cases += 1;
          const facts = { ...side, ...document.side };
          const actual = line(decide({ kind: 'RESIDENT', facts }, PILKADA_2018, today));
          const expected = expectedLine(document.expected, voter);
          if (actual !== expected && mismatches.length < 5) mismatches.push({ today, facts, actual, expected });
        }
      }
    }
    expect(mismatches).toEqual([]);
    expect(cases).toBe(21 * 2 * 6 * (8 * 3 * 3 * 5 * 2 ** 3) * 3);
    expect([...reasonsSeen].sort()).toEqual(
      REASON_CODES.filter((code) => code !== 'NOT_FOUND' && code !== 'CONFLICTING_RECORDS').sort(),
    );
  });

  it('knows every status code of the table', () => {
    expect(EVERY_STATUS.toSorted()).toEqual([...STATUS_CODES, 'EMPTY', 'UNKNOWN'].toSorted());
  });

  it('leaves a miss and a conflict standing alone, undetermined and without any fact', () => {
    for (const kind of ['NOT_FOUND', 'CONFLICTING_RECORDS'] as const) {
      const nothing = { contests: [], statusCode: null, region: null, suket: null };
      const undetermined = { document: 'UNDETERMINED', voter: 'UNDETERMINED', reasons: [kind], ...nothing };
      for (const today of [BEFORE, POLLING_DAY]) {
        const actions = ['SEE_DISDUKCAPIL', 'CHECK_DPT'];
        expect(decide({ kind }, PILKADA_2018, today)).toEqual({ ...undetermined, actions });
      }
      expect(decide({ kind }, PILKADA_2018, AFTER)).toEqual({ ...undetermined, actions: [] });
    }
  });

  it('gives actions up to and on polling day and none from the next day on', () => {
    const actionsOn = (today: string) => decide({ kind: 'NOT_FOUND' }, PILKADA_2018, day(today)).actions.length;
    expect(['2018-06-26', '2018-06-27', '2018-06-28'].map(actionsOn)).toEqual([2, 2, 0]);
  });

  it('never says NEITHER or NOT_ELIGIBLE of what it could not read', () => {
    const unread = {
      marital: 'UNKNOWN',
      nationality: 'UNCLEAR',
      birthDateUnknown: true,
      ofAgeOn: null,
      region: null,
    } as const;
    const flags = { tniPolri: false, deceased: false, inactive: false, olderCard: false, suket: null };
    const facts = { ...unread, ...flags, status: 'UNKNOWN' as const };
    const { document, voter } = decide({ kind: 'RESIDENT', facts }, PILKADA_2018, BEFORE);
    expect({ document, voter }).toEqual({ document: 'UNDETERMINED', voter: 'UNDETERMINED' });
  });

  it('answers the same question the same and leaves the facts as they were', () => {
    for (const document of documentSides()) {
      const voter = voterSides(BEFORE).next().value as VoterSide;
      const facts = Object.freeze({ ...voter, ...document });
      const found = Object.freeze({ kind: 'RESIDENT' as const, facts });
      expect(decide(found, PILKADA_2018, BEFORE)).toEqual(decide(found, PILKADA_2018, BEFORE));
    }
  });
});
