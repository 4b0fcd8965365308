import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NAME_VERSION, normaliseName } from '../../src/core/names.ts';
import { MEN_NAMES, WOMEN_NAMES } from '../../src/intake/sample-names.ts';

/** What is the same name however it is written. */
const SAME: Record<string, Record<string, string[]>> = {
  'whatever the case, blanks and marks between words': {
    ASEPHIDAYAT: ['ASEP HIDAYAT', 'asep hidayat', '  Asep   Hidayat\t', 'ASEP  HIDAYAT.', 'ASEP, HIDAYAT'],
    DEWISARTIKA: [
      'DEWI\u00a0SARTIKA',
      'DEWI.SARTIKA',
      'DEWI_SARTIKA',
      'DEWI/SARTIKA',
      'DEWI\nSARTIKA',
      'DE\u00adWI\u200b SARTIKA',
    ],
    SITINURHALIZAH: ['SITI NURHALIZAH', 'Siti Nur Halizah', 'SITI NUR-HALIZAH'],
    ABDULRAHMAN: ['ABDUL RAHMAN', 'Abdulrahman'],
    ALFATIH: ['AL-FATIH', 'AL FATIH', 'Alfatih', 'AL\u2013FATIH'],
    SUKARNO: ['SUKARNO', 'SUKARNO -', 'SUKARNO .', '- SUKARNO', '. SUKARNO', '"SUKARNO"', '*SUKARNO*'],
    HASAN: ['HASAN', 'H\u200bASAN', 'H\u00adASAN', "H'ASAN"],
  },
  'whatever became of its apostrophe': {
    MARUFALI: [
      ...["MA'RUF ALI", 'MA’RUF ALI', 'MA‘RUF ALI', 'MA`RUF ALI', 'MA´RUF ALI', 'MAʼRUF ALI'],
      ...['MAʿRUF ALI', 'MA′RUF ALI'],
      ...["MA''RUF ALI", 'MA"RUF ALI', 'MA RUF ALI', 'Ma-ruf Ali', 'MARUF ALI', "MA 'RUF ALI", 'MA＇RUF ALI'],
      ...['MA?RUF ALI', 'MA¿RUF ALI', 'MA\ufffdRUF ALI', 'MA\u0092RUF ALI', "MA\\'RUF ALI", "MA\\\\'RUF ALI"],
      ...['MA&#39;RUF ALI', 'MA&#039;RUF ALI', 'MA&#x27;RUF ALI', 'MA&#8217;RUF ALI'],
      ...['MA&#146;RUF ALI', 'MA&apos;RUF ALI'],
      ...[
        'MA&rsquo;RUF ALI',
        'MA&amp;#39;RUF ALI',
        'MA&AMP;APOS;RUF ALI',
        'MA&#39RUF ALI',
        'Ma\\u2019ruf Ali',
        'Ma\\x27ruf Ali',
      ],
      ...['MAâ€™RUF ALI', 'MAâ\u0080\u0099RUF ALI', 'MAÂ€™RUF ALI', 'MAâ€RUF ALI', 'MAÂ´RUF ALI', 'MAÊ¼RUF ALI'],
      ...['MAÃ¢â‚¬â„¢RUF ALI', 'MAï¿½RUF ALI'],
    ],
    RAUF: ['RA’UF', 'RA.UF', 'Ra`uf', 'RAUF', 'RA UF'],
    NURAINI: ['NUR´AINI', "Nur'aini", 'NUR AINI'],
    JUMAT: ["JUM'AT", 'Jumat'],
  },
  'with and without accents': {
    RENE: ['RENÉ', 'RENE', 'Rene\u0301', 'RENÃ‰', 'renÃ©', 'REN&Eacute;', 'ＲＥＮＥ'],
    JOSEMULLER: ['José Müller', 'JOSÉ MÜLLER', 'Jose\u0301 Mu\u0308ller', 'JosÃ© MÃ¼ller', 'Jos&eacute; M&uuml;ller'],
    RENES: ["RENÉ'S", 'RENÉ’S'],
    SOREN: ['SØREN', 'Soren'],
  },
  'with and without titles before it': {
    ASEPHIDAYAT: [
      ...[
        'H. Asep Hidayat',
        'H.ASEP HIDAYAT',
        'H ASEP HIDAYAT',
        'HAJI ASEP HIDAYAT',
        'DRS. H. ASEP HIDAYAT',
        'Drs H Asep Hidayat',
      ],
      ...['K.H. ASEP HIDAYAT', 'KH ASEP HIDAYAT', 'K H ASEP HIDAYAT'],
      ...['KYAI HAJI ASEP HIDAYAT', 'TUAN GURU HAJI ASEP HIDAYAT'],
      ...['DR. dr. ASEP HIDAYAT', 'DRG. ASEP HIDAYAT', 'drh ASEP HIDAYAT'],
      ...['NS. ASEP HIDAYAT', 'DR. (H.C.) ASEP HIDAYAT'],
      ...['PDT. ASEP HIDAYAT', 'TGK. ASEP HIDAYAT', 'UST. ASEP HIDAYAT', 'USTADZ ASEP HIDAYAT', 'BAPAK ASEP HIDAYAT'],
      ...['R. ASEP HIDAYAT', 'RD. ASEP HIDAYAT', 'RADEN ASEP HIDAYAT', 'TB. ASEP HIDAYAT', 'TUBAGUS ASEP HIDAYAT'],
      ...['ALM. ASEP HIDAYAT', 'ALMARHUM H. ASEP HIDAYAT', '(ALM) ASEP HIDAYAT'],
      ...['(ALM.) H. ASEP HIDAYAT', 'H.R. ASEP HIDAYAT'],
    ],
    SITIAMINAH: [
      'HJ. SITI AMINAH',
      'Hj.Siti Aminah',
      'Hajjah Siti Aminah',
      'DRA. HJ. SITI AMINAH',
      'IBU SITI AMINAH',
    ],
    KARTINI: ['RADEN AJENG KARTINI', 'RR. KARTINI', 'R. KARTINI', 'NY. KARTINI', 'IBU KARTINI', 'ALMARHUMAH KARTINI'],
  },
  'with and without titles and degrees behind it': {
    ASEPHIDAYAT: [
      ...['IR. ASEP HIDAYAT, M.M.', 'Prof. Dr. Ir. H. Asep Hidayat, M.Sc., Ph.D'],
      ...['ASEP HIDAYAT, S.PD', 'ASEP HIDAYAT S.PD'],
      ...[
        'ASEP HIDAYAT S.Pd.',
        'ASEP HIDAYAT SPD',
        'ASEP HIDAYAT S PD',
        'ASEP HIDAYAT. S.PD',
        'ASEP HIDAYAT.S.PD',
        'ASEP HIDAYAT (S.PD)',
      ],
      ...[
        'ASEP HIDAYAT, S. Pd. I, M. Pd',
        'ASEP HIDAYAT, SE',
        'ASEP HIDAYAT,ST',
        'ASEP HIDAYAT, SH., MH',
        'ASEP HIDAYAT S.E., M.M.',
      ],
      ...[
        'ASEP HIDAYAT S.E',
        'ASEP HIDAYAT SE.',
        'ASEP HIDAYAT S. H.',
        'ASEP HIDAYAT A.MD.KEB S.PD',
        'ASEP HIDAYAT S.PD A.MD.KEB',
      ],
      ...[
        'ASEP HIDAYAT A MD KEB',
        'ASEP HIDAYAT, AMD.KEB',
        'ASEP HIDAYAT, A.MD.AK',
        'ASEP HIDAYAT, A.MA.PD',
        'ASEP HIDAYAT, A.Ma',
      ],
      ...[
        'ASEP HIDAYAT, S.HUT',
        'ASEP HIDAYAT, S.PI',
        'ASEP HIDAYAT, S.TR.KEB',
        'ASEP HIDAYAT, S.PD.K',
        'ASEP HIDAYAT, M.FARM',
      ],
      ...[
        'ASEP HIDAYAT, S.I.P',
        'ASEP HIDAYAT, S.I.KOM',
        'ASEP HIDAYAT, M.SI., PH.D',
        'ASEP HIDAYAT, M.AGR',
        'ASEP HIDAYAT, S.ST.PI',
      ],
      ...[
        'ASEP HIDAYAT, S.KPM',
        'ASEP HIDAYAT, S.TRK',
        'ASEP HIDAYAT, S.KEP., NS',
        'ASEP HIDAYAT, S.FARM., APT',
        'ASEP HIDAYAT, S.GZ',
      ],
      ...[
        'ASEP HIDAYAT, SP.OG',
        'ASEP HIDAYAT, SP.A(K)',
        'ASEP HIDAYAT, SP.PD-KGEH',
        'ASEP HIDAYAT, S.E., AK., CA',
        'ASEP HIDAYAT, LL.M',
      ],
      ...['ASEP HIDAYAT, DRS', 'ASEP HIDAYAT, H.', 'ASEP HIDAYAT, DRS., H., M.SI'],
      ...['ASEP HIDAYAT, S,PD', 'ASEP HIDAYAT; S.PD'],
      ...[
        'ASEP HIDAYAT (ALM)',
        'ASEP HIDAYAT (ALM.',
        'ASEP HIDAYAT ALM',
        'ASEP HIDAYAT, ALM',
        'ASEP HIDAYAT [ALMARHUM]',
        'ASEP HIDAYAT - ALM',
      ],
      ...['ASEP (ALM) HIDAYAT', 'ASEP HIDAYAT, S.XYZ', 'ASEP HIDAYAT, S&#46;PD'],
    ],
    SITINURAISYAH: [
      'HJ. SITI NUR AISYAH',
      'Hj Siti Nur-Aisyah',
      'SITI NUR AISYAH, A.MD',
      'SITI NUR AISYAH HJ',
      'SITI NUR AISYAH (ALMH)',
    ],
    MA: ['MA', 'MA, SE', 'HJ. MA'],
  },
  'however MUHAMMAD in front is written': {
    MUHAMMADALI: [
      ...['MUHAMMAD ALI', 'MUH. ALI', 'MUH ALI', 'MOH. ALI', 'Moch. Ali', 'MOHD ALI', 'MHD. ALI', 'M. ALI'],
      ...['M ALI', 'M.ALI'],
      ...['MUHAMAD ALI', 'MOHAMMAD ALI', 'MOHAMAD ALI', 'MOCHAMAD ALI', 'MOCHAMMAD ALI'],
      ...['MOHAMMED ALI', 'MOEHAMMAD ALI'],
      ...['H. M. ALI', 'H.M. ALI', 'DRS. H. MOCH. ALI, M.SI', 'MUHAMADALI', 'M. ALI, S.E.'],
    ],
    MUHAMMAD: ['MUHAMMAD', 'MUHAMAD', 'H. MOCHAMAD', 'Muhammad, S.Pd'],
    ALIM: ['ALI M', 'ALI M.', 'Alim'],
  },
};

/** Names of different people. */
const APART: [string, string][] = [
  ['ASEP HIDAYAT', 'ASEP HIDAYATI'],
  ['ASEP HIDAYAT', 'HIDAYAT ASEP'],
  ['ASEP HIDAYAT', 'ASEP'],
  ['SITI AMINAH', 'SITI AMINAH SARI'],
  ['BUDI', 'BUDI SANTOSO'],
  ['MUHAMMAD ALI', 'ALI'],
  ['MUHAMMAD ALI', 'AHMAD ALI'],
  ['ALI MUHAMMAD', 'ALI M'],
  ['MUHTAR ALI', 'MUHAMMAD ALI'],
  ["MA'RUF", 'MAKRUF'],
  ['DADANG', 'DIDIN'],
  ['JACKIE MA', 'JACKIE'],
  ['LIM SE', 'LIM'],
  ['LIM SHI', 'LIM'],
  ['LIM MENG', 'LIM'],
  ['YOSEF AMA', 'YOSEF'],
  ['BUDI ST', 'BUDI'],
  ['NUR H', 'NUR'],
  ['NUR HAJI', 'NUR'],
  ['NUR ALAM', 'NUR'],
  ['NUR ALIM', 'NUR AL'],
  ['SUSI S.R.', 'SUSI'],
  ['HASAN', 'ASAN'],
  ['RAHMAT', 'AHMAT'],
  ['DRAJAT', 'JAT'],
  ['IRMA', 'MA'],
  ['MASE', 'MA'],
  ['RATU AYU', 'AYU'],
  ['NYI MAS', 'MAS'],
  ["RA'UF", 'UF'],
  ['HAJIR', 'IR'],
  ['BUDI (UJANG)', 'BUDI'],
  ['HIDAYAT, ASEP', 'HIDAYAT'],
  ['HIDAYAT, M. ASEP', 'HIDAYAT'],
  ['H. ASEP', 'H. UJANG'],
  ['ASEP, S.PD', 'UJANG, S.PD'],
  ['ANDRÉ', 'ANDRI'],
  ['ASEP 1', 'ASEP 2'],
];

describe.each(Object.entries(SAME))('a name is the same %s', (_, names) => {
  for (const [name, spellings] of Object.entries(names)) {
    it.each(spellings)(`takes %j for ${name}`, (spelling) => {
      expect(normaliseName(spelling)).toBe(name);
    });
  }
});

describe('normaliseName', () => {
  it.each(APART)('keeps %j and %j apart', (one, other) => {
    expect(normaliseName(one)).not.toBe(normaliseName(other));
  });

  it.each([
    ['H.', 'H'],
    ['Hj', 'HJ'],
    ['HAJI', 'HAJI'],
    ['RADEN', 'RADEN'],
    ['ALM', 'ALM'],
    ['S.PD', 'SPD'],
    [', S.PD', 'SPD'],
    ['M.SI', 'MSI'],
    ['MUH.', 'MUH'],
    ['K.H.', 'KH'],
    ['DR', 'DR'],
    ['A', 'A'],
  ])('leaves a name that is only a title or a letter: %j', (text, name) => {
    expect(normaliseName(text)).toBe(name);
  });

  it.each([
    ['SØREN ĐORĐE ŁUCJA ÆGIR ışık', 'SORENDORDELUCJAAEGIRISIK'],
    ['søren đorđe łucja ægir', 'SORENDORDELUCJAAEGIR'],
    ['JOS&eacute; &Ouml;ZIL &ccedil;A', 'JOSEOZILCA'],
    ['A&nbsp;B&amp;C&ndash;D&mdash;E', 'ABCDE'],
    ['D&lsquo;A &ldquo;B&rdquo; &sbquo;C &quot;D&acute;', 'DABCD'],
    ['&#x10FFFF;ASEP &#1114112;ASEP', 'ASEPASEP'],
    ['&#65;SEP &#x41;SEP', 'ASEPASEP'],
    [String.raw`\u0041SEP \x41SEP \\u0041SEP`, 'ASEPASEPASEP'],
  ])('reads the letters and entities of %j', (name, letters) => {
    expect(normaliseName(name)).toBe(letters);
  });

  it('finds nothing in a name without letters or digits', () => {
    expect(['', ' ', '-', '. , .', "'", '?', '()', '\u200b'].map(normaliseName)).toEqual(Array(8).fill(''));
  });

  it('changes nothing the second time', () => {
    for (const spelling of Object.values(SAME).flatMap((names) => Object.values(names).flat())) {
      const once = normaliseName(spelling);
      expect(normaliseName(once)).toBe(once);
    }
  });

  it('takes nothing from common names', () => {
    for (const name of [...MEN_NAMES, ...WOMEN_NAMES]) {
      const whole = name.replace(/^MUHAMAD /, 'MUHAMMAD ').replaceAll(' ', '');
      expect([normaliseName(name), normaliseName(`${name.toLowerCase()}.`)]).toEqual([whole, whole]);
    }
  });

  it('takes its time in proportion to the length, whatever the text', () => {
    const pieces = ['S P ', 'A, H ', '(', 'H. ', '&amp;', '&#39', '\\', 'Ã¢', 'S.', ' '];
    const start = performance.now();
    for (const piece of pieces) normaliseName(`${piece.repeat(20_000)}!X`);
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it('has a version, for a proof of another does not compare', () => {
    expect(NAME_VERSION).toBe(2);
  });
});

describe('names of random syllables', () => {
  // No title, degree or spelling of MUHAMMAD is made of these.
  const syllable = fc
    .tuple(fc.constantFrom(...'BDGKLNPRSTW'), fc.constantFrom(...'AIOU'), fc.constantFrom('', '', 'N', 'R'))
    .map((letters) => letters.join(''));
  const word = fc.array(syllable, { minLength: 2, maxLength: 4 }).map((syllables) => syllables.join(''));
  const person = fc.array(word, { minLength: 1, maxLength: 4 });
  const front = fc.array(
    fc.constantFrom('H. ', 'HJ ', 'Drs. ', 'IR.', 'DR. ', 'K.H. ', 'HAJI ', 'Raden ', 'TB.', '(ALM) ', 'PDT. '),
    { maxLength: 3 },
  );
  const behind = fc.array(
    fc.constantFrom(
      ', S.PD',
      ', SE',
      ' S.E.',
      ', A.Md.Keb',
      ' SPD',
      ' (ALM)',
      ', H.',
      ', M.Si., Ph.D',
      ' S.Tr.Kes',
      ', Sp.OG(K)',
    ),
    { maxLength: 3 },
  );
  const between = fc.constantFrom(' ', '  ', '', '-', ' - ', '_', '\t', '\u00a0', '/', ' \u200b');
  const within = fc.constantFrom(
    '',
    '',
    "'",
    '’',
    '`',
    '?',
    '&#39;',
    '&amp;#039;',
    "\\'",
    'â€™',
    '\u0092',
    '\u00b4',
    '\u0301',
    '\u00ad',
  );
  const dress = fc.record({
    front,
    behind,
    between: fc.array(between, { minLength: 3, maxLength: 3 }),
    within: fc.array(within, { minLength: 4, maxLength: 4 }),
    small: fc.boolean(),
  });
  type Dress = typeof dress extends fc.Arbitrary<infer Value> ? Value : never;

  const dressed = (words: string[], { front, behind, between, within, small }: Dress): string => {
    const name = words.map((w, i) => `${w.slice(0, 2)}${within[i]}${w.slice(2)}${between[i] ?? ''}`).join('');
    return front.join('') + (small ? name.toLowerCase() : name).trim() + behind.join('');
  };

  it('give one form, however they are dressed', () => {
    fc.assert(
      fc.property(person, dress, (words, how) => {
        expect(normaliseName(dressed(words, how))).toBe(words.join(''));
      }),
      { numRuns: 2_000 },
    );
  });

  it('stay apart where their letters differ', () => {
    fc.assert(
      fc.property(person, person, dress, dress, (one, other, how, andHow) => {
        fc.pre(one.join('') !== other.join(''));
        expect(normaliseName(dressed(one, how))).not.toBe(normaliseName(dressed(other, andHow)));
      }),
      { numRuns: 2_000 },
    );
  });
});
