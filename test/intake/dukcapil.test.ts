import { describe, expect, it } from 'vitest';
import type { Nik } from '../../src/core/nik.ts';
import { processResidentResponse } from '../../src/intake/dukcapil/response.ts';
import { parseUpstream } from '../../src/intake/dukcapil/settings.ts';
import { pageOf, REFUSALS, type ToldResident, toldResident, withNumbers } from '../support/dukcapil.ts';

const nik = '3201014508809001' as Nik;
const judge = (content: object, asked = nik) => processResidentResponse(pageOf([content]), asked);
const residentIn = (rest: ToldResident, asked = nik) => {
  const reply = judge(toldResident(asked, rest), asked);
  return reply.kind === 'FOUND' ? reply.resident : null;
};

describe('the judge of the web service', () => {
  it('reads a resident', () => {
    expect(judge(toldResident(nik))).toEqual({
      kind: 'FOUND',
      resident: {
        nik,
        kk: '3201010503119001',
        name: 'NENENG NURHASANAH',
        born: { kind: 'DAY', date: '1980-03-13', twoDigits: false },
        region: '32.01.01.1001',
        marital: 'IS_OR_WAS',
        tniPolri: false,
        ektp: 'RECORDED',
      },
    });
  });

  it.each(['9201014508809007', '9271055303959003', '9111010101909999'])(
    'reads %s, a number, to its digit',
    (digits) => {
      const asked = digits as Nik;
      const text = withNumbers(pageOf([toldResident(asked, { NO_KK: '9201010503119007' })]));
      expect(text).toContain(`"NIK":${digits}`);
      const plain = JSON.parse(text) as { content: { NIK: number }[] };
      expect(String(plain.content[0]?.NIK)).not.toBe(digits);
      expect(processResidentResponse(text, asked)).toMatchObject({
        kind: 'FOUND',
        resident: { nik: digits, kk: '9201010503119007' },
      });
    },
  );

  it('knows its keys in either spelling', () => {
    const { NIK: _, ...rest } = toldResident(nik);
    const camel = Object.entries(rest).map(([key, value]) => [
      key.toLowerCase().replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()),
      value,
    ]);
    expect(judge({ nik, ...Object.fromEntries(camel) })).toEqual(judge(toldResident(nik)));
  });

  it('reads both forms of a date', () => {
    for (const date of ['1995-03-13', '13.03.1995', '13-03-1995'])
      expect(residentIn({ TGL_LHR: date })?.born).toEqual({ kind: 'DAY', date: '1995-03-13', twoDigits: false });
    for (const date of ['', null, '31.02.1995x', 'BESOK'])
      expect(residentIn({ TGL_LHR: date })?.born.kind).not.toBe('DAY');
  });

  it.each([
    ['SUDAH REKAM', 'RECORDED'],
    ['sudah  rekam ', 'RECORDED'],
    ['TUNGGAL', 'RECORDED'],
    ['BELUM REKAM', 'NOT_RECORDED'],
    ['', 'UNKNOWN'],
    [null, 'UNKNOWN'],
    ['TIDAK SUDAH REKAM', 'UNKNOWN'],
    ['CARD_PRINTED', 'UNKNOWN'],
  ])('takes EKTP_STATUS %o as %o', (status, ektp) => {
    expect(residentIn({ EKTP_STATUS: status })?.ektp).toBe(ektp);
  });

  it.each(Object.entries(REFUSALS).flatMap(([kind, texts]) => texts.map((text) => [text, kind])))(
    'tells %o apart',
    (text, kind) => {
      for (const said of [text, text.toUpperCase(), ` ${text.toLowerCase().replaceAll(' ', '   ')}\n`]) {
        expect(judge({ RESPON: said })).toEqual({ kind });
        expect(judge({ RESPONSE_CODE: '13', RESPONSE_DESC: said })).toEqual({ kind });
        // Even beside what looks like a person, or like a miss.
        expect(judge({ ...toldResident(nik), RESPON: said })).toEqual({ kind });
        expect(judge({ RESPON: 'Data Tidak Ditemukan', RESPONSE_DESC: said })).toEqual({ kind });
      }
    },
  );

  it.each([
    { RESPONSE_CODE: '14', RESPONSE_DESC: 'Data Ditemukan, Status Tidak Aktif silakan hubungi Dinas Dukcapil' },
    { RESPONSE_CODE: 14 },
    { RESPON: 'Data Ditemukan,  Status tidak aktif silakan hubungi Dinas Dukcapil' },
  ])('knows a record that is not active: %o', (content) => {
    expect(judge(content)).toEqual({ kind: 'INACTIVE_RECORD' });
  });

  it('takes only the very words for "not found"', () => {
    for (const text of ['Data Tidak Ditemukan', 'DATA TIDAK  DITEMUKAN', ' data tidak ditemukan.'])
      expect(judge({ RESPON: text })).toEqual({ kind: 'NOT_FOUND' });
    expect(judge({ RESPONSE_CODE: 13, RESPONSE_DESC: 'Data Tidak Ditemukan' })).toEqual({ kind: 'NOT_FOUND' });
    for (const text of [
      'Server Data Tidak Ditemukan',
      'Data Tidak Ditemukan karena gangguan',
      'Data Ditemukan',
      'Terjadi kesalahan',
      'ORA-12541: TNS: no listener',
    ])
      expect(judge({ RESPON: text })).toEqual({ kind: 'MALFORMED' });
    expect(judge({ RESPON: 'Data Tidak Ditemukan', RESPONSE_DESC: 'Koneksi terputus' })).toEqual({
      kind: 'MALFORMED',
    });
  });

  it.each([
    '',
    'null',
    '[]',
    '"Data Tidak Ditemukan"',
    '{}',
    '{"content":null}',
    '{"content":[]}',
    '{"content":[null]}',
    '{"content":["Data Tidak Ditemukan"]}',
    '{"content":[{}]}',
    '{"content":[{"NIK":null}]}',
    '{"content":[{"NIK":3.20101450880900E15}]}',
    '{"content":[{"NIK":{"RESPON":"Data Tidak Ditemukan"}}]}',
    '<html>Data Tidak Ditemukan</html>',
    '['.repeat(60_000),
    '{"content":[{"__proto__":{"RESPON":"Data Tidak Ditemukan"}}]}',
  ])('believes nothing of another form: %.60s', (text) => {
    expect(processResidentResponse(text, nik)).toEqual({ kind: 'MALFORMED' });
  });

  it('believes no answer about somebody else, and none that is cut', () => {
    expect(judge(toldResident('3201014508809002'))).toEqual({ kind: 'MALFORMED' });
    const text = pageOf([toldResident(nik)]);
    for (let length = 0; length < text.length; length += 1)
      expect(processResidentResponse(text.slice(0, length), nik)).toEqual({ kind: 'MALFORMED' });
  });

  it('leaves out what cannot be read', () => {
    const unread = { NO_KK: 0, NAMA_LGKP: '---', NO_PROP: 99, STATUS_KAWIN: '?', JENIS_PKRJN: null };
    expect(residentIn(unread)).toMatchObject({
      kk: null,
      name: null,
      region: null,
      marital: 'UNKNOWN',
      tniPolri: false,
    });
    expect(residentIn({ JENIS_PKRJN: 'KEPOLISIAN RI', STATUS_KAWIN: 'BELUM KAWIN' })).toMatchObject({
      tniPolri: true,
      marital: 'NEVER',
    });
  });
});

describe('the setting of the web service', () => {
  const good = {
    url: 'https://ws.example.go.id/dukcapil/get_json/a/CALL_NIK',
    user: 'u',
    password: 'p',
    ip: '10.0.0.1',
  };
  const parse = (rest: object) => parseUpstream(JSON.stringify({ ...good, ...rest }));

  it('has the usual spelling and the quota of 2018 unless told otherwise', () => {
    expect(parseUpstream(null)).toBeNull();
    expect(parse({})).toEqual({ ...good, keys: {}, perDay: 200_000 });
    expect(parse({ keys: { nik: 'NIK', user: 'userId' }, perDay: 5 })?.keys).toEqual({
      nik: 'NIK',
      user: 'userId',
    });
    expect(parse({ url: 'http://172.16.160.43:8080/CALL_NIK' })?.url).toContain('172.16.160.43');
  });

  it.each([
    'x',
    '[]',
    JSON.stringify({ ...good, url: 'http://ws.example.go.id/CALL_NIK' }),
    JSON.stringify({ ...good, url: 'http://10.0.0.1@example.org/CALL_NIK' }),
    JSON.stringify({ ...good, url: 'http://10.example.org/CALL_NIK' }),
    JSON.stringify({ ...good, perDay: 0 }),
    JSON.stringify({ ...good, passwort: 'geheim' }),
  ])('is refused in one line that tells nothing of it: %s', (text) => {
    expect(() => parseUpstream(text)).toThrow(/^HAKPILIH_UPSTREAM must be a JSON object [^\n]*README\.md$/);
  });
});
