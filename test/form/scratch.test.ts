import { it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { createTestRegistry, importResidents, nikOf, resident } from '../support/registry.ts';
import { createSelfCheck } from '../../src/checks/self-check.ts';
import { deriveKeys } from '../../src/registry/keys.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import type { Nik } from '../../src/core/nik.ts';
it('measures', { timeout: 300000 }, async () => {
  const r = await createTestRegistry();
  const N = 3000;
  await importResidents(r, Array.from({ length: N }, (_, i) => resident(nikOf(i))));
  const check = createSelfCheck({ keys: deriveKeys(r.registryKey), rules: { election: PILKADA_2018, todayOverride: null, now: Date.now }, sql: r.sql });
  for (let round = 0; round < 2; round++) {
    await r.sql.unsafe('vacuum analyze residents');
    await r.sql.unsafe('alter system set synchronous_commit=off'); await r.sql.unsafe('select pg_reload_conf()');
    const half = N / 2; const off = round * half;
    await r.sql.unsafe('delete from self_check_tags');
    const plan = Array.from({ length: half * 2 }, (_, i) => ({ hit: i % 2 === 0, nik: nikOf(i % 2 === 0 ? off + i / 2 : 100000 + off + (i - 1) / 2 ) }));
    for (let i = plan.length - 1; i > 0; i--) { const j = Math.floor(Math.random() * (i + 1)); [plan[i], plan[j]] = [plan[j]!, plan[i]!]; }
    const hit: number[] = [], miss: number[] = [];
    for (const [i, { hit: h, nik }] of plan.entries()) {
      if (i % 300 === 0) await r.sql.unsafe('delete from self_check_addresses');
      const t = performance.now();
      const o = await check({ id: randomUUID(), nik: nik as Nik, second: { kind: 'name', value: 'SITI AMINAH' }, clientAddress: '1' }, () => {});
      if (o.kind !== 'WRONG') throw new Error(o.kind);
      (h ? hit : miss).push(performance.now() - t);
    }
    const med = (x: number[]) => x.toSorted((a, b) => a - b)[x.length >> 1];
    const q1 = (x: number[]) => x.toSorted((a, b) => a - b)[x.length >> 3];
    let u = 0; for (const a of hit) for (const b of miss) u += a > b ? 1 : a === b ? 0.5 : 0;
    console.log('AUC', (u / hit.length / miss.length).toFixed(4), 'median', med(hit), med(miss), 'q', q1(hit), q1(miss), 'n', hit.length);
  }
  await r.sql.unsafe('alter system reset synchronous_commit');
  await r.close();
});
