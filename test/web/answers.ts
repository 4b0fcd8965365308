import type { Answer } from '../../src/checks/answer.ts';
import type { CivilDate } from '../../src/core/dates.ts';
import { decide } from '../../src/core/decide.ts';
import type { Facts, Found } from '../../src/core/facts.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { REASON_BASIS } from '../../src/core/reasons.ts';

const CARD_HOLDER: Facts = {
  status: 'CARD_ISSUED',
  region: '32.01.01.2001',
  suket: null,
  ofAgeOn: null,
  birthDateUnknown: false,
  marital: 'NEVER',
  nationality: 'CITIZEN',
  tniPolri: false,
  deceased: false,
  inactive: false,
  olderCard: false,
};

/** The answer that the real rules give on what is found. */
export function answerOn(found: Found, today = '2018-01-12'): Answer {
  const { reasons, contests, ...decision } = decide(found, PILKADA_2018, today as CivilDate);
  return {
    ...decision,
    election: { id: PILKADA_2018.id, date: PILKADA_2018.date },
    reasons: reasons.map((code) => ({ code, basis: REASON_BASIS[code] })),
    contests: contests.map(({ office, region }) => ({ office, region })),
    matches: { name: true, kk: null, suketNumber: null },
    source: 'REGISTRY',
    asOf: '2018-01-12T17:00:00+07:00',
  };
}

/** The answer on a resident of Kabupaten Bogor with his card, but for what is said. */
export const answerFor = (facts: Partial<Facts> = {}, today?: string): Answer =>
  answerOn({ kind: 'RESIDENT', facts: { ...CARD_HOLDER, ...facts } }, today);

export const suket = (issuedOn: string | null, validUntil: string): Facts['suket'] => ({
  issuedOn: issuedOn as CivilDate | null,
  validUntil: validUntil as CivilDate,
});

/** A record with everything the rules may say about it but the reasons that stand alone. */
export const EVERYTHING: Partial<Facts> = {
  status: 'DUPLICATE_RECORD',
  suket: suket('2017-12-02', '2018-06-02'),
  ofAgeOn: '2018-07-02' as CivilDate,
  birthDateUnknown: true,
  marital: 'UNKNOWN',
  nationality: 'UNCLEAR',
  tniPolri: true,
  deceased: true,
  inactive: true,
  olderCard: true,
};
