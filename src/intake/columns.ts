/** Of a SIAK export (V). The status code of a row is in the first of these that is not blank there (V). */
export const STATUS_COLUMNS = [
  'EKTP_CURRENT_STATUS_CODE',
  'CURRENT_STATUS_CODE',
  'CURRENT_STATUS_CODE_EKTP',
] as const;
export const REGION_COLUMNS = ['NO_PROP', 'NO_KAB', 'NO_KEC', 'NO_KEL'] as const;
export const DATE_COLUMNS = ['TGL_LHR', 'TGL_CETAK_KTP', 'TGL_SUKET', 'TGL_AKHIR_SUKET'] as const;
export type DateColumn = (typeof DATE_COLUMNS)[number];

/** Every column with its other names, as people and other systems write them; blanks and marks do not count. */
const ALIASES = {
  NIK: 'NO NIK|NOMOR NIK|NIK KTP|NO KTP|NOMOR KTP|NO EKTP|NO INDUK KEPENDUDUKAN|NOMOR INDUK KEPENDUDUKAN',
  EKTP_CURRENT_STATUS_CODE:
    'STATUS EKTP|STATUS KTP EL|STATUS KTP|EKTP STATUS CODE|EKTP STATUS|STATUS REKAM|STATUS PEREKAMAN',
  CURRENT_STATUS_CODE: 'CURRENT STATUS|STATUS CODE|KODE STATUS',
  CURRENT_STATUS_CODE_EKTP: 'STATUS CODE EKTP',
  NO_KK: 'KK|NKK|NOMOR KK|NO KARTU KELUARGA|NOMOR KARTU KELUARGA|KARTU KELUARGA',
  NAMA_LGKP: 'NAMA|NAMA LENGKAP|NM LGKP|NM LENGKAP|NAMA PENDUDUK|NAME|FULL NAME',
  TGL_LHR: 'TANGGAL LAHIR|TGL LAHIR|TANGGAL LHR|TANGGAL KELAHIRAN|TGL KELAHIRAN',
  STAT_KWN: 'STATUS KAWIN|STATUS PERKAWINAN|STAT KAWIN|STATUS KWN|STATUS NIKAH|STATUS PERNIKAHAN|PERKAWINAN',
  JENIS_PKRJN: 'PEKERJAAN|JENIS PEKERJAAN|JNS PKRJN|JNS PEKERJAAN|PKRJN',
  NO_PROP: `PROVINSI|PROPINSI|PROP|PROV|NO PROVINSI|NO PROPINSI|NO PROV|KODE PROVINSI|KODE PROPINSI|KODE PROP|KODE PROV
    |KD PROP|KD PROV`,
  NO_KAB:
    'KABUPATEN|KAB|KAB KOTA|KABUPATEN KOTA|NO KABUPATEN|NO KAB KOTA|KODE KABUPATEN|KODE KAB|KODE KAB KOTA|KD KAB',
  NO_KEC: 'KECAMATAN|KEC|NO KECAMATAN|KODE KECAMATAN|KODE KEC|KD KEC',
  NO_KEL: `KELURAHAN|KEL|DESA|DESA KELURAHAN|KELURAHAN DESA|KEL DESA|DESA KEL|NO KELURAHAN|NO DESA|KODE KELURAHAN
    |KODE KEL|KODE DESA|KD KEL|KD DESA`,
  STAT_HIDUP: 'STATUS HIDUP',
  KEBANGSAAN: 'KEWARGANEGARAAN|WARGA NEGARA',
  FLAG_STATUS: 'FLAG|FLA',
  TGL_CETAK_KTP: 'TGL CETAK|TANGGAL CETAK|TANGGAL CETAK KTP|TGL CETAK EKTP|TANGGAL CETAK EKTP|TGL CETAK KTP EL',
  COUNT_KTP: 'JML KTP|JUMLAH KTP|JML CETAK KTP|JUMLAH CETAK KTP',
  NO_SUKET: 'NOMOR SUKET|NO SURAT KETERANGAN|NOMOR SURAT KETERANGAN',
  TGL_SUKET: 'TANGGAL SUKET|TGL TERBIT SUKET|TANGGAL TERBIT SUKET|TGL SURAT KETERANGAN|TANGGAL SURAT KETERANGAN',
  TGL_AKHIR_SUKET: 'TANGGAL AKHIR SUKET|TGL BERLAKU SUKET|TANGGAL BERLAKU SUKET|TGL HABIS SUKET|BERLAKU SAMPAI',
};
export type Column = keyof typeof ALIASES;
export const COLUMNS = Object.keys(ALIASES) as Column[];

/** Columns of SIAK that are not used but begin like one that is: a name cut short may be theirs. */
const UNUSED = `JENIS_KLMIN NO_AKTA_LHR NO_AKTA_KWN NO_RT NO_RW NO_PASPOR NO_KTP_IBU NO_KTP_AYAH NO_KITAS
  NAMA_LGKP_AYAH NAMA_LGKP_IBU NAMA_PROP NAMA_KAB NAMA_KEC NAMA_KEL STAT_HBKEL STAT_KTP TGL_KWN TGL_CRAI TGL_PJG_KTP
  TGL_AKH_PASPOR TGL_UBAH TGL_ENTRI TGL_CETAK_KIA FLAGSINK FLAG_PINDAH FLAG_EKTP KET_AGAMA
  COUNT_BIODATA NIK_IBU NIK_AYAH`;

/** A name without case, blanks, underscores, dots, quotes and line ends. */
export const foldName = (name: string): string => name.toUpperCase().replace(/[^A-Z0-9]+/g, '');

const BY_NAME = new Map(
  COLUMNS.flatMap((column) =>
    [...ALIASES[column].split('|'), column].map((name) => [foldName(name), column] as const),
  ),
);
const FULL_NAMES = [...COLUMNS, ...UNUSED.split(/\s+/)].map(foldName);
const SHORTEST_CUT = 4;

/** The column that a name stands for; also one that SQL*Plus cut short, where it can be only one. */
export function columnNamed(name: string): Column | undefined {
  const folded = foldName(name);
  const known = BY_NAME.get(folded);
  if (known !== undefined || folded.length < SHORTEST_CUT || FULL_NAMES.includes(folded)) return known;
  const [whole, ...others] = FULL_NAMES.filter((full) => full.startsWith(folded)).sort((a, b) => a.length - b.length);
  return whole !== undefined && others.every((other) => other.startsWith(whole)) ? BY_NAME.get(whole) : undefined;
}

/** Whether a name is the column's own, not another name of it. */
export const isOwnName = (name: string, column: Column): boolean => foldName(name) === foldName(column);
