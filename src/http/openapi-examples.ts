import type { Answer } from '../checks/answer.ts';
import type { CivilDate } from '../core/dates.ts';
import { SANDBOX } from '../intake/sample-sandbox.ts';

const day = (text: string): CivilDate => text as CivilDate;

const ANSWER: Answer = {
  election: { id: 'pilkada-2018', date: day('2018-06-27') },
  document: 'SUKET',
  voter: 'ELIGIBLE',
  reasons: [{ code: 'RECORDED_NOT_PRINTED', basis: 'DG Dukcapil 471.13/10231 (2016)' }],
  actions: ['CHECK_DPT', 'BRING_SUKET'],
  contests: [
    { office: 'GOVERNOR', region: '32' },
    { office: 'REGENT', region: '32.01' },
  ],
  statusCode: 'PRINT_READY_RECORD',
  region: '32.01.01.1001',
  suket: { issuedOn: day('2018-01-02'), validUntil: day('2018-07-02'), validOnElectionDay: true },
  matches: { name: true, kk: null, suketNumber: null },
  source: 'REGISTRY',
  asOf: '2018-01-12T17:00:00+07:00',
};
const MISS: Answer = {
  ...ANSWER,
  document: 'UNDETERMINED',
  voter: 'UNDETERMINED',
  reasons: [{ code: 'NOT_FOUND', basis: 'Not found in the registry of the region you may see' }],
  actions: ['SEE_DISDUKCAPIL', 'CHECK_DPT'],
  contests: [],
  statusCode: null,
  region: null,
  suket: null,
  matches: { name: null, kk: null, suketNumber: null },
};
/** A question for each resident of the sandbox. */
export const QUESTIONS = Object.fromEntries(
  SANDBOX.map(({ outcome, nik, name, document, voter }) => [
    outcome,
    { summary: `Sandbox: document ${document}, voter ${voter}`, value: { nik, name } },
  ]),
);

export const ANSWERS = { SUKET: { value: ANSWER }, NOT_FOUND: { value: MISS } };

const { election: _election, contests: _contests, source: _source, ...LINE } = ANSWER;
const SUMMARY = {
  id: '0160e9b4-8d00-7000-8000-000000000000',
  election: 'pilkada-2018',
  lines: 1,
  document: { EKTP: 0, SUKET: 1, NEITHER: 0, UNDETERMINED: 0 },
  voter: { ELIGIBLE: 1, NOT_ELIGIBLE: 0, UNDETERMINED: 0 },
  errors: {},
  passedOver: {},
  warnings: [],
  source: 'REGISTRY',
  asOf: { '32.01': '2018-01-12T17:00:00+07:00' },
  sha256: '0'.repeat(64),
};
const line = { ref: '1', ...LINE, reasons: ['RECORDED_NOT_PRINTED'], matches: { name: true, kk: null } };

/** The same question in both formats of the bulk check, and its answer. */
export const BULK = {
  question: '{"ref":"1","nik":"3201011403859001","name":"ASEP HIDAYAT"}\n',
  answer: `${JSON.stringify(line)}\n${JSON.stringify({ summary: SUMMARY })}\n`,
  csvQuestion: 'no;nik\r\n1;3201011403859001\r\n',
  csvAnswer: `no;document;voter;…\r\n1;SUKET;ELIGIBLE;…\r\n# summary ${JSON.stringify(SUMMARY)}\r\n`,
};
