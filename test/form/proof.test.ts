import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createChallenge } from 'altcha-lib/v1';
import type { Challenge } from 'altcha-lib/v1/types';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetSelfChecks } from '../../src/checks/form-source.ts';
import { LIMITS } from '../../src/checks/limits.ts';
import { createProofs, type Proofs } from '../../src/checks/proof-of-work.ts';
import type { Nik } from '../../src/core/nik.ts';
import { HTTP_LIMITS } from '../../src/http/limits.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { addressTag, tagsOf } from '../../src/registry/tags.ts';
import { createTestRegistry, type TestRegistry } from '../support/registry.ts';
import { createTestKeys, type RunningServer, startServer } from '../support/server.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';
import { openBrowser, sendForm } from './browser.ts';
import { createClient, type Reply } from './post.ts';
import { createResidents } from './residents.ts';

const HEADLINE = 'Anda tercatat sudah melakukan perekaman';
const WRONG = 'Data tidak ditemukan atau tidak cocok';
const WAIT = 'Layanan sedang sangat ramai. Mohon tunggu satu menit';
const LOCKED = 'Pemeriksaan NIK ini dihentikan sementara';
const NEVER = 'SITI AMINAH';
const TICKET = /<input type="hidden" name="altcha" value="([^"]+)">/;

let registry: TestRegistry;
let residents: ReturnType<typeof createResidents>;
let proofs: Proofs;
let server: RunningServer;
let worker: RunningWorker;
let addresses = 0;

beforeAll(async () => {
  registry = await createTestRegistry();
  residents = createResidents(registry);
  await residents.add();
  proofs = createProofs(deriveKeys(registry.registryKey));
  const keys = await createTestKeys(registry.registryKey);
  server = await startServer({ ...keys, HAKPILIH_DATABASE_URL: registry.url, HAKPILIH_TRUSTED_PROXIES: '127.0.0.1' });
  worker = await startWorker(registry.url, keys);
});
afterAll(async () => {
  await worker?.stop();
  await server?.stop();
  await registry?.close();
});

/** So many misses of the whole site in this minute, and no others. */
async function haveMisses(misses: number): Promise<void> {
  await registry.sql`DELETE FROM site_misses`;
  await registry.sql`INSERT INTO site_misses VALUES (date_trunc('minute', now()), 0, ${misses})`;
}
const missesNow = async (): Promise<number> =>
  Number((await registry.sql`SELECT coalesce(sum(misses), 0) AS misses FROM site_misses`)[0]?.misses);
const usedNow = async (): Promise<number> =>
  Number((await registry.sql`SELECT count(*) AS used FROM used_proofs`)[0]?.used);

async function wrongAnswersOf(nik: string): Promise<number> {
  const { auditTag } = tagsOf(deriveKeys(registry.registryKey), nik as Nik, {});
  const [row] =
    await registry.sql`SELECT cardinality(wrong_at) AS wrong FROM self_check_tags WHERE tag = ${auditTag}`;
  return (row?.wrong as number | undefined) ?? 0;
}

const freshAddress = (): string => `198.51.${Math.floor(addresses / 250)}.${addresses++ % 250}`;
const fromAddress = (address: string) => ({ 'X-Forwarded-For': address, 'CF-Connecting-IP': address });
const tagOf = (address: string) => addressTag(deriveKeys(registry.registryKey), address);

/** Asks in Indonesian, from an address of its own unless told otherwise. */
async function ask(
  nik: string,
  second: string,
  altcha?: string,
  { url = server.url, ...headers }: Record<string, string> = {},
): Promise<Reply> {
  const client = createClient(url);
  const { 'X-Forwarded-For': address = freshAddress() } = headers;
  const from = fromAddress(address);
  const reply = await client.post(
    '/?lang=id',
    { nik, second, ...(altcha === undefined ? {} : { altcha }) },
    { ...from, ...headers },
  );
  client.close();
  return reply;
}

const header = (reply: Reply, name: string): string | undefined =>
  reply.headers.find(([each]) => each.toLowerCase() === name)?.[1];

/** All of a reply that anybody can see, but for the request's id, the date and the ticket. */
function faceOf(reply: Reply): string {
  const headers = reply.headers.filter(([name]) => !['x-request-id', 'date'].includes(name.toLowerCase()));
  const text = reply.text.replace(header(reply, 'x-request-id') ?? '', 'ID').replace(TICKET, 'TICKET');
  return [reply.status, ...headers.map((pair) => pair.join(': ')), text].join('\n');
}

const written = (value: object): string => btoa(JSON.stringify(value));

/** As the script of the form writes it. */
function solve({ algorithm, challenge, salt, signature, maxnumber = 0 }: Challenge): string {
  for (let number = 0; number <= maxnumber; number += 1) {
    const hash = createHash('sha256').update(`${salt}${number}`).digest('hex');
    if (hash === challenge) return written({ algorithm, challenge, number, salt, signature });
  }
  throw new Error('there is no such number');
}
const solved = async (nowMs = Date.now()): Promise<string> => solve(await proofs.challenge(nowMs));
const agedTicket = (address: string, moreSeconds = 0): Promise<string> =>
  proofs.ticket(Date.now() - (LIMITS.proofWaitSeconds + moreSeconds) * 1_000, tagOf(address));

describe('under the budget of misses', () => {
  beforeEach(() => haveMisses(LIMITS.siteMisses - 1));

  it('the form is the same byte for byte as on a day without a miss, and no page has a script', async () => {
    const form = async (): Promise<string> => {
      const response = await fetch(`${server.url}/?lang=id`);
      const headers = [...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
      return (
        JSON.stringify(headers) + (await response.text()).replace(response.headers.get('x-request-id') ?? '', 'ID')
      );
    };
    const busy = await form();
    await haveMisses(0);
    expect(busy).toBe(await form());
    expect(busy).toContain('tidak memakai kuki maupun skrip');
    for (const word of ['altcha', '<script', 'script-src']) expect(busy).not.toContain(word);
  });

  it('a question is answered whatever proof comes along, and the pages are those without', async () => {
    const [nik = ''] = await residents.add();
    const plain = faceOf(await ask(nik, residents.name));
    const wrong = faceOf(await ask(residents.freshNik(), NEVER));
    await haveMisses(0);
    for (const proof of ['', 'x', await solved(), await proofs.ticket(Date.now(), tagOf('198.51.100.1'))]) {
      expect(faceOf(await ask(nik, residents.name, proof))).toBe(plain);
      expect(faceOf(await ask(residents.freshNik(), NEVER, proof))).toBe(wrong);
    }
    expect(plain).toContain(HEADLINE);
    expect(wrong).not.toContain('altcha');
  });

  it('all that is no answer counts one miss, and at a locked NIK right and wrong count alike', async () => {
    const [nik = ''] = await residents.add();
    await haveMisses(0);
    await ask(nik, residents.name);
    expect(await missesNow()).toBe(0);
    for (let i = 0; i < LIMITS.selfCheckWrongAnswers; i++) await ask(nik, NEVER);
    await ask(residents.freshNik(), NEVER);
    expect(await missesNow()).toBe(LIMITS.selfCheckWrongAnswers + 1);
    for (const second of [NEVER, residents.name]) {
      const before = await missesNow();
      expect((await ask(nik, second)).text).toContain(LOCKED);
      expect(await missesNow()).toBe(before + 1);
    }
  });

  it('the miss that uses the budget up is answered still, with a form that asks a proof for the next', async () => {
    expect((await ask(residents.freshNik(), NEVER)).text).toContain(WRONG);
    expect((await ask(residents.freshNik(), NEVER)).text).toContain(WAIT);
    const wrong = await ask(residents.freshNik(), NEVER, await solved());
    expect(wrong.text).toContain(WRONG);
    expect(wrong.text).toContain('<script src="/proof.js" defer>');
    expect(header(wrong, 'content-security-policy')).toContain("script-src 'self';");
  });

  it('misses of more than the window ago do not count', async () => {
    await registry.sql`INSERT INTO site_misses VALUES (date_trunc('minute', now() - interval '11 minutes'), 0, 9999)`;
    expect((await ask(residents.freshNik(), NEVER)).text).toContain(WRONG);
  });
});

describe.each(['node', 'worker'] as const)('over the budget, on %s', (runtime) => {
  let url: string;
  beforeAll(() => {
    url = runtime === 'node' ? server.url : worker.url;
  });
  beforeEach(() => haveMisses(LIMITS.siteMisses));

  it('the form has a challenge whose solution is taken, and loads a script of ours and no other', async () => {
    const response = await fetch(`${url}/?lang=id`);
    const page = await response.text();
    const data = (name: string): string =>
      new RegExp(`data-${name}="([^"]*)"`).exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'sha256-/,
    );
    expect(page.match(/<script[^>]*>/g)).toEqual(['<script src="/proof.js" defer>']);
    expect(page).not.toContain('maupun skrip');
    expect(Number(data('max'))).toBe(LIMITS.proofMaxNumber);
    const proof = solve({
      algorithm: 'SHA-256',
      challenge: data('challenge'),
      salt: data('salt'),
      signature: data('signature'),
      maxnumber: LIMITS.proofMaxNumber,
    });
    const [nik = ''] = await residents.add();
    expect((await ask(nik, residents.name, proof, { url })).text).toContain(HEADLINE);
    const script = await fetch(`${url}/proof.js`);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await script.text()).toMatch(/^\(function \(\) \{/);
  });

  it('a question without a proof is not answered, counts nothing and shows nothing, right or wrong', async () => {
    const [nik = ''] = await residents.add();
    const replies = [
      await ask(nik, residents.name, undefined, { url }),
      await ask(nik, NEVER, undefined, { url }),
      await ask(residents.freshNik(), NEVER, undefined, { url }),
    ];
    expect(new Set(replies.map(faceOf)).size).toBe(1);
    const [reply] = replies as [Reply];
    expect([reply.status, header(reply, 'retry-after')]).toEqual([429, '60']);
    for (const text of [WAIT, 'Disdukcapil', 'satu menit', 'hak pilih Anda']) expect(reply.text).toContain(text);
    for (const text of [nik, residents.name, NEVER, '<script']) expect(reply.text).not.toContain(text);
    expect(header(reply, 'content-security-policy')).not.toContain('script-src');
    expect(await missesNow()).toBe(LIMITS.siteMisses);
    expect(await wrongAnswersOf(nik)).toBe(0);
  });

  it('a program hears of the proof as a problem', async () => {
    const reply = await ask(residents.freshNik(), NEVER, 'x', { url, Accept: '*/*' });
    expect([reply.status, header(reply, 'retry-after')]).toEqual([429, '60']);
    expect(JSON.parse(reply.text)).toMatchObject({
      type: '/problems/too-many-requests',
      errors: [{ pointer: '/altcha', code: 'PROOF_NEEDED' }],
    });
  });

  it('a proof answers once, and a wrong answer with one counts', async () => {
    const [nik = ''] = await residents.add();
    const proof = await solved();
    expect((await ask(nik, NEVER, proof, { url })).text).toContain(WRONG);
    expect((await ask(nik, residents.name, proof, { url })).text).toContain(WAIT);
    expect(await wrongAnswersOf(nik)).toBe(1);
    expect(await missesNow()).toBe(LIMITS.siteMisses + 1);
  });

  it('a proof answers once of twenty at the same moment', async () => {
    const niks = await residents.add(20);
    const proof = await solved();
    const replies = await Promise.all(niks.map((nik) => ask(nik, residents.name, proof, { url })));
    expect(replies.filter(({ text }) => text.includes(HEADLINE))).toHaveLength(1);
    expect(replies.filter(({ text }) => text.includes(WAIT))).toHaveLength(19);
  });

  it('the ticket of the waiting page does nothing at once, and once after its minute', async () => {
    const [nik = ''] = await residents.add();
    const from = fromAddress(freshAddress());
    const here = tagOf(from['X-Forwarded-For']);
    const page = await ask(nik, residents.name, undefined, { url, ...from });
    const [, ticket = ''] = TICKET.exec(page.text) ?? [];
    const minute = LIMITS.proofWaitSeconds * 1_000;
    expect(await proofs.parse(ticket, Date.now(), here)).toBeNull();
    expect(await proofs.parse(ticket, Date.now() + minute, here)).toMatchObject({
      uses: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(await proofs.parse(ticket, Date.now() + LIMITS.proofSeconds * 1_000, here)).toBeNull();
    expect((await ask(nik, residents.name, ticket, { url, ...from })).text).toContain(WAIT);
    const aged = await agedTicket(from['X-Forwarded-For']);
    expect((await ask(nik, residents.name, aged, { url })).text).toContain(WAIT);
    expect((await ask(nik, residents.name, aged, { url, ...from })).text).toContain(HEADLINE);
    expect((await ask(nik, residents.name, aged, { url, ...from })).text).toContain(WAIT);
  });

  it('of fifty tickets that one address collected at once one is good, and after it those only that came later', async () => {
    const [nik = ''] = await residents.add();
    const from = fromAddress(freshAddress());
    const tickets = await Promise.all(Array.from({ length: 50 }, () => agedTicket(from['X-Forwarded-For'])));
    // As many at once as one address may have in hand, then the others.
    const send = (some: string[]) =>
      Promise.all(some.map((ticket) => ask(nik, residents.name, ticket, { url, ...from })));
    const { perAddress } = HTTP_LIMITS.rooms.forms;
    const replies = [...(await send(tickets.slice(0, perAddress))), ...(await send(tickets.slice(perAddress)))];
    expect(replies.filter(({ text }) => text.includes(HEADLINE))).toHaveLength(1);
    expect(replies.filter(({ text }) => text.includes(WAIT))).toHaveLength(49);
    const older = await agedTicket(from['X-Forwarded-For'], 30);
    expect((await ask(nik, residents.name, older, { url, ...from })).text).toContain(WAIT);
    await registry.sql`UPDATE used_proofs SET expires_at = expires_at - interval '61 seconds' - interval '1 minute'
      WHERE challenge = ${tagOf(from['X-Forwarded-For']).replaceAll('-', '').slice(0, 16)}`;
    expect(
      (await ask(nik, residents.name, await agedTicket(from['X-Forwarded-For']), { url, ...from })).text,
    ).toContain(HEADLINE);
    // A solved challenge is another matter.
    expect((await ask(nik, residents.name, await solved(), { url, ...from })).text).toContain(HEADLINE);
  });

  it('a form with faulty fields keeps a good ticket and repeats nothing else that was sent', async () => {
    const from = fromAddress(freshAddress());
    const aged = await agedTicket(from['X-Forwarded-For']);
    const kept = await ask('3', residents.name, aged, { url, ...from });
    expect(kept.status).toBe(422);
    expect(TICKET.exec(kept.text)?.[1]).toBe(aged);
    const bad = await ask('3', residents.name, 'RAHASIA', { url });
    expect(bad.text).not.toContain('RAHASIA');
    expect(bad.text).toContain('data-challenge=');
    expect((await ask(residents.freshNik(), NEVER, aged, { url, ...from })).text).toContain(WRONG);
  });
});

describe('a proof that is no good', () => {
  beforeEach(() => haveMisses(LIMITS.siteMisses));

  /** The key that challenges are signed with, as no stranger has it. */
  const hmacKey = (): string =>
    Buffer.from(deriveKeys(registry.registryKey).work('altcha'), 'latin1').toString('hex');
  const parts = (proof: string) => JSON.parse(atob(proof)) as Record<string, string | number>;

  it('is refused like none at all, whatever is wrong with it', async () => {
    const good = parts(await solved());
    const here = '203.0.113.7';
    const aged = await agedTicket(here);
    const after = parts(aged);
    const salt = String(after.salt);
    const other = await createChallenge({
      hmacKey: hmacKey(),
      algorithm: 'SHA-512',
      number: 0,
      expires: new Date(Date.now() + 60_000),
    });
    const endless = await createChallenge({ hmacKey: hmacKey(), number: 0 });
    const foreign = createProofs(deriveKeys(Buffer.alloc(32, 1)));
    const bad: Record<string, string> = {
      expired: await solved(Date.now() - LIMITS.proofSeconds * 1_000 - 1),
      'too early': await proofs.ticket(Date.now(), tagOf(here)),
      'of another address': await agedTicket('203.0.113.8'),
      'of a foreign key': await foreign.ticket(Date.now() - LIMITS.proofWaitSeconds * 1_000, tagOf(here)),
      'of no address': written({ ...after, salt: salt.replace(/for=[0-9a-f]+&/, '') }),
      'with another number': written({ ...good, number: Number(good.number) + 1 }),
      'with another salt': written({
        ...good,
        salt: String(good.salt).replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
      }),
      'with another signature': written({ ...good, signature: '0'.repeat(64) }),
      'with a later end': written({ ...good, salt: String(good.salt).replace('expires=', 'expires=9') }),
      'cut so that its end is part of the number': written({
        ...after,
        salt: salt.slice(0, salt.indexOf('expires=')),
        number: `${salt.slice(salt.indexOf('expires='))}0`,
      }),
      'of another algorithm': written({ ...other, number: 0 }),
      'that never ends': written({ ...endless, number: 0 }),
      'with a member too many': written({ ...good, more: 1 }),
      'too long': aged + ' '.repeat(LIMITS.maxProofChars),
      'no base64': '{}',
      'no JSON': btoa('x'),
      'no object': btoa('null'),
      deep: btoa('['.repeat(700)),
    };
    const none = faceOf(await ask(residents.freshNik(), NEVER));
    const used = await usedNow();
    for (const [what, proof] of Object.entries(bad)) {
      expect(await proofs.parse(proof, Date.now(), tagOf(here)), what).toBeNull();
      expect(faceOf(await ask(residents.freshNik(), NEVER, proof, fromAddress(here))), what).toBe(none);
    }
    expect(await usedNow()).toBe(used);
    expect(await proofs.parse(written(good), Date.now(), tagOf(here))).toEqual({
      uses: good.challenge,
      sinceSeconds: 0,
    });
    expect(await proofs.parse(aged, Date.now(), tagOf(here))).toMatchObject({
      uses: tagOf(here).replaceAll('-', '').slice(0, 16),
    });
  });

  it('is remembered as used until an hour after its end, and misses as long as they count', async () => {
    await registry.sql`DELETE FROM used_proofs`;
    await registry.sql`INSERT INTO used_proofs VALUES ('old', now() - interval '61 minutes'), ('new', now() - interval '59 minutes')`;
    await registry.sql`INSERT INTO site_misses VALUES (now() - interval '61 minutes', 1, 1)`;
    await forgetSelfChecks(registry.sql);
    expect(await registry.sql`SELECT challenge FROM used_proofs`).toEqual([{ challenge: 'new' }]);
    expect(await missesNow()).toBe(LIMITS.siteMisses);
  });

  it('is not used up by who asks too often', async () => {
    const [nik = ''] = await residents.add();
    const proof = await solved();
    const address = '203.0.113.9';
    await registry.sql`INSERT INTO self_check_addresses (tag, since, asked)
      VALUES (${addressTag(deriveKeys(registry.registryKey), address)}, now(), ${LIMITS.selfCheckPerAddress})`;
    const turnedAway = await ask(nik, residents.name, proof, { 'X-Forwarded-For': address });
    expect(turnedAway.text).toContain('Terlalu banyak pemeriksaan dari jaringan ini');
    expect((await ask(nik, residents.name, proof)).text).toContain(HEADLINE);
  });
});

describe('in a browser, over the budget', () => {
  const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(() => haveMisses(LIMITS.siteMisses));

  async function visit<Value>(
    options: BrowserContextOptions & { before?: string },
    work: (page: Page) => Promise<Value>,
  ): Promise<{ value: Value; asked: string[] }> {
    const { before, ...rest } = options;
    const context = await browser.newContext({ ...PHONE, ...rest });
    const faults: string[] = [];
    const asked: string[] = [];
    if (before) await context.addInitScript(before);
    const page = await context.newPage();
    page.on('request', (request) => {
      if (!request.url().startsWith('data:'))
        asked.push(`${request.method()} ${request.url().replace(server.url, '')}`);
    });
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${server.url}/?lang=id`);
    const value = await work(page);
    await context.close();
    expect(faults).toEqual([]);
    return { value, asked };
  }

  it('with script, who types while it is worked out gets the answer', async () => {
    const [nik = ''] = await residents.add();
    const { value, asked } = await visit({}, async (page) => {
      await page.fill('#nik', nik);
      await page.fill('#second', residents.name);
      await page.waitForFunction('document.getElementById("altcha").value !== ""');
      await Promise.all([page.waitForEvent('load'), page.click('form .button')]);
      return await page.textContent('main');
    });
    expect(value).toContain(HEADLINE);
    expect(asked).toEqual(['GET /?lang=id', 'GET /proof.js', 'POST /?lang=id']);
  });

  it('with script, who sends it too soon, and presses twice, is told so, waits for it and gets the answer', async () => {
    const [nik = ''] = await residents.add();
    const hold = `const real = crypto.subtle.digest.bind(crypto.subtle);
      const held = new Promise((resolve) => { window.letGo = resolve; });
      crypto.subtle.digest = (...all) => held.then(() => real(...all));`;
    const { value, asked } = await visit({ before: hold }, async (page) => {
      const line = page.locator('#altcha-line');
      expect(await line.textContent()).toBe('');
      await page.fill('#nik', nik);
      await page.fill('#second', residents.name);
      await page.click('form .button');
      await page.click('form .button');
      expect(await line.textContent()).toContain('Memeriksa…');
      expect([await line.getAttribute('role'), await line.getAttribute('aria-live')]).toEqual(['status', 'polite']);
      await Promise.all([page.waitForEvent('load'), page.evaluate('window.letGo()')]);
      return await page.textContent('main');
    });
    expect(value).toContain(HEADLINE);
    expect(asked.filter((one) => one.startsWith('POST'))).toHaveLength(1);
  });

  it('without script the waiting page comes, and its form gives the answer after the minute', async () => {
    const [nik = ''] = await residents.add();
    const { value } = await visit({ javaScriptEnabled: false }, async (page) => {
      await sendForm(page, nik, residents.name);
      expect(await page.textContent('h1')).toBe(WAIT);
      expect(await page.inputValue('#nik')).toBe('');
      // The minute passes.
      await page.evaluate(
        `document.querySelector('[name=altcha]').value = ${JSON.stringify(await agedTicket('127.0.0.1'))}`,
      );
      await sendForm(page, nik, residents.name);
      return await page.textContent('main');
    });
    expect(value).toContain(HEADLINE);
  });

  it.each(['id', 'en'])(
    'axe finds nothing on its pages, in %s, nor does the script fail where nothing can be hashed',
    async (language) => {
      const axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
      const before = `Object.defineProperty(crypto, 'subtle', { value: undefined });`;
      const expectFlawless = async (page: Page): Promise<void> => {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.evaluate(axe);
          const found = await page.evaluate(
            'axe.run(document).then(({ violations }) => violations.map(({ id }) => id))',
          );
          expect(found, colorScheme).toEqual([]);
        }
        expect(
          await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth'),
        ).toBe(false);
      };
      await visit({ bypassCSP: true, before }, async (page) => {
        await page.goto(`${server.url}/?lang=${language}`);
        await expectFlawless(page);
        await sendForm(page, residents.freshNik(), NEVER);
        expect(await page.textContent('h1')).toBe(
          language === 'id' ? WAIT : 'The service is very busy. Please wait one minute',
        );
        await expectFlawless(page);
      });
    },
  );
});
