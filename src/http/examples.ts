import { SANDBOX } from '../intake/sample-sandbox.ts';

/** Examples of the document: a test holds them to its schemas. */
const ANSWER = {
  election: { id: 'pilkada-2018', date: '2018-06-27' },
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
  suket: { issuedOn: '2018-01-02', validUntil: '2018-07-02', validOnElectionDay: true },
  matches: { name: true, kk: null, suketNumber: null },
  source: 'REGISTRY',
  asOf: '2018-01-12T17:00:00+07:00',
};
const MISS = {
  ...ANSWER,
  ...{ document: 'UNDETERMINED', voter: 'UNDETERMINED', statusCode: null, region: null, suket: null },
  reasons: [{ code: 'NOT_FOUND', basis: 'Not found in the registry of the region you may see' }],
  actions: ['SEE_DISDUKCAPIL', 'CHECK_DPT'],
  contests: [],
  matches: { name: null, kk: null, suketNumber: null },
};
export const ANSWERS = { SUKET: { value: ANSWER }, NOT_FOUND: { value: MISS } };

/** A question for each resident of the sandbox. */
export const QUESTIONS = Object.fromEntries(
  SANDBOX.map(({ outcome, nik, name, document, voter }) => [
    outcome,
    { summary: `Sandbox: document ${document}, voter ${voter}`, value: { nik, name } },
  ]),
);

const { election, contests: _contests, source, asOf, ...FACTS } = ANSWER;
const LINE = { ref: '1', ...FACTS, reasons: ['RECORDED_NOT_PRINTED'], matches: { name: true, kk: null }, asOf };
const SUMMARY = JSON.stringify({
  ...{ id: '0160e9b4-8d00-7000-8000-000000000000', election: election.id, lines: 1 },
  document: { EKTP: 0, SUKET: 1, NEITHER: 0, UNDETERMINED: 0 },
  voter: { ELIGIBLE: 1, NOT_ELIGIBLE: 0, UNDETERMINED: 0 },
  ...{ errors: {}, passedOver: {}, warnings: [], source, asOf: { '32.01': asOf }, sha256: '0'.repeat(64) },
});

/** The same question in both formats of the bulk check, and its answer. */
export const BULK = {
  question: '{"ref":"1","nik":"3201011403859001","name":"ASEP HIDAYAT"}\n',
  answer: `${JSON.stringify(LINE)}\n{"summary":${SUMMARY}}\n`,
  csvQuestion: 'no;nik\r\n1;3201011403859001\r\n',
  csvAnswer: `no;document;voter;…\r\n1;SUKET;ELIGIBLE;…\r\n# summary ${SUMMARY}\r\n`,
};

const CREATED = { id: '0160e9b4-8d00-4000-8000-000000000000', rows: 1, cursor: 'c12' };
const { document, voter, statusCode } = ANSWER;
const BEFORE = { document, voter, reasons: ['RECORDED_NOT_PRINTED'], statusCode };
const AFTER = { document: 'EKTP', voter, reasons: ['CARD_PRINTED'], statusCode: 'CARD_ISSUED' };
const LATER = '2018-02-12T17:00:00+07:00';

/** A list of one voter, and what becomes of it. */
export const LIST = {
  created: CREATED,
  counts: {
    ...{ ...CREATED, createdAt: '2018-01-13T02:00:00Z', asOf: LATER },
    documents: { EKTP: 0, SUKET: 1, NEITHER: 0, UNDETERMINED: 0 },
  },
  changes: { changes: [{ ref: '1', from: BEFORE, to: AFTER, asOf: LATER }], cursor: CREATED.cursor, more: false },
};
