import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodiesOf, faultsOfAnswer, headersOf, operations, pathOf, type Told } from './operations.ts';
import { type SampleServer, startSampleServer } from './service.ts';

/** Whatever is sent, this is part of it and may not come back. */
const SECRET = 'RAHASIA7391';
const NIK = '3201999912999999';
const RUNS = 30;

const member = fc.constantFrom('nik', 'name', 'kk', 'suketNumber', 'second', SECRET, '__proto__', 'constructor');
const value = fc.oneof(
  fc.constantFrom(
    NIK,
    SECRET,
    `${NIK}0`,
    '3.2E+15',
    '',
    ' ',
    '\u0000',
    3201999912999999,
    null,
    true,
    `${SECRET}\ud800`,
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 2 }),
);
const body = fc.oneof(
  fc.dictionary(member, value, { maxKeys: 4 }).map((object) => JSON.stringify({ nik: NIK, ...object })),
  fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.stringify(json)),
  fc.string({ unit: 'binary', maxLength: 200 }).map((text) => `${SECRET}${text}`),
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom('', '{', '[]', '"', `{"nik":"${NIK}","nik":"${SECRET}"}`, SECRET.repeat(1_000), '['.repeat(4_000)),
);
const request = fc.record({
  /** Null: the example of the document. */
  body: fc.option(body, { freq: 4 }),
  type: fc.option(fc.constantFrom('text/plain', `application/${SECRET}`, 'application/json; charset=utf-16', ''), {
    freq: 4,
  }),
  query: fc.option(
    fc.string({ maxLength: 20 }).map((text) => `?lang=${SECRET}&${encodeURIComponent(text)}=${SECRET}`),
    { freq: 2 },
  ),
  accept: fc.constantFrom('*/*', 'text/html', SECRET),
});

describe('whatever is sent to the service', () => {
  let service: SampleServer;
  let token: string;
  beforeAll(async () => {
    service = await startSampleServer({ HAKPILIH_LOG: 'requests' });
    token = await service.token();
  });
  afterAll(() => service?.stop());

  const send = async (told: Told, sent: RequestInit, query = ''): Promise<{ response: Response; body: string }> => {
    const response = await fetch(`${service.server.url}${pathOf(told)}${query}`, {
      method: told.method.toUpperCase(),
      ...sent,
    });
    return { response, body: await response.text() };
  };

  for (const told of operations) {
    const { method, path, operation } = told;
    const kinds = bodiesOf(told);
    it(`${method.toUpperCase()} ${path} answers as the document tells, repeats nothing and does not break`, async () => {
      const kind = fc.constantFrom(...(kinds.length > 0 ? kinds : [null]));
      await fc.assert(
        fc.asyncProperty(request, kind, async ({ body: mutated, type, query, accept }, example) => {
          const headers: Record<string, string> = {
            ...headersOf(told),
            Authorization: `Bearer ${token}`,
            Accept: accept,
            'X-Request-Id': SECRET,
          };
          if (example !== null) headers['Content-Type'] = type ?? example.type;
          const sent = example === null ? {} : { body: (mutated ?? example.text) as string };
          const { response, body: answer } = await send(told, { headers, ...sent }, query ?? '');
          expect(response.status).toBeLessThan(500);
          expect(faultsOfAnswer(told, response, answer)).toEqual([]);
          const everything = answer + JSON.stringify([...response.headers]);
          expect(everything).not.toContain(SECRET);
          expect(everything).not.toContain(NIK);
        }),
        { numRuns: kinds.length > 0 ? RUNS : RUNS / 5 },
      );
    }, 120_000);

    const [scope] = operation.security[0]?.token ?? [];
    if (scope === undefined) continue;
    it(`${method.toUpperCase()} ${path} wants a token with the scope ${scope}`, async () => {
      const none = await send(told, {});
      expect(none.response.status).toBe(401);
      expect(none.response.headers.get('www-authenticate')).toBe('Bearer');
      const others = (['check', 'bulk', 'lists', 'audit'] as const).filter((one) => one !== scope);
      const other = await send(told, {
        headers: { Authorization: `Bearer ${await service.token({ scopes: others })}` },
      });
      expect(other.response.status).toBe(403);
      expect(other.response.headers.get('www-authenticate')).toBe(
        `Bearer error="insufficient_scope", scope="${scope}"`,
      );
      for (const { response, body: answer } of [none, other])
        expect(faultsOfAnswer(told, response, answer)).toEqual([]);
    });
  }

  it('leaves no trace of it in the log or the figures, however it is sent', async () => {
    const headers = { Authorization: `Bearer ${SECRET}`, Cookie: SECRET, 'User-Agent': SECRET };
    for (const address of [`/${SECRET}`, `/v1/checks/${NIK}`, `/problems/${SECRET}`, `/v1/checks?nik=${NIK}`]) {
      await fetch(service.server.url + address, { headers });
      await fetch(service.server.url + address, { method: 'POST', headers, body: NIK });
    }
    const metrics = await (await fetch(`${service.server.url}/metrics`)).text();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const lines = service.server
      .log()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    expect(lines.length).toBeGreaterThan(50);
    for (const line of lines) {
      expect(Object.keys(JSON.parse(line)).sort()).toEqual([
        'event',
        'level',
        'method',
        'ms',
        'requestId',
        'route',
        'status',
        'time',
      ]);
    }
    for (const text of [metrics, lines.join('\n')]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(NIK);
    }
    expect(metrics).toMatch(/hakpilih_http_requests_total\{method="POST",route="none",status="405"\} \d/);
  });
});
