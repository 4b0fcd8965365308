import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { importResidents, nikOf, resident } from '../support/registry.ts';
import { answerIn, check, RUNTIMES, type Runtime, startRuntime } from '../support/runtimes.ts';
import { createTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { bundleWorker } from '../support/worker.ts';

const known = nikOf(1);

describe.each(RUNTIMES)('the database behind %s', (name) => {
  let proxy: TcpProxy;
  let runtime: Runtime;
  let authorization: string;
  beforeAll(async () => {
    proxy = await createTcpProxy(inject('adminUrl'));
    runtime = await startRuntime(name, proxy.url);
    authorization = await runtime.bearer();
    await importResidents(runtime.registry, [resident(known)]);
  }, 120_000);
  afterAll(async () => {
    await runtime.stop();
    await proxy.close();
  });

  const readiness = async () => {
    const response = await fetch(`${runtime.url}/readyz`);
    return [response.status, await response.json()];
  };

  it('is asked once for a check, in one round trip where it can be counted', async () => {
    await check(runtime, authorization, { nik: known });
    // Node has prepared the statement on one of its connections; a lone check goes to the same one.
    for (let i = 0; i < 10; i += 1) await check(runtime, authorization, { nik: known });
    proxy.reset();
    expect(await answerIn(await check(runtime, authorization, { nik: known }))).toMatchObject({ document: 'SUKET' });
    const { executed, roundTrips } = proxy.counts();
    expect(executed).toBe(1);
    expect(roundTrips).toBe(1);
  });

  it('is ready, with the age of its copies', async () => {
    expect(await readiness()).toMatchObject([
      200,
      {
        status: 'ready',
        database: 'ok',
        migrations: 'ok',
        key: 'ok',
        copies: [{ source: '32.01', asOf: '2018-01-12T17:00:00+07:00', ageSeconds: expect.any(Number) }],
      },
    ]);
  });

  it('away makes no answer a miss: 503, and when to ask again; and back, it answers', async () => {
    proxy.cut();
    const response = await check(runtime, authorization, { nik: known });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^[0-9]+$/);
    expect(await response.json()).toMatchObject({ type: '/problems/unavailable', status: 503 });
    expect(await readiness()).toMatchObject([503, { status: 'not ready', database: 'unreachable', copies: [] }]);
    expect((await fetch(`${runtime.url}/healthz`)).status).toBe(200);
    proxy.mend();
    await expect.poll(async () => (await check(runtime, authorization, { nik: known })).status, { timeout: 15_000 }).toBe(200);
  }, 30_000);

  it('with another key, or without its migrations, is not ready', async () => {
    const { sql } = runtime.registry;
    await sql`UPDATE registry_key SET key_check = key_check + 1`;
    expect(await readiness()).toMatchObject([503, { key: 'wrong' }]);
    await sql`UPDATE registry_key SET key_check = key_check - 1`;
    await sql`UPDATE drizzle.__drizzle_migrations SET created_at = created_at - 1`;
    expect(await readiness()).toMatchObject([503, { migrations: 'pending' }]);
    await sql`UPDATE drizzle.__drizzle_migrations SET created_at = created_at + 1`;
    expect(await readiness()).toMatchObject([200, { status: 'ready' }]);
  });
});

describe('the bundle of the Worker', () => {
  it('is at most 400 KiB, compressed', async () => {
    const bundle = await bundleWorker();
    const bytes = gzipSync(await readFile(bundle.path)).length;
    await bundle.remove();
    console.log(`bundle: ${Math.round(bytes / 1024)} KiB gzip`);
    expect(bytes).toBeLessThanOrEqual(400 * 1024);
  });
});
