import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/checks/limits.ts';
import type { SelfCheckOutcome } from '../../src/checks/self-check.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { createPages } from '../../src/web/pages.ts';
import type { WebDependencies } from '../../src/web/replies.ts';
import { answerFor, answerOn, EVERYTHING, suket } from './answers.ts';
import { answered, NIK, type Options, openPages } from './open-pages.ts';

const LANGUAGES = ['id', 'en'] as const;
const TRY_LATER: [SelfCheckOutcome, number, string][] = [
  [{ kind: 'LOCKED' }, 429, '3600'],
  [{ kind: 'TOO_MANY', retryAfterSeconds: 12.5 }, 429, '13'],
  [{ kind: 'UNAVAILABLE', retryAfterSeconds: 5 }, 503, '5'],
];

describe('a page that is no answer', () => {
  it('is the same, byte for byte, whatever was wrong', async () => {
    const { ask } = openPages();
    const pages = [ask(), ask('9271011708459001'), ask(NIK, '3201010506070001'), ask(NIK, 'x'.repeat(100))];
    const texts = await Promise.all(pages.map(async (page) => (await page).text()));
    expect(new Set(texts).size).toBe(1);
    const [other] = await Promise.all([openPages({ requestId: 'request-2' }).ask()]);
    expect((await other?.text())?.replace('request-2', 'request-1')).toBe(texts[0]);
  });

  it('asks whether the first number is a KK number, and does not deny the right to vote', async () => {
    const response = await openPages().ask();
    const page = await response.text();
    expect(response.status).toBe(200);
    expect(page).toContain('Apakah nomor pertama yang Anda isi mungkin nomor KK?');
    expect(page).toContain('Ini tidak berarti bahwa Anda tidak dapat memilih.');
    expect(page).toContain('Disdukcapil');
    expect(await (await openPages().ask(NIK, 'Siti', '/?lang=en')).text()).toContain(
      'Is the first number perhaps your KK number?',
    );
  });

  it.each(TRY_LATER)('%o has its status and says when to come back', async (outcome, status, retryAfter) => {
    for (const language of LANGUAGES) {
      const response = await openPages({ outcome }).ask(NIK, 'Siti', `/?lang=${language}`);
      expect(response.status).toBe(status);
      expect(response.headers.get('Retry-After')).toBe(retryAfter);
      expect(await response.text()).toContain('Disdukcapil');
    }
  });

  it('speaks of the limits that hold', () => {
    expect(LIMITS).toMatchObject({ selfCheckWrongAnswers: 5, selfCheckWindowSeconds: 3600, maxNameChars: 100 });
  });

  it('stands for a fault too, which is told to whoever listens and not to the resident', async () => {
    const heard: unknown[] = [];
    const selfCheck = async () => {
      throw new Error(NIK);
    };
    const response = await openPages({ selfCheck, broken: (_, error) => heard.push(error) }).ask();
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain(NIK);
    expect(heard).toHaveLength(1);
  });

  it('explains each problem type by its slug, and no other', async () => {
    const { get } = openPages();
    const page = await (await get('/problems/invalid')).text();
    expect(page).toContain('Some fields are not valid');
    expect(page).toContain('Sebagian isian tidak sah.');
    for (const slug of ['unknown', 'constructor', '__proto__', '%3Cb%3E']) {
      const response = await get(`/problems/${slug}`, { Accept: 'text/html' });
      expect(response.status).toBe(404);
      expect(await response.text()).toContain('Halaman tidak ditemukan');
      const told = await get(`/problems/${slug}`);
      expect([told.status, told.headers.get('Content-Type')]).toEqual([404, 'application/problem+json']);
    }
  });
});

describe('every page', () => {
  const outcomes = [
    answered(),
    answered(answerOn({ kind: 'NOT_FOUND' })),
    { kind: 'WRONG' } as const,
    ...TRY_LATER.map(([o]) => o),
  ];
  const everyPage = async (options: Options = {}): Promise<Response[]> => {
    const { get, ask, post } = openPages(options);
    const answers = outcomes.map((outcome) => openPages({ ...options, outcome }).ask());
    return Promise.all([
      get('/'),
      get('/problems/invalid'),
      get('/problems/x', { Accept: 'text/html' }),
      ask(''),
      post('', '/', 'text/plain'),
      ...answers,
    ]);
  };

  it('allows its own style sheet and nothing else', async () => {
    for (const response of await everyPage()) {
      const page = await response.text();
      const [style = ''] = page.match(/(?<=<style>)[\s\S]*(?=<\/style>)/) ?? [];
      const policy = response.headers.get('Content-Security-Policy') ?? '';
      expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(page).not.toMatch(/<script|<style[^>]|\sstyle=|\son[a-z]+=|https?:\/\/(?!www\.w3\.org)/);
      expect(page.match(/<h1/g)).toHaveLength(1);
    }
  });

  it('is kept nowhere, sniffed by nobody and refers to nobody', async () => {
    for (const { headers } of await everyPage()) {
      expect(headers.get('Cache-Control')).toBe('no-store');
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
      expect(headers.get('Referrer-Policy')).toBe('no-referrer');
      expect(headers.get('Permissions-Policy')).toContain('geolocation=()');
      expect(headers.get('Set-Cookie')).toBeNull();
    }
  });

  it('says of sample data that it is, and of real data nothing', async () => {
    for (const response of await everyPage({ sampleDate: async () => '2018-01-12' })) {
      expect(await response.text()).toContain(
        'Data contoh (sintetis) per 12 Januari 2018; bukan data penduduk sungguhan.',
      );
    }
    for (const response of await everyPage()) expect(await response.text()).not.toContain('class="sample"');
  });

  it('leaves the headers of other routes alone', async () => {
    const app = new Hono();
    const dependencies: Partial<WebDependencies> = { election: PILKADA_2018, enter: () => (_, next) => next() };
    app.route('/', createPages(dependencies as WebDependencies) as unknown as Hono);
    app.get('/v1/other', (c) => c.text('other'));
    expect((await app.request('/v1/other')).headers.get('Content-Security-Policy')).toBeNull();
  });

  it('is under 30 kB, the fullest answer and the form with two faults too', async () => {
    for (const language of LANGUAGES) {
      const fullest = await openPages({
        outcome: answered(answerFor(EVERYTHING)),
        sampleDate: async () => '2018-01-12',
      });
      const answer = await (await fullest.ask(NIK, 'Siti', `/?lang=${language}`)).text();
      const form = await (await fullest.ask('', '', `/?lang=${language}`)).text();
      expect(Buffer.byteLength(answer)).toBeLessThan(30_000);
      expect(Buffer.byteLength(form)).toBeLessThan(30_000);
    }
  });
});

it('the answer for a Suket holder names the days, and neither NIK nor name', async () => {
  const outcome = answered(answerFor({ status: 'PRINT_READY_RECORD', suket: suket('2018-01-02', '2018-07-02') }));
  const page = await (await openPages({ outcome }).ask()).text();
  expect(page).toContain('Terbit 2 Januari 2018, berlaku sampai 2 Juli 2018: masih berlaku pada 27 Juni 2018.');
  expect(page).toContain('Data per 12 Januari 2018 pukul 17.00 WIB.');
  expect(page).not.toContain(NIK);
  expect(page).not.toMatch(/Siti|Aminah|SITI/);
});
