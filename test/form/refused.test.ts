import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/checks/limits.ts';
import { nikOf } from '../support/registry.ts';
import { RUNTIMES, type Runtime, startRuntime } from '../support/runtimes.ts';

/** Somebody else each time: nobody is asked about too often. */
let asked = 0;
const fields = () => {
  asked += 1;
  return new URLSearchParams({ nik: nikOf(asked), second: 'SITI AMINAH' });
};

describe.each(RUNTIMES)('a form post on %s', (name) => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await startRuntime(name);
  });
  afterAll(() => runtime?.stop());
  beforeEach(() => runtime.registry.sql`DELETE FROM self_check_addresses`);

  const post = (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${runtime.url}/`, { method: 'POST', body: fields(), headers: { Accept: 'text/html', ...headers } });
  const auditRows = async (): Promise<number> => (await runtime.registry.sql`SELECT 1 FROM audit`).length;
  /** What the address of this test has asked so far, whatever the runtime takes for it. */
  const haveAsked = async (asked: number): Promise<void> => {
    await post();
    await runtime.registry.sql`UPDATE self_check_addresses SET asked = ${asked}`;
  };

  it('writes an audit row up to the limit of its address, and none from there on', async () => {
    await haveAsked(LIMITS.selfCheckPerAddress - 1);
    const before = await auditRows();
    expect((await post()).status).toBe(200);
    expect(await auditRows()).toBe(before + 1);
    expect((await post()).status).toBe(429);
    expect((await post()).status).toBe(429);
    expect(await auditRows()).toBe(before + 1);
  });

  it('that lacks a proof of work writes no audit row', async () => {
    const { sql } = runtime.registry;
    await sql`DELETE FROM site_misses`;
    await sql`INSERT INTO site_misses VALUES (date_trunc('minute', now()), 0, ${LIMITS.siteMisses})`;
    const before = await auditRows();
    expect((await post()).status).toBe(429);
    expect(await auditRows()).toBe(before);
    await sql`DELETE FROM site_misses`;
  });

  it('from a page of another site is refused, and from our own is not', async () => {
    const own = new URL(runtime.url).origin;
    const refused = [
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { 'Sec-Fetch-Site': 'cross-site', Origin: own },
      { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' },
      { Origin: 'https://elsewhere.example' },
      { Origin: `${own}9` },
      { Origin: 'nonsense' },
    ];
    const before = await auditRows();
    for (const headers of refused) {
      const page = await post(headers);
      expect([page.status, await page.text()], JSON.stringify(headers)).toEqual([
        403,
        expect.stringContaining('<form'),
      ]);
    }
    const problem = await post({ 'Sec-Fetch-Site': 'cross-site', Accept: 'application/json' });
    expect(await problem.json()).toMatchObject({
      type: '/problems/forbidden',
      errors: [{ pointer: '', code: 'CROSS_SITE' }],
    });
    expect(await auditRows()).toBe(before);
    for (const headers of [
      {},
      { Origin: own },
      { Origin: 'null' },
      { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' },
      { 'Sec-Fetch-Site': 'none' },
    ]) {
      expect((await post(headers as Record<string, string>)).status, JSON.stringify(headers)).toBe(200);
    }
  });

  it('leaves with every answer what keeps browsers from guessing types', async () => {
    for (const [path, init] of [
      ['/', {}],
      ['/', { method: 'POST', body: fields() }],
      ['/', { method: 'POST', body: 'x'.repeat(LIMITS.maxBodyBytes + 1) }],
      ['/nowhere', {}],
      ['/healthz', {}],
      ['/v1/checks', { method: 'POST' }],
      ['/openapi.json', {}],
      ['/.well-known/jwks.json', {}],
    ] as const) {
      const response = await fetch(runtime.url + path, init);
      expect(response.headers.get('x-content-type-options'), `${path} ${response.status}`).toBe('nosniff');
    }
  });

  it('has beside it an icon and a word for robots, which browsers may keep', async () => {
    for (const [path, type, text] of [
      ['/favicon.ico', /^image\/svg\+xml/, '<svg'],
      ['/robots.txt', /^text\/plain/, 'User-agent: *'],
    ] as const) {
      const response = await fetch(runtime.url + path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(type);
      expect(response.headers.get('cache-control')).toMatch(/max-age=[0-9]{4,}/);
      expect(await response.text()).toContain(text);
    }
  });

  it.each(['/docs', '/docs?lang=en', '/openapi.json'])(
    'has beside it %s, sent again only where it has changed',
    async (path) => {
      const first = await fetch(runtime.url + path);
      const tag = first.headers.get('etag') as string;
      expect(tag).toMatch(/^"|^W\//);
      expect((await first.text()).length).toBeGreaterThan(10_000);
      const again = await fetch(runtime.url + path, { headers: { 'If-None-Match': tag } });
      expect([again.status, await again.text()]).toEqual([304, '']);
      expect((await fetch(runtime.url + path, { headers: { 'If-None-Match': '"other"' } })).status).toBe(200);
      if (path.startsWith('/docs')) {
        const other = await fetch(runtime.url + (path === '/docs' ? '/docs?lang=en' : '/docs'), {
          headers: { 'If-None-Match': tag },
        });
        expect(other.status).toBe(200);
      }
    },
  );
});
