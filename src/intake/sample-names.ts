/** Names, places and papers of the synthetic sample: common words of West Java, put together anew. Nobody's in particular. */

const list = (text: string): readonly string[] => text.trim().split(/\s+/);

const MEN =
  list(`AGUS AHMAD ALI ANDI ASEP AYI BUDI CECEP DADANG DEDI DENI DIDIN EKO EMAN ENCEP FAJAR GALIH HENDRA HERU ILHAM IMAM IWAN
  JAJANG JOKO KOSASIH MAMAN MUHAMAD NANANG NURDIN OMAN RAHMAT RIDWAN RIZKI RUDI SAEPUL SUHERMAN TATANG UJANG WAHYU YUSUF`);
const WOMEN = list(`AI ANI AYU CUCU DEDEH DEWI EKA ELIS ENUNG ENTIN ERNA EUIS FITRI HENI IDA IIS IMAS INTAN IROH JUJU
  KOKOM LIA LILIS LINA MAYA MIMIN NENENG NIA NURUL PIPIT RATNA RINA SITI SRI SUMIATI TETI TITIN WATI YANI YUYUN`);
const MEN_LAST =
  list(`ABDULLAH EFENDI FADILAH FAUZI FIRMANSYAH GUNAWAN HAKIM HERMAWAN HIDAYAT IRAWAN ISKANDAR JUNAEDI KURNIA KURNIAWAN
  KUSNADI MAULANA MULYADI MULYANA NUGRAHA PERMANA PRATAMA PURNAMA RAMDANI ROHMAN SAEFUDIN SAPUTRA SETIAWAN SOLIHIN SOPIAN SUDRAJAT
  SUHENDAR SUHENDI SUKMANA SUPRIATNA SURYADI SURYANA SUTISNA WAHYUDI WIJAYA YULIANTO`);
const WOMEN_LAST =
  list(`AGUSTINA AISYAH ANGGRAENI APRIYANI ASTUTI DAMAYANTI FATIMAH FAUZIAH HANDAYANI HASANAH HAYATI HERAWATI JAMILAH
  JULAEHA KARTIKA KHOTIMAH KOMALASARI KURNIASIH LESTARI MARDIANA MARLINA MARYAM MAEMUNAH MULYANI NURAENI NURHASANAH NURHAYATI NURJANAH
  PERTIWI PUSPITA RAHAYU RAHMAWATI ROHAENI ROHMAH ROSMIATI SAADAH SARI SUHARTI SUKMAWATI SULASTRI`);

const pairs = (first: readonly string[], last: readonly string[]): readonly string[] =>
  first.flatMap((a) => last.map((b) => `${a} ${b}`));

export const MEN_NAMES = pairs(MEN, MEN_LAST);
export const WOMEN_NAMES = pairs(WOMEN, WOMEN_LAST);
export { MEN_LAST, WOMEN_LAST };

export const MEN_TITLES = ['H. ', 'H. ', 'DRS. ', 'IR. '] as const;
export const WOMEN_TITLES = ['HJ. ', 'HJ. ', 'DRA. ', 'HJ. '] as const;
export const DEGREES = [', S.PD', ', SE', ', S.KOM', ', S.SOS', ' S.AG', ', A.MD', ', SH', ', S.PD.I'] as const;

const HAMLETS = list('CIKARET CIJUJUNG CIBEUREUM PASIRANGIN SUKASARI BABAKAN LEUWILIANG CIKEMPONG KARANGTENGAH NAGRAK');

/** Villages are numbered from 2001, urban wards (kelurahan), which few districts have, from 1001. */
const villageNumbers = (district: number): number[] => {
  const wards = district % 8 === 1 ? 3 : 0;
  const villages = 8 + (district % 5);
  return [...Array.from({ length: wards }, (_, i) => 1001 + i), ...Array.from({ length: villages }, (_, i) => 2001 + i)];
};

/**
 * `ALAMAT;NO_PROP;NO_KAB;NO_KEC;NO_KEL` of every place of a district of Kabupaten Bogor, without the leading zeros that
 * NUMBER columns lose (V).
 */
export const placesOf = (district: number): readonly string[] =>
  villageNumbers(district).flatMap((village) =>
    HAMLETS.map((hamlet, i) => {
      const [rt, rw] = [1 + ((village + i * 3) % 9), 1 + ((district + village + i) % 12)];
      return `KP. ${hamlet} RT 0${rt}/${rw < 10 ? '0' : ''}${rw};32;1;${district};${village}`;
    }),
  );

export const BIRTH_PLACES = list(
  'BOGOR BOGOR BOGOR BOGOR BOGOR BOGOR BOGOR BOGOR BOGOR JAKARTA JAKARTA SUKABUMI CIANJUR BANDUNG DEPOK TANGERANG',
);

/** Districts of first registration of those who moved in: one for each district moved to, so that NIKs stay unique. */
export const MOVED_FROM: readonly (readonly [prefix: string, place: string])[] = (
  [
    ['JAKARTA', '317101 317204 317306 317401 317502 317503'],
    ['BOGOR', '327101 327102 327103 327104 327105 327106'],
    ['DEPOK', '327601 327602 327605'],
    ['BEKASI', '321602 321606 327501 327503'],
    ['SUKABUMI', '320201 320214 327201'],
    ['CIANJUR', '320301 320305'],
    ['BANDUNG', '320405 327302 327310'],
    ['TANGERANG', '360301 367101 367403'],
    ['GARUT', '320501'],
    ['SEMARANG', '337401'],
    ['TEGAL', '332801'],
    ['SURABAYA', '357801'],
    ['YOGYAKARTA', '347101'],
    ['MEDAN', '127101'],
    ['PALEMBANG', '167101'],
    ['MAKASSAR', '737101'],
    ['MANOKWARI', '920201'],
    ['JAYAPURA', '910301'],
  ] as const
).flatMap(([place, prefixes]) => list(prefixes).map((prefix) => [prefix, place] as const));
