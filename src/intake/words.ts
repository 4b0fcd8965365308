/** Words of the columns that hold a code or words, upper case. A cell is matched by its words, not as a whole. */

const list = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** STAT_KWN. A single letter may be Indonesian or English ("S" is sudah or single) and says nothing. */
export const NEVER_MARRIED = list('LAJANG PERAWAN PERJAKA SINGLE BUJANG GADIS');
export const MARRIED = list('KAWIN MENIKAH NIKAH MARRIED');
export const WAS_MARRIED = list('CERAI JANDA DUDA BERCERAI DIVORCED WIDOWED');
export const NOT_YET = list('BELUM TIDAK BLM TDK UNMARRIED');
export const UNKNOWN = list('DIKETAHUI JELAS');

/** JENIS_PKRJN: who serves, and the words by which somebody no longer does or never did. */
export const SERVING = list(
  `TNI POLRI POLISI KEPOLISIAN TENTARA ABRI BRIMOB POLWAN KOWAD KOWAL WARA PRAJURIT BINTARA TAMTAMA BABINSA
   BHABINKAMTIBMAS POLDA POLRES POLSEK KODAM KODIM KORAMIL KOPASSUS KOSTRAD MARINIR`,
);
export const NO_LONGER_SERVING = list(
  'PENSIUNAN PENSIUN PENS PURNAWIRAWAN PURNAWIRA PURNA PURN VETERAN MANTAN EKS BEKAS ISTRI SUAMI ANAK BUKAN',
);
/** Civilians of the forces, and police in name only; such a word speaks for its own side of a slash. */
export const CIVILIAN = list('PNS ASN SIPIL PAMONG PRAJA PP SATPOL HUTAN POLHUT POLSUS KHUSUS');

/** STAT_HIDUP. */
export const DEAD = list('MENINGGAL MATI WAFAT MENINGAL ALM ALMARHUM ALMARHUMAH ALMH TEWAS DECEASED MD');
export const ALIVE = list('HIDUP ALIVE');

/** KEBANGSAAN: a citizen of Indonesia, and what puts that in doubt. */
export const CITIZEN = list('WNI INDONESIA INDONESIAN IDN INA RI INDO INDONESIER');
export const NOT_CITIZEN = list('WNA ASING BUKAN NON EKS TIDAK');

/** FLAG_STATUS. */
export const ACTIVE = list('AKTIF ACTIVE A');
export const INACTIVE = list('NONAKTIF NON TIDAK TDK INACTIVE PINDAH MENINGGAL MATI GANDA HAPUS');
