import { describe, expect, it } from 'vitest';
import { normaliseName } from '../../src/core/names.ts';

const SAME: Record<string, string[]> = {
  'ASEP HIDAYAT': [
    'ASEP HIDAYAT',
    'asep hidayat',
    '  Asep   Hidayat\t',
    'ASEP  HIDAYAT.',
    'H. Asep Hidayat',
    'H.ASEP HIDAYAT',
    'H ASEP HIDAYAT',
    'DRS. H. ASEP HIDAYAT',
    'Drs H Asep Hidayat',
    'IR. ASEP HIDAYAT, M.M.',
    'Prof. Dr. Ir. H. Asep Hidayat, M.Sc., Ph.D',
    'K.H. ASEP HIDAYAT',
    'KH ASEP HIDAYAT',
    'ASEP HIDAYAT, S.PD',
    'ASEP HIDAYAT S.PD',
    'ASEP HIDAYAT S.Pd.',
    'ASEP HIDAYAT SPD',
    'ASEP HIDAYAT, S. Pd. I, M. Pd',
    'ASEP HIDAYAT, SE',
    'ASEP HIDAYAT, SH., MH',
    'ASEP HIDAYAT S.E., M.M.',
    'ASEP HIDAYAT A.MD.KEB S.PD',
    'ASEP HIDAYAT S.PD A.MD.KEB',
    'ASEP, HIDAYAT',
  ],
  'MARUF AMIN': ["Ma'ruf Amin", 'Ma’ruf Amin', 'Ma‘ruf Amin', 'Ma`ruf Amin', 'MARUF AMIN', "K.H. MA'RUF AMIN"],
  'JOSE MULLER': ['José Müller', 'JOSÉ MÜLLER', 'Jose\u0301 Mu\u0308ller'],
  'SITI NUR AISYAH': ['HJ. SITI NUR AISYAH', 'Hj Siti Nur-Aisyah', 'SITI NUR AISYAH, A.MD'],
};

describe('normaliseName', () => {
  for (const [name, spellings] of Object.entries(SAME)) {
    it.each(spellings)(`takes %j for ${name}`, (spelling) => {
      expect(normaliseName(spelling)).toBe(name);
    });
  }

  it.each([
    ['H.', 'H'],
    ['Hj', 'HJ'],
    ['S.PD', 'S PD'],
    ['K.H.', 'K H'],
    ['DR', 'DR'],
    ['A', 'A'],
  ])('leaves a name that is only a title or a letter: %j', (text, name) => {
    expect(normaliseName(text)).toBe(name);
  });

  it('finds nothing in a name without letters or digits', () => {
    expect(['', ' ', '-', '. , .', "'"].map(normaliseName)).toEqual(['', '', '', '', '']);
  });

  it.each([
    ['ASEP HIDAYAT', 'ASEP HIDAYATI'],
    ['ASEP HIDAYAT', 'HIDAYAT ASEP'],
    ['ASEP HIDAYAT', 'ASEP'],
    ['ASEP HIDAYAT', 'ASEPHIDAYAT'],
    ['MUHAMAD ALI', 'MUHAMMAD ALI'],
    ['SITI AMINAH', 'SITI AMINAH SARI'],
    ['JACKIE MA', 'JACKIE'],
    ['LIM SE', 'LIM'],
    ['NUR H', 'NUR'],
    ['HASAN', 'ASAN'],
    ['DRAJAT', 'JAT'],
    ['IRMA', 'MA'],
    ['H. ASEP', 'H. UJANG'],
    ['ASEP, S.PD', 'UJANG, S.PD'],
  ])('keeps %j and %j apart', (one, other) => {
    expect(normaliseName(one)).not.toBe(normaliseName(other));
  });

  it('changes nothing the second time', () => {
    for (const spelling of Object.values(SAME).flat()) {
      const once = normaliseName(spelling);
      expect(normaliseName(once)).toBe(once);
    }
  });
});
