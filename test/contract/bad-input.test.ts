import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RUNTIMES, type Runtime, startRuntime } from '../support/runtimes.ts';

const NIK = '3299010101019999';
const MARK = 'rahasia-9f3a';
const ROUTES = [
  '/',
  '/v1/checks',
  '/healthz',
  '/readyz',
  '/.well-known/jwks.json',
  '/problems/invalid',
  '/problems/none',
  `/${MARK}/${NIK}`,
];
const big = `{"nik":"${NIK}","name":"${MARK.repeat(500)}"}`;
const BODIES: Record<string, string | Uint8Array> = {
  empty: '',
  'broken JSON': `{"nik":"${NIK}"`,
  array: `["${NIK}"]`,
  text: `"${NIK}"`,
  null: 'null',
  'NIK as a number': `{"nik":${NIK}}`,
  'no NIK': `{"name":"${MARK}"}`,
  'bad NIK': `{"nik":"${MARK}"}`,
  'NIK as Excel has it': '{"nik":"3,20101E+15"}',
  'long name': `{"nik":"${NIK}","name":"${MARK.repeat(20)}"}`,
  'bad KK': `{"nik":"${NIK}","kk":"${MARK}"}`,
  'unknown member': `{"nik":"${NIK}","${MARK}":1}`,
  'a member that is a prototype': `{"nik":"${NIK}","__proto__":{"x":"${MARK}"}}`,
  'deeply nested': `{"nik":${'['.repeat(1000)}${']'.repeat(1000)}}`,
  'not UTF-8': Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
  'too large': big,
  form: `nik=${NIK}&second=${MARK}&${MARK}=1`,
};
const TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'text/plain',
  `multipart/form-data; boundary=${MARK}`,
];

describe.each(RUNTIMES)('bad input on %s', (name) => {
  let runtime: Runtime;
  let authorization: string;
  beforeAll(async () => {
    runtime = await startRuntime(name);
    authorization = await runtime.bearer();
  }, 120_000);
  afterAll(() => runtime.stop());

  async function expectGoodManners(what: string, response: Response): Promise<void> {
    const text = await response.text();
    const all = `${text}${JSON.stringify([...response.headers])}`;
    expect([what, all.includes(NIK), all.includes(MARK), / at .*\.ts|node_modules|PostgresError/.test(all)]).toEqual([
      what,
      false,
      false,
      false,
    ]);
    expect([what, response.status < 500]).toEqual([what, true]);
    if (response.status < 400 || response.headers.get('content-type')?.includes('text/html')) return;
    expect([what, response.headers.get('content-type')]).toEqual([what, 'application/problem+json']);
    const problem = JSON.parse(text);
    expect(problem).toMatchObject({
      type: expect.stringMatching(/^\/problems\/[a-z-]+$/),
      title: expect.any(String),
      status: response.status,
    });
    expect(problem.instance).toBe(response.headers.get('x-request-id'));
    for (const error of problem.errors ?? [])
      expect(error).toEqual({
        pointer: expect.stringMatching(/^(\/[a-zA-Z]+)*$/),
        code: expect.stringMatching(/^[A-Z0-9_]+$/),
      });
  }

  it('is met with a problem and no word of it on every route, by any method, type and body', async () => {
    const asked: Promise<void>[] = [];
    for (const route of ROUTES) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        for (const type of TYPES) {
          const bodies =
            method === 'GET'
              ? [['none', undefined] as const]
              : method === 'POST'
                ? Object.entries(BODIES)
                : Object.entries(BODIES).slice(0, 2);
          for (const [what, body] of bodies) {
            const headers = {
              'Content-Type': type,
              Authorization: authorization,
              'X-Marked': MARK,
              Accept: 'application/json',
            };
            const init = { method, headers, ...(body === undefined ? {} : { body: body as never }) };
            const label = `${method} ${route.replaceAll(NIK, 'NIK')} ${type} ${what}`;
            asked.push(
              fetch(`${runtime.url}${route}?${MARK}=${NIK}`, init).then((response) =>
                expectGoodManners(label, response),
              ),
            );
            if (asked.length % 24 === 0) await Promise.all(asked.splice(0));
          }
        }
      }
    }
    await Promise.all(asked);
  }, 180_000);

  it('of a check is told by place and code', async () => {
    const told = async (body: string | Uint8Array, type = 'application/json'): Promise<unknown> => {
      const headers = { 'Content-Type': type, Authorization: authorization };
      const response = await fetch(`${runtime.url}/v1/checks`, { method: 'POST', headers, body: body as never });
      const { errors } = (await response.json()) as { errors?: { pointer: string; code: string }[] };
      return [response.status, ...(errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`)];
    };
    expect(await told(BODIES['broken JSON'] as string)).toEqual([400, ' NOT_JSON']);
    expect(await told(BODIES['not UTF-8'] as Uint8Array)).toEqual([400, ' NOT_UTF8']);
    expect(await told(BODIES.array as string)).toEqual([422, ' NOT_AN_OBJECT']);
    expect(await told(BODIES['NIK as a number'] as string)).toEqual([422, '/nik NOT_A_STRING']);
    expect(await told(BODIES['no NIK'] as string)).toEqual([422, '/nik REQUIRED']);
    expect(await told(BODIES['bad NIK'] as string)).toEqual([422, '/nik NOT_16_DIGITS']);
    expect(await told(BODIES['NIK as Excel has it'] as string)).toEqual([422, '/nik SCIENTIFIC']);
    expect(await told('{"nik":"  "}')).toEqual([422, '/nik EMPTY']);
    expect(await told(BODIES['long name'] as string)).toEqual([422, '/name TOO_LONG']);
    expect(await told(BODIES['bad KK'] as string)).toEqual([422, '/kk NOT_16_DIGITS']);
    expect(await told(BODIES['unknown member'] as string)).toEqual([422, ' UNKNOWN_MEMBER']);
    expect(await told(big)).toEqual([413]);
    expect(await told(BODIES.form as string, 'application/x-www-form-urlencoded')).toEqual([415]);
  });

  it('without a stated length is read no further than the limit', async () => {
    const status = await new Promise<number>((resolve, reject) => {
      const headers = {
        'Content-Type': 'application/json',
        Authorization: authorization,
        'Transfer-Encoding': 'chunked',
      };
      const sent = request(`${runtime.url}/v1/checks`, { method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject);
      sent.write(big);
      sent.end(big);
    });
    expect(status).toBe(413);
  });

  it('leaves nothing of itself in the log', () => {
    expect(runtime.log()).not.toContain(NIK);
    expect(runtime.log()).not.toContain(MARK);
  });
});
