import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/checks/answer.ts';
import type { CivilDate } from '../../src/core/dates.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { REASON_BASIS, REASON_CODES } from '../../src/core/reasons.ts';
import { writeInstant, zoneName } from '../../src/web/dates.ts';
import { messagesFor } from '../../src/web/messages/messages.ts';
import { regencyName } from '../../src/web/places.ts';
import { resultPage } from '../../src/web/result-page.ts';
import { summaryOf, toneOf } from '../../src/web/summary.ts';
import { answerFor, answerOn, suket } from './answers.ts';

const ID = messagesFor('id', PILKADA_2018.date);
const EN = messagesFor('en', PILKADA_2018.date);
const pageOf = async (answer: Answer, messages = ID): Promise<string> =>
  String(await resultPage(messages, answer, PILKADA_2018).main);

const VALID = suket('2018-01-02', '2018-07-02');
const EXPIRED = suket('2017-12-02', '2018-06-02');
const AFTER = '2018-06-28';
const SEVENTEEN_LATER = '2018-08-01' as CivilDate;

describe('the outcome', () => {
  it.each([
    ['EKTP', 'READY', answerFor()],
    ['EKTP_TO_COLLECT', 'TO_DO', answerFor({ status: 'CARD_SHIPPED' })],
    ['SUKET', 'READY', answerFor({ status: 'PROCESSING', suket: VALID })],
    ['SUKET', 'TO_DO', answerFor({ status: 'DUPLICATE_RECORD', suket: VALID })],
    ['SUKET_TO_OBTAIN', 'TO_DO', answerFor({ status: 'PRINT_READY_RECORD' })],
    ['SUKET_TO_RENEW', 'TO_DO', answerFor({ status: 'PRINT_READY_RECORD', suket: EXPIRED })],
    ['TO_RECORD', 'TO_DO', answerFor({ status: 'EMPTY' })],
    ['TO_RECORD', 'TO_DO', answerFor({ status: 'EMPTY', suket: EXPIRED })],
    ['TO_RECORD_WITH_SUKET', 'TO_DO', answerFor({ status: 'UNREGISTERED', suket: VALID })],
    ['DOCUMENT_UNCLEAR', 'UNCLEAR', answerFor({ status: 'UNKNOWN' })],
    ['VOTER_UNCLEAR', 'UNCLEAR', answerFor({ tniPolri: true })],
    ['VOTER_UNCLEAR', 'UNCLEAR', answerOn({ kind: 'NOT_FOUND' })],
    ['UNDER_17', 'NO', answerFor({ ofAgeOn: SEVENTEEN_LATER })],
    ['NOT_CITIZEN', 'NO', answerFor({ nationality: 'FOREIGN', ofAgeOn: SEVENTEEN_LATER })],
    ['NO_CONTEST', 'NO', answerFor({ region: '31.71', nationality: 'FOREIGN' })],
    ['OVER', 'OVER', answerFor({}, AFTER)],
    ['OVER', 'OVER', answerOn({ kind: 'NOT_FOUND' }, AFTER)],
  ])('%s, %s is one headline with a word and an icon', async (summary, tone, answer) => {
    expect([summaryOf(answer), toneOf(answer)]).toEqual([summary, tone]);
    for (const messages of [ID, EN]) {
      const page = await pageOf(answer, messages);
      const { title, lead } = messages.result.summaries[summaryOf(answer)];
      expect(page).toContain(`<h1>${title}</h1>`);
      expect(page).toContain(lead);
      expect(page).toContain(`</svg>${messages.result.words[toneOf(answer)]}</p>`);
    }
  });

  it('tells a card holder to bring the card on the day', async () => {
    const page = await pageOf(answerFor());
    expect(page).toContain('Anda tercatat sudah memiliki e-KTP tercetak.');
    expect(page).toContain('Bawa e-KTP ke TPS pada Rabu, 27 Juni 2018.');
  });

  it('names the document where the voter is unclear or the vote is over', async () => {
    expect(await pageOf(answerFor({ deceased: true, status: 'EMPTY' }))).toContain(ID.result.documents.NEITHER);
    expect(await pageOf(answerFor({ status: 'PROCESSING' }, AFTER))).toContain(ID.result.documents.SUKET);
  });
});

describe('the answer', () => {
  it('gives every reason a text and a basis in both languages, which cite the same acts', () => {
    for (const code of REASON_CODES) {
      expect(ID.result.reasons[code].length).toBeGreaterThan(20);
      expect(EN.result.reasons[code].length).toBeGreaterThan(20);
      const acts = (basis: string): string[] => basis.match(/[0-9.]+\/[0-9]+|[A-Z]+_[A-Z_]+|200A/g) ?? [];
      expect(acts(ID.result.basis[code])).toEqual(acts(REASON_BASIS[code]));
    }
  });

  it('lists every reason and every action that holds, in order, and first what is to be confirmed', async () => {
    const record = { status: 'DUPLICATE_RECORD', suket: EXPIRED } as const;
    for (const [answer, reasonsFirst] of [
      [answerFor(record), false],
      [answerFor({ ...record, tniPolri: true }), true],
    ] as const) {
      for (const messages of [ID, EN]) {
        const page = (await pageOf(answer, messages)).replaceAll('&#39;', "'");
        const actions = answer.actions.map((action) =>
          page.indexOf(`<b>${messages.result.actions[action].title}</b>`),
        );
        const reasons = answer.reasons.map(({ code }) => page.indexOf(messages.result.reasons[code]));
        const places = reasonsFirst ? [...reasons, ...actions] : [...actions, ...reasons];
        expect(places).not.toContain(-1);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        expect(page.split(`<h2>${messages.result.headings.why}</h2>`)).toHaveLength(2);
      }
    }
  });

  it('states hours in the time zone of the region, and local time where it is unknown', async () => {
    expect(await pageOf(answerFor())).toContain('<b>12.00–13.00 WIB</b>');
    expect(await pageOf(answerFor({ region: '73.08.02' }))).toContain('<b>12.00–13.00 WITA</b>');
    expect(await pageOf(answerFor({ region: null }), EN)).toContain('<b>12:00–13:00 local time</b>');
    expect(zoneName('91.03')).toBe('WIT');
  });

  it('names the contests, the Disdukcapil and the district office', async () => {
    const page = await pageOf(answerFor());
    expect(page).toContain('Gubernur dan Wakil Gubernur Jawa Barat');
    expect(page).toContain('Bupati dan Wakil Bupati Bogor');
    expect(page).toContain('Disdukcapil Kabupaten Bogor, Provinsi Jawa Barat');
    expect(page).toContain('Kantor kecamatan Anda (kode wilayah 32.01.01)');
    expect(await pageOf(answerFor({ region: '32.04' }))).toContain('(kode wilayah 32.04), Provinsi Jawa Barat');
    expect(await pageOf(answerFor({ region: null }))).toContain('Disdukcapil kabupaten/kota tempat tinggal Anda');
    expect(regencyName(PILKADA_2018, '71.09.01')).toBe('Kabupaten Kepulauan Siau Tagulandang Biaro');
    expect(regencyName(PILKADA_2018, '32.71')).toBe('Kota Bogor');
  });

  it('sends nobody to the polling station who cannot vote or comes after the day', async () => {
    for (const answer of [answerFor({ ofAgeOn: SEVENTEEN_LATER }), answerFor({ status: 'EMPTY' }, AFTER)]) {
      const page = await pageOf(answer);
      for (const key of ['steps', 'bring', 'hours', 'contests'] as const)
        expect(page).not.toContain(ID.result.headings[key]);
      expect(page).toContain(ID.result.headings.why);
      expect(page).toContain(ID.result.ifWrong);
    }
  });

  it('says that the invitation alone may do, but to those with a card', async () => {
    expect(await pageOf(answerFor({ status: 'EMPTY' }))).toContain(ID.result.c6Alone);
    expect(await pageOf(answerFor())).not.toContain(ID.result.c6Alone);
  });

  it('carries its date, its source and that it decides nothing', async () => {
    const page = await pageOf(answerFor({ region: '73.08' }));
    expect(page).toContain('12 Januari 2018 pukul 18.00 WITA');
    expect(page).toContain(ID.result.sources.REGISTRY);
    expect(page).toContain('KPPS dan DPT yang menentukan');
    expect(await pageOf({ ...answerFor(), asOf: null })).toContain(ID.result.asOfUnknown);
    expect(writeInstant('2018-01-12T17:00:00+07:00', null, 'en')).toBe('12 January 2018, 17:00 WIB');
    expect(writeInstant('yesterday', null, 'en')).toBeNull();
  });
});
