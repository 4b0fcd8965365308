import type { CivilDate } from '../core/dates.ts';
import { type Nik, nikHints } from '../core/nik.ts';
import { type DocumentStatus, REASON_CODES, type ReasonCode, type VoterStatus } from '../core/reasons.ts';

/** What an example may set, and what it has otherwise; `born` is then that of the NIK. Some are several columns. */
const USUAL = {
  born: '',
  marital: '2',
  work: '9',
  region: '32;1;1;1001',
  alive: 'HIDUP',
  nationality: 'INDONESIA',
  flag: '0',
  prints: ';0',
  status: '',
  suket: ';;',
};
type Row = Partial<typeof USUAL>;

const ISSUED: Row = { status: 'CARD_ISSUED', prints: '14-08-2016;1' };
const SHIPPED: Row = { status: 'CARD_SHIPPED', prints: '05-12-2017;1' };
const RECALLED: Row = { status: 'CARD_RECALLED' };
const CAPTURED: Row = { status: 'BIO_CAPTURED' };
const FAILED: Row = { status: 'ENROLL_FAILURE_AT_CENTRAL' };
const READY: Row = { status: 'PRINT_READY_RECORD' };
const PRINTED_BEFORE: Row = { ...READY, prints: '04-03-2012;1' };
const WITH_SUKET: Row = { ...READY, suket: '471.13/1201/DISDUKCAPIL/2018;02-01-2018;' };
const WITH_OLD_SUKET: Row = { ...READY, suket: '471.13/4410/DISDUKCAPIL/2017;02-10-2017;' };
const UNREGISTERED: Row = { status: 'UNREGISTERED' };
const SINGLE: Row = { ...UNREGISTERED, marital: '1' };
const PUPIL: Row = { ...SINGLE, work: '3' };
const MAYBE_MARRIED: Row = { ...PUPIL, marital: '' };
const NO_BIRTH_DATE: Row = { ...ISSUED, born: '00-00-0000', marital: '1' };
const MALAYSIAN: Row = { ...ISSUED, nationality: 'MALAYSIA' };
const NO_NATIONALITY: Row = { ...ISSUED, nationality: '?' };
const IN_JAKARTA: Row = { ...ISSUED, region: '31;71;1;1001' };
const NOWHERE: Row = { ...ISSUED, region: ';;;' };
const SOLDIER: Row = { ...ISSUED, work: '6' };
const DECEASED: Row = { ...ISSUED, alive: 'MENINGGAL' };
const INACTIVE: Row = { ...ISSUED, flag: '2' };

/** What the resident is an example of: a document, or a reason. */
type Outcome = 'EKTP' | 'SUKET' | 'NEITHER' | ReasonCode;
type Example = [Outcome, nik: string, name: string, DocumentStatus, VoterStatus, ...rows: Row[]];
const EXAMPLES: readonly Example[] = [
  ['EKTP', '3201014508789001', 'NENENG NURHASANAH', 'EKTP', 'ELIGIBLE', ISSUED],
  ['SUKET', '3201011403859001', 'ASEP HIDAYAT', 'SUKET', 'ELIGIBLE', WITH_SUKET],
  ['NEITHER', '3201012209909001', 'UJANG SUTISNA', 'NEITHER', 'ELIGIBLE', {}],
  ['CARD_PRINTED', '3201010307699001', 'H. DADANG SUPRIATNA', 'EKTP', 'ELIGIBLE', ISSUED],
  ['CARD_NOT_YET_HANDED_OVER', '3201015111949001', 'IMAS KOMALASARI', 'EKTP', 'ELIGIBLE', SHIPPED],
  ['RECORDED_NOT_PRINTED', '3201010904889001', 'CECEP GUNAWAN', 'SUKET', 'ELIGIBLE', READY],
  ['RECORDED_LOCALLY_NOT_ARRIVED', '3201016702979001', 'LILIS SUKMAWATI', 'SUKET', 'ELIGIBLE', CAPTURED],
  ['RECORD_HAS_PROBLEM', '3201011810829001', 'DEDI KURNIAWAN', 'SUKET', 'ELIGIBLE', FAILED],
  ['OLDER_CARD_MAY_EXIST', '3201014206759001', 'EUIS ROHAENI', 'SUKET', 'ELIGIBLE', PRINTED_BEFORE],
  ['NOT_RECORDED', '3201012512989001', 'RIZKI RAMDANI', 'NEITHER', 'ELIGIBLE', SINGLE],
  ['UNKNOWN_STATUS_CODE', '3201010605739001', 'TATANG SURYANA', 'UNDETERMINED', 'ELIGIBLE', RECALLED],
  ['SUKET_EXPIRES_BEFORE_ELECTION', '3201015301919001', 'YANI HANDAYANI', 'SUKET', 'ELIGIBLE', WITH_OLD_SUKET],
  ['NOT_FOUND', '3201013006889009', 'WAHYU ISKANDAR', 'UNDETERMINED', 'UNDETERMINED'],
  ['CONFLICTING_RECORDS', '3201011701809001', 'NANANG KOSASIH', 'UNDETERMINED', 'UNDETERMINED', ISSUED, UNREGISTERED],
  ['UNDER_17', '3201012909029001', 'GALIH NUGRAHA', 'NEITHER', 'NOT_ELIGIBLE', PUPIL],
  ['NOT_CITIZEN', '3201011107779001', 'AHMAD ABDULLAH', 'EKTP', 'NOT_ELIGIBLE', MALAYSIAN],
  ['NO_CONTEST', '3201014410869001', 'RATNA DAMAYANTI', 'EKTP', 'NOT_ELIGIBLE', IN_JAKARTA],
  ['TURNS_17_BY_ELECTION', '3201015503019001', 'FITRI RAHAYU', 'SUKET', 'ELIGIBLE', { ...PUPIL, ...READY }],
  ['BIRTH_DATE_UNKNOWN', '3201010101709001', 'OMAN SOLIHIN', 'EKTP', 'UNDETERMINED', NO_BIRTH_DATE],
  ['NATIONALITY_UNCLEAR', '3201012308839001', 'HERU SETIAWAN', 'EKTP', 'UNDETERMINED', NO_NATIONALITY],
  ['MARITAL_STATUS_UNKNOWN', '3201016011019001', 'PIPIT LESTARI', 'NEITHER', 'UNDETERMINED', MAYBE_MARRIED],
  ['TNI_POLRI_ON_RECORD', '3201011509749001', 'BUDI HERMAWAN', 'EKTP', 'UNDETERMINED', SOLDIER],
  ['DECEASED_ON_RECORD', '3201010812469001', 'H. SUHERMAN MULYADI', 'EKTP', 'UNDETERMINED', DECEASED],
  ['INACTIVE_ON_RECORD', '3201014705719001', 'IDA HERAWATI', 'EKTP', 'UNDETERMINED', INACTIVE],
  ['REGION_UNKNOWN', '3201011902899001', 'HENDRA PERMANA', 'EKTP', 'UNDETERMINED', NOWHERE],
];

const REASON_OF = {
  EKTP: 'CARD_PRINTED',
  SUKET: 'RECORDED_NOT_PRINTED',
  NEITHER: 'NOT_RECORDED',
  UNDETERMINED: null,
};

/** One resident for each document and each reason, and what a check of them says on the sample's date. */
export const SANDBOX = EXAMPLES.map(([outcome, nik, name, document, voter, ...rows], place) => {
  const kk = `320101${String(place + 1).padStart(2, '0')}03119001`;
  const suketNumber = rows[0]?.suket?.split(';')[0] ?? null;
  const reasons = REASON_CODES.filter((code) => code === REASON_OF[document] || code === outcome);
  return { outcome, nik, name, kk, suketNumber, document, voter, reasons, rows };
});
export type SandboxResident = (typeof SANDBOX)[number];

/** The export rows of the sandbox, without line ends. NOT_FOUND's NIK stands in no sample. */
export const SANDBOX_ROWS = SANDBOX.flatMap(({ nik, kk, name, rows }) =>
  rows.map((row) => exportRow(nik, kk, name, row)),
);

function exportRow(nik: string, kk: string, name: string, row: Row): string {
  const { birthDate, sex } = nikHints(nik as Nik, '2018-01-12' as CivilDate);
  const { born, marital, work, region, alive, nationality, flag, prints, status, suket } = { ...USUAL, ...row };
  const birthday = born || birthDate?.split('-').reverse().join('-');
  const person = `${nik};${kk};${name};BOGOR;${birthday};${sex === 'WOMAN' ? 2 : 1};1;${marital};${work}`;
  return `${person};KP. CIKARET RT 03/05;${region};${alive};${nationality};${flag};${prints};${status};${suket}`;
}
