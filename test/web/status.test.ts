import { describe, expect, it } from 'vitest';
import type { ServiceStatus } from '../../src/snapshot/status.ts';
import { openPages, STATUS } from './open-pages.ts';

const at = (text: string): number => Date.parse(`${text}+07:00`);
const COPY = { source: '32.01', asOf: '2018-01-12T17:00:00+07:00', fullAsOf: null, ageSeconds: 3 * 86_400 + 5 };
const AWAY: ServiceStatus = {
  answers: 'SNAPSHOT',
  copies: [COPY, { ...COPY, source: 'sample', ageSeconds: 0 }],
  database: { lastContactMs: at('2018-01-15T09:59:00'), outSinceMs: at('2018-01-15T10:00:00') },
  upstream: null,
  snapshot: {
    publishedAtMs: at('2018-01-12T18:00:00'),
    lastCopy: 1,
    refused: [{ number: 3, fault: 'DIGEST_DIFFERS' }],
  },
  outages: [{ server: 'database', beganMs: at('2018-01-14T08:00:00'), endedMs: at('2018-01-14T08:02:30') }],
};

/** The words of the page, without its frame. */
async function wordsOf(status: ServiceStatus, language: 'id' | 'en'): Promise<string> {
  const response = await openPages({ status: async () => status }).get(`/status?lang=${language}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const main = /<main[^>]*>(.*)<\/main>/s.exec(await response.text())?.[1] ?? '';
  return main
    .replace(/<svg.*?<\/svg>/gs, '')
    .replace(/<[^>]+>/g, '\n')
    .replace(/\n\s*\n+/g, '\n')
    .trim();
}

describe('the page of the service', () => {
  it('says in Indonesian what answers, how old the data is, and what failed', async () => {
    expect(await wordsOf(AWAY, 'id')).toBe(`Layanan menjawab dari salinan cadangan
Apa pun yang tertulis di sini tidak berarti apa pun tentang hak pilih Anda. Tanggal data juga tertulis pada setiap hasil.
Umur data
Wilayah 32.01: data per 12 Januari 2018 pukul 17.00 WIB, berumur 3 hari
Data contoh (buatan): data per 12 Januari 2018 pukul 17.00 WIB, berumur 0 hari
Pangkalan data
Tidak menjawab sejak 15 Januari 2018 pukul 10.00 WIB
Terakhir menjawab: 15 Januari 2018 pukul 09.59 WIB
Salinan cadangan
Dibuat pada 12 Januari 2018 pukul 18.00 WIB; dipakai selama pangkalan data tidak menjawab
Salinan nomor 3 tidak dipakai karena tidak dapat dipercaya (DIGEST_DIFFERS)
Gangguan selama tujuh hari terakhir
Pangkalan data: mulai 14 Januari 2018 pukul 08.00 WIB, sekitar 3 menit`);
  });

  it('says the same in English', async () => {
    const words = await wordsOf(AWAY, 'en');
    expect(words).toContain('The service is answering from its backup copy');
    expect(words).toContain('Region 32.01: data as of 12 January 2018, 17:00 WIB, 3 days old');
    expect(words).toContain('Has not answered since 15 January 2018, 10:00 WIB');
    expect(words).toContain('Database: from 14 January 2018, 08:00 WIB, about 3 min');
  });

  it('tells of the web service where it is asked', async () => {
    const upstream = { lastContactMs: at('2018-01-15T09:58:00'), outSinceMs: at('2018-01-15T10:01:00') };
    const over = { server: 'upstream', beganMs: at('2018-01-14T08:00:00'), endedMs: at('2018-01-14T08:02:30') };
    const words = await wordsOf({ ...STATUS, upstream, outages: [over] }, 'id');
    expect(words).toContain(`Layanan web Dukcapil
Tidak menjawab sejak 15 Januari 2018 pukul 10.01 WIB
Terakhir menjawab: 15 Januari 2018 pukul 09.58 WIB
Salinan cadangan`);
    expect(words).toContain('Layanan web Dukcapil: mulai 14 Januari 2018 pukul 08.00 WIB, sekitar 3 menit');
    expect(await wordsOf(STATUS, 'id')).not.toContain('Layanan web Dukcapil');
  });

  it.each([
    [STATUS, 'Layanan berjalan'],
    [{ ...STATUS, answers: 'DOWN', snapshot: null } as const, 'Layanan sedang tidak dapat menjawab'],
    [{ ...STATUS, database: { lastContactMs: null, outSinceMs: null } }, 'Belum pernah menjawab'],
    [{ ...STATUS, snapshot: { publishedAtMs: null, lastCopy: null, refused: [] } }, 'Belum ada'],
  ])('tells the truth in every state', async (status, words) => {
    expect(await wordsOf(status, 'id')).toContain(words);
  });
});
