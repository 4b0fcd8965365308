import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/checks/limits.ts';
import type { SelfCheckOutcome } from '../../src/checks/self-check.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { createPages } from '../../src/web/pages.ts';
import type { WebDependencies } from '../../src/web/replies.ts';
import { answered, NIK, openPages } from './open-pages.ts';

describe('the form', () => {
  it('asks for a NIK and a second fact, and posts both to the same language', async () => {
    const page = await (await openPages().get('/?lang=en')).text();
    expect(page).toContain('<form class="card" method="post" action="/?lang=en"');
    expect(page.match(/<input /g)).toHaveLength(2);
    expect(page).toMatch(/<input id="nik" name="nik" inputmode="numeric" autocomplete="off"/);
    expect(page).not.toContain('pattern=');
  });

  it.each([
    ['/', '', 'id'],
    ['/', 'en-US,en;q=0.9', 'en'],
    ['/', 'fr, en;q=0.4, id-ID;q=0.8', 'id'],
    ['/', 'de', 'id'],
    ['/', 'en;q=0', 'id'],
    ['/?lang=en', 'id', 'en'],
    ['/?lang=id', 'en', 'id'],
    ['/?lang=xx', 'en', 'en'],
  ])('at %s with Accept-Language "%s" is in %s', async (path, accepted, language) => {
    const response = await openPages().get(path, { 'Accept-Language': accepted });
    expect(response.headers.get('Content-Language')).toBe(language);
    expect(response.headers.get('Vary')).toContain('Accept-Language');
    expect(await response.text()).toContain(`<html lang="${language}">`);
  });

  it('offers the other language', async () => {
    expect(await (await openPages().get('/')).text()).toContain('href="/?lang=en" hreflang="en"');
    expect(await (await openPages().get('/problems/invalid?lang=en')).text()).toContain(
      'href="/problems/invalid?lang=id"',
    );
  });

  it('shows the request id', async () => {
    expect(await (await openPages({ requestId: 'abc-1' }).get('/')).text()).toContain('Nomor permintaan: abc-1');
  });
});

describe('the question', () => {
  it('takes a NIK and a KK number with the blanks, dots and dashes people type', async () => {
    const { ask, questions } = openPages();
    await ask(' 3201.0117-0845 9001\u200b', '3201 0105 0607 0001');
    await ask(NIK, '  H. Sí’ti  Aminah, S.Pd ');
    expect(questions).toEqual([
      { id: 'request-1', nik: NIK, second: { kind: 'kk', value: '3201010506070001' }, clientAddress: '192.0.2.1' },
      {
        id: 'request-1',
        nik: NIK,
        second: { kind: 'name', value: 'H. Sí’ti  Aminah, S.Pd' },
        clientAddress: '192.0.2.1',
      },
    ]);
  });

  it.each([`KK 3201010506070001`, 'No. KK: 3201 0105 0607 0001', 'Kartu Keluarga 3201-0105-0607-0001'])(
    'takes %j for a KK number',
    async (typed) => {
      const { ask, questions } = openPages();
      await ask(NIK, typed);
      expect(questions).toMatchObject([{ second: { kind: 'kk', value: '3201010506070001' } }]);
    },
  );

  const FAULTS: [string, string, string, string[]][] = [
    ['nothing', '', '', ['nik', 'second']],
    ['a NIK of 15 digits', '320101170845900', 'Siti Aminah', ['nik']],
    ['a NIK in other digits', '٣٢٠١٠١١٧٠٨٤٥٩٠٠١', 'Siti Aminah', ['nik']],
    ['a NIK of a spreadsheet', '3,20101E+15', 'Siti Aminah', ['nik']],
    ['a KK number of 15 digits', NIK, '320101050607000', ['second']],
    ['a name of one letter', NIK, 'S', ['second']],
    ['a name of 101 letters', NIK, 'x'.repeat(101), ['second']],
  ];
  it.each(FAULTS)(
    'with %s is refused without a check, and nothing typed comes back',
    async (_, nik, second, fields) => {
      const { ask, questions } = openPages();
      const response = await ask(nik, second);
      const page = await response.text();
      expect(response.status).toBe(422);
      expect(questions).toEqual([]);
      expect(page).toContain('role="alert"');
      for (const field of ['nik', 'second']) {
        const input = page.match(new RegExp(`<input id="${field}"[^>]*>`))?.[0] ?? '';
        expect(input.includes(`aria-invalid="true" aria-describedby="${field}-fault ${field}-hint"`)).toBe(
          fields.includes(field),
        );
        expect(page.includes(`<a href="#${field}">`)).toBe(fields.includes(field));
        expect(input).not.toContain('value=');
      }
      if (nik.length > 1) expect(page).not.toContain(nik);
      if (second.length > 1) expect(page).not.toContain(second);
    },
  );

  it.each([LIMITS.maxNameChars - 1, LIMITS.maxNameChars, LIMITS.maxNameChars + 1])(
    'may have a name of %i characters, or not',
    async (chars) => {
      const { ask, questions } = openPages();
      const isTooLong = chars > LIMITS.maxNameChars;
      expect((await ask(NIK, `  ${'é'.repeat(chars)}  `)).status).toBe(isTooLong ? 422 : 200);
      expect(questions).toHaveLength(isTooLong ? 0 : 1);
    },
  );

  it.each([['<script>alert(1)</script>'], ['"><img src=x>'], ["Siti' onfocus='x"]])(
    'never comes back: %s',
    async (name) => {
      for (const outcome of [{ kind: 'WRONG' } as const, answered()]) {
        const { ask, questions } = openPages({ outcome });
        const page = await (await ask(NIK, name)).text();
        expect(questions).toHaveLength(1);
        expect(page).not.toContain(NIK);
        expect(page).not.toContain(name.slice(0, 12));
        expect(page).not.toContain('alert(1)');
      }
    },
  );

  it('of more than 4 KiB is refused as too large, whether or not its length is said', async () => {
    const body = `nik=${NIK}&second=${'x'.repeat(LIMITS.maxBodyBytes)}`;
    const { post, questions } = openPages();
    const sized = await post(body);
    const app = createPages({
      ...({} as WebDependencies),
      election: PILKADA_2018,
      sampleDate: async () => null,
      enter: () => (_, next) => next(),
    });
    const streamed = await app.request('/', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'text/html' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect([sized.status, streamed.status]).toEqual([413, 413]);
    expect(await sized.text()).toContain('Isian terlalu panjang');
    expect(questions).toEqual([]);
  });

  it.each([['application/json'], ['multipart/form-data; boundary=x'], ['text/plain'], ['']])(
    'as "%s" is refused',
    async (type) => {
      const { post, questions } = openPages();
      const response = await post(`nik=${NIK}&second=Siti+Aminah`, '/', type);
      expect(response.status).toBe(415);
      expect(response.headers.get('Content-Type')).toContain('text/html');
      expect(questions).toEqual([]);
    },
  );
});

describe('a program that posts the form and asks for no page', () => {
  const FORM = 'application/x-www-form-urlencoded';
  const LATER = { retryAfterSeconds: 12.5 };
  const REFUSALS: [string, number, string, SelfCheckOutcome | undefined, string, string, object[] | undefined][] = [
    ['another type', 415, 'unsupported-media-type', undefined, 'x', 'text/plain', undefined],
    ['too much', 413, 'content-too-large', undefined, 'x'.repeat(LIMITS.maxBodyBytes + 1), FORM, undefined],
    [
      'nothing',
      422,
      'invalid',
      undefined,
      '',
      FORM,
      [
        { pointer: '/nik', code: 'REQUIRED' },
        { pointer: '/second', code: 'REQUIRED' },
      ],
    ],
    [
      'a short NIK',
      422,
      'invalid',
      undefined,
      'nik=1&second=Siti',
      FORM,
      [{ pointer: '/nik', code: 'NOT_16_DIGITS' }],
    ],
    [
      'one letter',
      422,
      'invalid',
      undefined,
      `nik=${NIK}&second=S`,
      FORM,
      [{ pointer: '/second', code: 'NEITHER_NAME_NOR_KK' }],
    ],
    [
      'a long name',
      422,
      'invalid',
      undefined,
      `nik=${NIK}&second=${'x'.repeat(101)}`,
      FORM,
      [{ pointer: '/second', code: 'TOO_LONG' }],
    ],
    [
      'a locked NIK',
      429,
      'too-many-requests',
      { kind: 'LOCKED' },
      `nik=${NIK}&second=Siti`,
      FORM,
      [{ pointer: '/nik', code: 'LOCKED' }],
    ],
    [
      'too often',
      429,
      'too-many-requests',
      { kind: 'TOO_MANY', ...LATER },
      `nik=${NIK}&second=Siti`,
      FORM,
      undefined,
    ],
    ['in vain', 503, 'unavailable', { kind: 'UNAVAILABLE', ...LATER }, `nik=${NIK}&second=Siti`, FORM, undefined],
  ];
  it.each(REFUSALS)('%s is told %i as a problem', async (_, status, slug, outcome, body, type, errors) => {
    for (const accept of ['*/*', 'application/json', '']) {
      const response = await openPages(outcome ? { outcome } : {}).post(body, '/', type, accept);
      expect(response.status).toBe(status);
      expect(response.headers.get('Content-Type')).toBe('application/problem+json');
      expect(response.headers.get('Retry-After') === null).toBe(status < 429);
      const problem = (await response.json()) as Record<string, unknown>;
      expect(problem).toMatchObject({ type: `/problems/${slug}`, status, instance: 'request-1' });
      expect(problem.errors).toEqual(errors);
    }
  });

  it('is told of a fault as a problem too', async () => {
    const selfCheck = async () => {
      throw new Error(NIK);
    };
    const response = await openPages({ selfCheck, broken: () => {} }).post(
      `nik=${NIK}&second=Siti`,
      '/',
      FORM,
      '*/*',
    );
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ type: '/problems/internal' });
  });

  it('gets the pages of right and wrong answers all the same', async () => {
    for (const outcome of [{ kind: 'WRONG' } as const, answered()]) {
      const response = await openPages({ outcome }).post(`nik=${NIK}&second=Siti`, '/', FORM, 'application/json');
      expect(response.status).toBe(200);
      expect(response.headers.get('Content-Type')).toContain('text/html');
    }
  });
});
