/** Names and places of the synthetic sample: common words of West Java, put together anew. Nobody's in particular. */

const list = (text: string): readonly string[] => text.split(/\s+/);
export const weighted = (text: string): readonly string[] =>
  text.split(/,\s+/).flatMap((entry) => {
    const [value = '', weight] = entry.split(':');
    return Array<string>(Number(weight)).fill(value);
  });

export const pick = <Value>(values: readonly Value[], hash: number): Value => values[hash % values.length] as Value;

const MEN =
  list(`AGUS AHMAD ALI ANDI ASEP AYI BUDI CECEP DADANG DEDI DENI DIDIN EKO EMAN ENCEP FAJAR GALIH HENDRA HERU
  ILHAM IMAM IWAN JAJANG JOKO KOSASIH MAMAN MUHAMAD NANANG NURDIN OMAN RAHMAT RIDWAN RIZKI RUDI SAEPUL SUHERMAN
  TATANG UJANG WAHYU YUSUF`);
const WOMEN =
  list(`AI ANI AYU CUCU DEDEH DEWI EKA ELIS ENUNG ENTIN ERNA EUIS FITRI HENI IDA IIS IMAS INTAN IROH JUJU KOKOM
  LIA LILIS LINA MAYA MIMIN NENENG NIA NURUL PIPIT RATNA RINA SITI SRI SUMIATI TETI TITIN WATI YANI YUYUN`);
const MEN_LAST =
  list(`ABDULLAH EFENDI FADILAH FAUZI FIRMANSYAH GUNAWAN HAKIM HERMAWAN HIDAYAT IRAWAN ISKANDAR JUNAEDI KURNIA
  KURNIAWAN KUSNADI MAULANA MULYADI MULYANA NUGRAHA PERMANA PRATAMA PURNAMA RAMDANI ROHMAN SAEFUDIN SAPUTRA
  SETIAWAN SOLIHIN SOPIAN SUDRAJAT SUHENDAR SUHENDI SUKMANA SUPRIATNA SURYADI SURYANA SUTISNA WAHYUDI WIJAYA
  YULIANTO`);
const WOMEN_LAST =
  list(`AGUSTINA AISYAH ANGGRAENI APRIYANI ASTUTI DAMAYANTI FATIMAH FAUZIAH HANDAYANI HASANAH HAYATI HERAWATI
  JAMILAH JULAEHA KARTIKA KHOTIMAH KOMALASARI KURNIASIH LESTARI MARDIANA MARLINA MARYAM MAEMUNAH MULYANI NURAENI
  NURHASANAH NURHAYATI NURJANAH PERTIWI PUSPITA RAHAYU RAHMAWATI ROHAENI ROHMAH ROSMIATI SAADAH SARI SUHARTI
  SUKMAWATI SULASTRI`);
export const MEN_NAMES = MEN.flatMap((first) => MEN_LAST.map((last) => `${first} ${last}`));
export const WOMEN_NAMES = WOMEN.flatMap((first) => WOMEN_LAST.map((last) => `${first} ${last}`));

const MEN_TITLES = ['H. ', 'H. ', 'DRS. ', 'IR. '] as const;
const WOMEN_TITLES = ['HJ. ', 'HJ. ', 'DRA. ', 'HJ. '] as const;
const DEGREES = [', S.PD', ', SE', ', S.KOM', ', S.SOS', ' S.AG', ', A.MD', ', SH', ', S.PD.I'] as const;

export function nameOf(woman: boolean, year: number, hash: number): string {
  const name = pick(woman ? WOMEN_NAMES : MEN_NAMES, hash);
  const full = (hash >>> 11) % 4 === 0 ? `${name} ${pick(woman ? WOMEN_LAST : MEN_LAST, hash >>> 13)}` : name;
  const title = (hash >>> 16) % 40;
  if (title === 0 && year < 1975) return pick(woman ? WOMEN_TITLES : MEN_TITLES, hash >>> 22) + full;
  return title === 1 && year < 1995 ? full + pick(DEGREES, hash >>> 22) : full;
}

export const BIRTH_PLACES = weighted('BOGOR:9, JAKARTA:2, SUKABUMI:1, CIANJUR:1, BANDUNG:1, DEPOK:1, TANGERANG:1');
const HAMLETS = list(
  'CIKARET CIJUJUNG CIBEUREUM PASIRANGIN SUKASARI BABAKAN LEUWILIANG CIKEMPONG KARANGTENGAH NAGRAK',
);

/** `ALAMAT;NO_PROP;NO_KAB;NO_KEC;NO_KEL` in Kabupaten Bogor, without leading zeros as NUMBER columns are (V). */
export function homeOf(district: number, hash: number): string {
  const wards = district % 8 === 1 ? 3 : 0; // urban wards (kelurahan) are numbered from 1001, villages from 2001
  const home = hash % ((wards + 8 + (district % 5)) * 10);
  const hamlet = home % 10;
  const place = Math.floor(home / 10);
  const village = place < wards ? 1001 + place : 2001 + place - wards;
  const rw = String(1 + ((district + village + hamlet) % 12)).padStart(2, '0');
  return `KP. ${HAMLETS[hamlet]} RT 0${1 + ((village + hamlet * 3) % 9)}/${rw};32;1;${district};${village}`;
}

/** Districts of first registration of those who moved in: one for each district moved to, so that NIKs stay unique. */
export const MOVED_FROM =
  list(`317101:JAKARTA 317204:JAKARTA 317306:JAKARTA 317401:JAKARTA 317502:JAKARTA 317503:JAKARTA 327101:BOGOR
  327102:BOGOR 327103:BOGOR 327104:BOGOR 327105:BOGOR 327106:BOGOR 327601:DEPOK 327602:DEPOK 327605:DEPOK
  321602:BEKASI 321606:BEKASI 327501:BEKASI 327503:BEKASI 320201:SUKABUMI 320214:SUKABUMI 327201:SUKABUMI
  320301:CIANJUR 320305:CIANJUR 320405:BANDUNG 327302:BANDUNG 327310:BANDUNG 360301:TANGERANG 367101:TANGERANG
  367403:TANGERANG 320501:GARUT 337401:SEMARANG 332801:TEGAL 357801:SURABAYA 347101:YOGYAKARTA 127101:MEDAN
  167101:PALEMBANG 737101:MAKASSAR 920201:MANOKWARI 910301:JAYAPURA`).map((entry) => ({
    code: entry.slice(0, 6),
    place: entry.slice(7),
  }));
