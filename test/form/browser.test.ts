import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX, type SandboxResident } from '../../src/intake/sample-sandbox.ts';
import { loadSampleIfEmpty } from '../../src/platform/sample.ts';
import { connect } from '../../src/registry/sql.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { nikOf } from '../support/registry.ts';
import { createTestKeys, type RunningServer, startServer } from '../support/server.ts';
import { openBrowser, sendForm } from './browser.ts';

const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const MAX_BYTES = 30_000;
const SUKET = SANDBOX.find(({ outcome }) => outcome === 'SUKET') as SandboxResident;
/** Nobody is to be told what the sample has on these two, so they have no result page. */
const ANSWERED = SANDBOX.filter(({ outcome }) => outcome !== 'NOT_FOUND' && outcome !== 'CONFLICTING_RECORDS');
const HEADLINE = 'Anda tercatat memiliki Suket yang berlaku pada hari pemungutan suara.';

let database: TestDatabase;
let server: RunningServer;
let browser: Browser;
let axe: string;
let niks = 300_000;

beforeAll(async () => {
  browser = await openBrowser();
  axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
  database = await createTestDatabase();
  const keys = await createTestKeys();
  server = await startServer({ ...keys, HAKPILIH_DATABASE_URL: database.url });
  const sql = connect(database.url, { max: 1 });
  await loadSampleIfEmpty(sql, Buffer.from(keys.HAKPILIH_REGISTRY_KEY, 'base64'), () => {});
  await sql.end();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await database?.drop();
});

type Visit = { page: Page; context: BrowserContext; faults: string[]; documents: Response[] };

/** A browser window that notes what no page of ours may do. */
async function openWindow(options: BrowserContextOptions): Promise<Visit> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const faults: string[] = [];
  const documents: Response[] = [];
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith('data:') && new URL(url).origin !== server.url) faults.push(`asked another host: ${url}`);
    if (/\d{16}/.test(url)) faults.push('a NIK in an address');
    if (request.headers().referer !== undefined) faults.push('a referrer');
  });
  page.on('response', (response) => {
    if (response.request().isNavigationRequest()) {
      documents.push(response);
      const bytes = Number(response.headers()['content-length']);
      if (!(bytes > 1_000 && bytes < MAX_BYTES)) faults.push(`a document of ${bytes} bytes`);
    } else if (!response.url().startsWith('data:')) faults.push(`more than the document: ${response.url()}`);
  });
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) faults.push(message.text());
  });
  page.on('pageerror', () => faults.push('an error of a script'));
  return { page, context, faults, documents };
}

async function closeWindow({ page, context, faults }: Visit): Promise<void> {
  expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/(\?lang=(id|en))?(#\w+)?$/);
  await context.close();
  expect(faults).toEqual([]);
}

const formIn = (language: string): string => `${server.url}/?lang=${language}`;
const isTooWide = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

/** The element that has the focus: what it is, how it shows the focus, and whether it is in sight. */
const focused = (page: Page): Promise<{ name: string; outline: number; inSight: boolean }> =>
  page.evaluate(`(() => {
    const element = document.activeElement;
    const { top, bottom, left, right, width, height } = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return {
      name: element.id || element.className || element.tagName,
      outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
      inSight: width > 0 && height > 0 && top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth,
    };
  })()`);

describe.each([true, false])('with script %s', (javaScriptEnabled) => {
  describe.each([
    ['a phone', PHONE],
    ['a desktop', DESKTOP],
  ])('on %s', (_, size) => {
    it('answers a Suket holder whom the keyboard alone serves', async () => {
      const visit = await openWindow({ ...size, javaScriptEnabled });
      const { page } = visit;
      await page.goto(formIn('id'));
      const order: string[] = [];
      for (let i = 0; i < 6; i++) {
        await page.keyboard.press('Tab');
        const { name, outline, inSight } = await focused(page);
        order.push(name);
        expect([name, outline >= 3, inSight]).toEqual([name, true, true]);
        if (name === 'nik') await page.keyboard.type(SUKET.nik);
        if (name === 'second') await page.keyboard.type(SUKET.name);
      }
      expect(order).toEqual(['skip', 'brand', 'lang', 'nik', 'second', 'button']);
      await Promise.all([page.waitForURL(formIn('id')), page.waitForEvent('load'), page.keyboard.press('Enter')]);
      expect(await page.textContent('h1')).toBe(HEADLINE);
      expect(await isTooWide(page)).toBe(false);
      await closeWindow(visit);
    });
  });

  it('leads the keyboard past the frame and from the summary of the errors to each box', async () => {
    const visit = await openWindow({ ...PHONE, javaScriptEnabled });
    const { page } = visit;
    await page.goto(formIn('id'));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect((await focused(page)).name).toBe('nik');
    await page.keyboard.type('320101');
    await page.keyboard.press('Tab');
    await page.keyboard.type('X');
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    expect(await page.title()).toMatch(/^Perlu diperbaiki: /);
    expect((await focused(page)).name).toBe('card errors');
    expect(await page.inputValue('#nik')).toBe('');
    for (const [tabs, box] of [
      [1, 'nik'],
      [2, 'second'],
    ] as const) {
      await page.focus('.errors');
      for (let i = 0; i < tabs; i++) await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect((await focused(page)).name).toBe(box);
    }
    await closeWindow(visit);
  });
});

it('sends nothing while a box is empty, and says of a stranger only that he is not found', async () => {
  const visit = await openWindow(PHONE);
  const { page, documents } = visit;
  await page.goto(formIn('en'));
  await page.click('form .button');
  expect((await focused(page)).name).toBe('nik');
  expect(documents).toHaveLength(1);
  await sendForm(page, nikOf(niks++), SUKET.name);
  expect(await page.textContent('h1')).toBe('Not found, or the details do not match');
  expect(documents.map((response) => response.status())).toEqual([200, 200]);
  await closeWindow(visit);
});

/** What axe finds, as rule and place. In the dark nothing but colours is another. */
async function findings(page: Page, scheme: 'light' | 'dark'): Promise<string[]> {
  await page.emulateMedia({ colorScheme: scheme });
  if (scheme === 'light') await page.evaluate(axe);
  const options = scheme === 'light' ? '{ resultTypes: ["violations"] }' : '{ runOnly: ["color-contrast"] }';
  return await page.evaluate(`axe.run(document, ${options}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ' ' + target)))`);
}

async function expectFlawless(page: Page, what: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const)
    expect(await findings(page, scheme), `${what}, ${scheme}`).toEqual([]);
  expect(await isTooWide(page), `${what} is too wide`).toBe(false);
}

describe('axe finds nothing, in the light and in the dark, and nothing is too wide', () => {
  it.each([
    ['id', 'a phone', PHONE],
    ['en', 'a phone', PHONE],
    ['id', 'a desktop', DESKTOP],
  ] as const)('on the pages of the form, in %s on %s', async (language, _, size) => {
    const visit = await openWindow({ ...size, bypassCSP: true });
    const { page, documents } = visit;
    await page.goto(formIn(language));
    await expectFlawless(page, 'form');
    await sendForm(page, '3', 'X');
    await expectFlawless(page, 'form with errors');
    const nik = nikOf(niks++);
    await sendForm(page, nik, SUKET.name);
    await expectFlawless(page, 'wrong page');
    for (let i = 0; i < 5; i++) await sendForm(page, nik, SUKET.name);
    await expectFlawless(page, 'locked page');
    expect(documents.map((response) => response.status())).toEqual([200, 422, 200, 200, 200, 200, 200, 429]);
    await closeWindow(visit);
  });

  it.each([PHONE, DESKTOP])('on the page of the API, in $viewport.width pixels', async (size) => {
    // It is for programmers: its size is not that of a form for phones.
    const page = await browser.newPage({ ...size, bypassCSP: true });
    await page.goto(`${server.url}/docs`);
    await expectFlawless(page, 'docs');
    await page.close();
  });

  describe.each(['id', 'en'])('on the answer, in %s, which prints on one sheet', (language) => {
    let visit: Visit;
    beforeAll(async () => {
      visit = await openWindow({ ...PHONE, bypassCSP: true });
    });
    afterAll(() => visit && closeWindow(visit));

    it.each(ANSWERED)('for $outcome', async ({ outcome, nik, name }) => {
      const { page } = visit;
      await page.goto(formIn(language));
      await sendForm(page, nik, name);
      expect(await page.locator('.outcome .word').count()).toBe(1);
      await expectFlawless(page, outcome);
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
      expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1);
    });
  });
});
