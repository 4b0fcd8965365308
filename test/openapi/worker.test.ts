import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestRegistry, importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';
import { createTestKeys } from '../support/server.ts';
import { type RunningWorker, startWorker } from '../support/worker.ts';
import { json } from './operations.ts';

describe('the Worker', () => {
  let registry: TestRegistry;
  let worker: RunningWorker;
  beforeAll(async () => {
    registry = await createTestRegistry();
    await importResidents(registry, [resident(nikOf(1))]);
    worker = await startWorker(registry.url, await createTestKeys(registry.registryKey));
  });
  afterAll(async () => {
    await worker?.stop();
    await registry?.close();
  });

  it('gives the same document, and shows it', async () => {
    expect(await (await fetch(`${worker.url}/openapi.json`)).json()).toEqual(json);
    expect(await (await fetch(`${worker.url}/docs`)).text()).toContain('id="checkBulk"');
  });

  it('tells the figures that its isolate knows, and the age of each copy', async () => {
    await fetch(`${worker.url}/healthz`);
    const text = await (await fetch(`${worker.url}/metrics`)).text();
    expect(text).toContain('hakpilih_http_requests_total{method="GET",route="/healthz",status="200"} 1\n');
    expect(text).toMatch(/hakpilih_copy_age_seconds\{source="32\.01"\} \d+\n/);
  });
});
