export type DocumentStatus = 'EKTP' | 'SUKET' | 'NEITHER' | 'UNDETERMINED';
export type VoterStatus = 'ELIGIBLE' | 'NOT_ELIGIBLE' | 'UNDETERMINED';
/** Where an answer comes from; `SAMPLE` is the synthetic sample, whichever source held it. */
export type Source = 'REGISTRY' | 'SNAPSHOT' | 'UPSTREAM' | 'SAMPLE';

/** Every reason in the order in which answers list it, with a short citation. */
export const REASON_BASIS = {
  CARD_PRINTED: 'UU 10/2016 art. 200A; PKPU 8/2018 art. 7',
  CARD_NOT_YET_HANDED_OVER: 'SIAK status: printed, not yet issued',
  RECORDED_NOT_PRINTED: 'DG Dukcapil 471.13/10231 (2016)',
  RECORDED_LOCALLY_NOT_ARRIVED: 'SIAK status: recorded, not yet at the centre',
  RECORD_HAS_PROBLEM: 'SIAK status: recorded, not completed by the centre',
  OLDER_CARD_MAY_EXIST: 'SIAK status, TGL_CETAK_KTP, COUNT_KTP',
  NOT_RECORDED: 'SIAK status: not recorded',
  UNKNOWN_STATUS_CODE: 'SIAK status: in no row of the table',
  SUKET_EXPIRES_BEFORE_ELECTION: 'DG Dukcapil 471.13/10231 (2016): six months',
  NOT_FOUND: 'Not found in the registry of the region you may see',
  CONFLICTING_RECORDS: 'Rows of one NIK that differ',
  UNDER_17: 'UU 10/2016 art. 1; PKPU 2/2017 art. 5',
  NOT_CITIZEN: 'UU 10/2016 art. 1; KEBANGSAAN',
  NO_CONTEST: 'KPU: the 171 contests of 27 June 2018',
  TURNS_17_BY_ELECTION: 'PKPU 2/2017 art. 5',
  BIRTH_DATE_UNKNOWN: 'TGL_LHR',
  NATIONALITY_UNCLEAR: 'KEBANGSAAN',
  MARITAL_STATUS_UNKNOWN: 'STAT_KWN; PKPU 2/2017 art. 5',
  TNI_POLRI_ON_RECORD: 'UU 10/2016; PKPU 2/2017 art. 5; JENIS_PKRJN',
  DECEASED_ON_RECORD: 'STAT_HIDUP',
  INACTIVE_ON_RECORD: 'FLAG_STATUS',
  REGION_UNKNOWN: 'NO_PROP, NO_KAB',
} as const;

export type ReasonCode = keyof typeof REASON_BASIS;
export const REASON_CODES = Object.keys(REASON_BASIS) as ReasonCode[];

export type Action =
  | 'SEE_DISDUKCAPIL'
  | 'RECORD_BIOMETRICS'
  | 'COLLECT_CARD'
  | 'OBTAIN_SUKET'
  | 'RENEW_SUKET'
  | 'CHECK_DPT'
  | 'BRING_EKTP'
  | 'BRING_SUKET';
