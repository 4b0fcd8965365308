import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { hc } from 'hono/client';
import createClient from 'openapi-fetch';
import openapiTS from 'openapi-typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../src/http/app.ts';
import { SANDBOX } from '../../src/intake/sample-sandbox.ts';
import { bodiesOf, faultsOfAnswer, headersOf, json, operations, pathOf } from './operations.ts';
import { type SampleServer, startSampleServer } from './service.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const USE = `import { hc } from 'hono/client';
import createClient from 'openapi-fetch';
import type { paths } from './api.ts';
const client = createClient<paths>({ baseUrl: '/' });
const { data, error } = await client.POST('/v1/checks', { body: { nik: '3201011403859001' } });
export const document: 'EKTP' | 'SUKET' | 'NEITHER' | 'UNDETERMINED' | undefined = data?.document;
export const validUntil: string | undefined = data?.suket?.validUntil;
export const type: string | undefined = error?.type;
// @ts-expect-error a check without a NIK does not compile
await client.POST('/v1/checks', { body: { name: 'SITI' } });
`;

it('a client of the app’s type asks at the address of the check', () => {
  expect(hc<App>('http://localhost').v1.checks.$url().pathname).toBe('/v1/checks');
});

describe('a client generated from the document', () => {
  let service: SampleServer;
  let token: string;
  /** That of the list which the document's first operation for lists makes. */
  const made: Record<string, string> = {};
  beforeAll(async () => {
    const fetched = async () =>
      expect(await (await fetch(`${service.server.url}/openapi.json`)).json()).toEqual(json);
    service = await startSampleServer();
    token = await service.token();
    await fetched();
  });
  afterAll(() => service?.stop());
  const headers = () => ({ Authorization: `Bearer ${token}` });
  // biome-ignore lint/suspicious/noExplicitAny: paths come out of the document while the test runs
  const client = () => createClient<any>({ baseUrl: service.server.url, headers: headers() }) as any;

  it('is typed: it compiles as it should be used, and not otherwise', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'hakpilih-client-'));
    try {
      await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
      await writeFile(join(directory, 'api.ts'), await openapiTS(json));
      await writeFile(join(directory, 'use.ts'), USE);
      await writeFile(join(directory, 'package.json'), '{"type":"module"}');
      const flags =
        '--noEmit --strict --skipLibCheck --target es2024 --lib es2024,dom --module nodenext --allowImportingTsExtensions';
      const tsc = join(root, 'node_modules/typescript/lib/tsc.js');
      const compiled = await promisify(execFile)(process.execPath, [tsc, ...flags.split(' '), 'use.ts'], {
        cwd: directory,
      }).then(
        () => '',
        (error: { stdout: string }) => error.stdout,
      );
      expect(compiled).toBe('');
    } finally {
      await rm(directory, { recursive: true });
    }
  }, 120_000);

  for (const told of operations) {
    const { method, path, operation } = told;
    const bodies = bodiesOf(told);
    for (const body of bodies.length > 0 ? bodies : [undefined]) {
      it(`runs ${operation.operationId}: ${method.toUpperCase()} ${path}${body ? ` with ${body.type}` : ''}`, async () => {
        const headers = headersOf(told);
        // One key, one body.
        if ('Idempotency-Key' in headers) headers['Idempotency-Key'] = `list-${body?.type.replace('/', '-')}`;
        const options = {
          parseAs: 'text',
          headers,
          ...(body && {
            body: body.text,
            bodySerializer: (text: string) => text,
            headers: { ...headers, 'Content-Type': body.type },
          }),
        };
        const { data, error, response } = await client().request(method, pathOf(told, made), options);
        expect(response.ok, error).toBe(true);
        expect(faultsOfAnswer(told, response, data ?? '')).toEqual([]);
        if (response.headers.has('location')) made.id = JSON.parse(data).id;
      });
    }
  }

  it('gets from every resident of the sandbox the answer that the document promises', async () => {
    for (const { nik, name, document, voter, reasons } of SANDBOX) {
      const { data } = await client().POST('/v1/checks', { body: { nik, name } });
      expect({ document: data.document, voter: data.voter }, nik).toEqual({ document, voter });
      expect(data.reasons.map(({ code }: { code: string }) => code)).toEqual(reasons);
    }
  });
});
