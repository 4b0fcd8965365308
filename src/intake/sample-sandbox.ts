import type { DocumentStatus, ReasonCode, VoterStatus } from '../core/reasons.ts';

/** A fixed synthetic resident of every sample, and what a check of him says on the sample's date. */
export type SandboxResident = {
  /** What he is an example of: a document, or a reason. */
  outcome: 'EKTP' | 'SUKET' | 'NEITHER' | ReasonCode;
  nik: string;
  name: string;
  kk: string;
  suketNumber: string | null;
  document: DocumentStatus;
  voter: VoterStatus;
  /** All reasons of the answer. */
  reasons: readonly ReasonCode[];
};

/** Columns of an export row; those left out are the plain ones: of age, married, a citizen, alive, of Cibinong. */
type Row = {
  born?: string;
  marital?: string;
  work?: string;
  region?: string;
  alive?: string;
  nationality?: string;
  flag?: string;
  /** `TGL_CETAK_KTP;COUNT_KTP` */
  prints?: string;
  status?: string;
  /** `NO_SUKET;TGL_SUKET;TGL_AKHIR_SUKET` */
  suket?: string;
};

const ISSUED: Row = { status: 'CARD_ISSUED', prints: '14-08-2016;1' };
const PRINT_READY: Row = { status: 'PRINT_READY_RECORD' };
const SUKET_OF_2018 = '471.13/1201/DISDUKCAPIL/2018;02-01-2018;';

type Example = [
  SandboxResident['outcome'],
  nik: string,
  name: string,
  DocumentStatus,
  VoterStatus,
  reasons: ReasonCode[],
  Row[],
];

// biome-ignore format: one example a line
const EXAMPLES: readonly Example[] = [
  ['EKTP', '3201014508789001', 'NENENG NURHASANAH', 'EKTP', 'ELIGIBLE', ['CARD_PRINTED'], [ISSUED]],
  ['SUKET', '3201011403859001', 'ASEP HIDAYAT', 'SUKET', 'ELIGIBLE', ['RECORDED_NOT_PRINTED'], [{ ...PRINT_READY, suket: SUKET_OF_2018 }]],
  ['NEITHER', '3201012209909001', 'UJANG SUTISNA', 'NEITHER', 'ELIGIBLE', ['NOT_RECORDED'], [{ status: '' }]],

  ['CARD_PRINTED', '3201010307699001', 'H. DADANG SUPRIATNA', 'EKTP', 'ELIGIBLE', ['CARD_PRINTED'], [ISSUED]],
  ['CARD_NOT_YET_HANDED_OVER', '3201015111949001', 'IMAS KOMALASARI', 'EKTP', 'ELIGIBLE', ['CARD_PRINTED', 'CARD_NOT_YET_HANDED_OVER'], [{ status: 'CARD_SHIPPED', prints: '05-12-2017;1' }]],
  ['RECORDED_NOT_PRINTED', '3201010904889001', 'CECEP GUNAWAN', 'SUKET', 'ELIGIBLE', ['RECORDED_NOT_PRINTED'], [PRINT_READY]],
  ['RECORDED_LOCALLY_NOT_ARRIVED', '3201016702979001', 'LILIS SUKMAWATI', 'SUKET', 'ELIGIBLE', ['RECORDED_NOT_PRINTED', 'RECORDED_LOCALLY_NOT_ARRIVED'], [{ status: 'BIO_CAPTURED' }]],
  ['RECORD_HAS_PROBLEM', '3201011810829001', 'DEDI KURNIAWAN', 'SUKET', 'ELIGIBLE', ['RECORDED_NOT_PRINTED', 'RECORD_HAS_PROBLEM'], [{ status: 'ENROLL_FAILURE_AT_CENTRAL' }]],
  ['OLDER_CARD_MAY_EXIST', '3201014206759001', 'EUIS ROHAENI', 'SUKET', 'ELIGIBLE', ['RECORDED_NOT_PRINTED', 'OLDER_CARD_MAY_EXIST'], [{ ...PRINT_READY, prints: '04-03-2012;1' }]],
  ['NOT_RECORDED', '3201012512989001', 'RIZKI RAMDANI', 'NEITHER', 'ELIGIBLE', ['NOT_RECORDED'], [{ status: 'UNREGISTERED', marital: '1' }]],
  ['UNKNOWN_STATUS_CODE', '3201010605739001', 'TATANG SURYANA', 'UNDETERMINED', 'ELIGIBLE', ['UNKNOWN_STATUS_CODE'], [{ status: 'CARD_RECALLED' }]],
  ['SUKET_EXPIRES_BEFORE_ELECTION', '3201015301919001', 'YANI HANDAYANI', 'SUKET', 'ELIGIBLE', ['RECORDED_NOT_PRINTED', 'SUKET_EXPIRES_BEFORE_ELECTION'], [{ ...PRINT_READY, suket: '471.13/4410/DISDUKCAPIL/2017;02-10-2017;' }]],
  ['NOT_FOUND', '3201013006889009', 'WAHYU ISKANDAR', 'UNDETERMINED', 'UNDETERMINED', ['NOT_FOUND'], []],
  ['CONFLICTING_RECORDS', '3201011701809001', 'NANANG KOSASIH', 'UNDETERMINED', 'UNDETERMINED', ['CONFLICTING_RECORDS'], [ISSUED, { status: 'UNREGISTERED' }]],

  ['UNDER_17', '3201012909029001', 'GALIH NUGRAHA', 'NEITHER', 'NOT_ELIGIBLE', ['NOT_RECORDED', 'UNDER_17'], [{ status: 'UNREGISTERED', marital: '1', work: '3' }]],
  ['NOT_CITIZEN', '3201011107779001', 'AHMAD ABDULLAH', 'EKTP', 'NOT_ELIGIBLE', ['CARD_PRINTED', 'NOT_CITIZEN'], [{ ...ISSUED, nationality: 'MALAYSIA' }]],
  ['NO_CONTEST', '3201014410869001', 'RATNA DAMAYANTI', 'EKTP', 'NOT_ELIGIBLE', ['CARD_PRINTED', 'NO_CONTEST'], [{ ...ISSUED, region: '31;71;1;1001' }]],
  ['TURNS_17_BY_ELECTION', '3201015503019001', 'FITRI RAHAYU', 'SUKET', 'ELIGIBLE', ['RECORDED_NOT_PRINTED', 'TURNS_17_BY_ELECTION'], [{ ...PRINT_READY, marital: '1', work: '3' }]],
  ['BIRTH_DATE_UNKNOWN', '3201010101709001', 'OMAN SOLIHIN', 'EKTP', 'UNDETERMINED', ['CARD_PRINTED', 'BIRTH_DATE_UNKNOWN'], [{ ...ISSUED, born: '00-00-0000', marital: '1' }]],
  ['NATIONALITY_UNCLEAR', '3201012308839001', 'HERU SETIAWAN', 'EKTP', 'UNDETERMINED', ['CARD_PRINTED', 'NATIONALITY_UNCLEAR'], [{ ...ISSUED, nationality: '?' }]],
  ['MARITAL_STATUS_UNKNOWN', '3201016011019001', 'PIPIT LESTARI', 'NEITHER', 'UNDETERMINED', ['NOT_RECORDED', 'MARITAL_STATUS_UNKNOWN'], [{ status: 'UNREGISTERED', marital: '', work: '3' }]],
  ['TNI_POLRI_ON_RECORD', '3201011509749001', 'BUDI HERMAWAN', 'EKTP', 'UNDETERMINED', ['CARD_PRINTED', 'TNI_POLRI_ON_RECORD'], [{ ...ISSUED, work: '6' }]],
  ['DECEASED_ON_RECORD', '3201010812469001', 'H. SUHERMAN MULYADI', 'EKTP', 'UNDETERMINED', ['CARD_PRINTED', 'DECEASED_ON_RECORD'], [{ ...ISSUED, alive: 'MENINGGAL' }]],
  ['INACTIVE_ON_RECORD', '3201014705719001', 'IDA HERAWATI', 'EKTP', 'UNDETERMINED', ['CARD_PRINTED', 'INACTIVE_ON_RECORD'], [{ ...ISSUED, flag: '2' }]],
  ['REGION_UNKNOWN', '3201011902899001', 'HENDRA PERMANA', 'EKTP', 'UNDETERMINED', ['CARD_PRINTED', 'REGION_UNKNOWN'], [{ ...ISSUED, region: ';;;' }]],
];

const kkOf = (place: number): string => `320101${String(place + 1).padStart(2, '0')}03119001`;

/** One resident for each document and each reason of the decision. NOT_FOUND's NIK stands in no sample. */
export const SANDBOX: readonly SandboxResident[] = EXAMPLES.map(
  ([outcome, nik, name, document, voter, reasons, rows], place) => {
    const suketNumber = rows[0]?.suket?.split(';')[0] ?? null;
    return { outcome, nik, name, kk: kkOf(place), suketNumber, document, voter, reasons };
  },
);

/** `dd-mm-yyyy` of a NIK: women's days are 40 more; nobody here was born before 1904. */
function birthDateText(nik: string): string {
  const day = String(Number(nik.slice(6, 8)) % 40).padStart(2, '0');
  return `${day}-${nik.slice(8, 10)}-${nik.slice(10, 12) <= '03' ? 20 : 19}${nik.slice(10, 12)}`;
}

function exportRow(resident: SandboxResident, row: Row): string {
  const { nik, kk, name } = resident;
  const sex = Number(nik.slice(6, 8)) > 40 ? 2 : 1;
  const { born = birthDateText(nik), marital = '2', work = '9', region = '32;1;1;1001', alive = 'HIDUP' } = row;
  const { nationality = 'INDONESIA', flag = '0', prints = ';0', status = '', suket = ';;' } = row;
  const person = `${nik};${kk};${name};BOGOR;${born};${sex};1;${marital};${work};KP. CIKARET RT 03/05;${region}`;
  return `${person};${alive};${nationality};${flag};${prints};${status};${suket}`;
}

/** The export rows of the sandbox, without line ends. */
export const SANDBOX_ROWS: readonly string[] = EXAMPLES.flatMap(([, , , , , , rows], place) =>
  rows.map((row) => exportRow(SANDBOX[place] as SandboxResident, row)),
);
