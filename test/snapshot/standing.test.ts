import { beforeEach, describe, expect, it } from 'vitest';
import { rangeOf } from '../../src/checks/check.ts';
import type { Asked } from '../../src/registry/asked.ts';
import { QUOTA } from '../../src/registry/quota.ts';
import type { KnownClient } from '../../src/snapshot/manifest.ts';
import { createStanding, type Standing } from '../../src/snapshot/standing.ts';

const START = Date.UTC(2018, 5, 27, 3);
const known = (rest: Partial<KnownClient> = {}): KnownClient => ({
  name: 'tps-01',
  scopes: ['check'],
  region: '32.01',
  isRevoked: false,
  perMinute: 5,
  perDay: 8,
  ...rest,
});
const asked = (claim: string | null = null, client = 'tps-01'): Asked => ({
  id: crypto.randomUUID(),
  tag: '',
  auditTag: '',
  nameProof: null,
  kkProof: null,
  suketProof: null,
  keyCheck: '0',
  client,
  claim,
  ...rangeOf({ client, region: claim }),
});

describe('who may ask while the database is away', () => {
  let nowMs: number;
  let standing: Standing;
  beforeEach(() => {
    nowMs = START;
    standing = createStanding(() => nowMs);
  });
  const refusalOf = (client: KnownClient | undefined, question = asked()) =>
    standing.admit(question, client).admission.refusal;

  it.each([
    ['a revoked client', known({ isRevoked: true }), null, 'REVOKED'],
    ['one without the scope', known({ scopes: ['bulk'] }), null, 'SCOPE'],
    ['one whose token is of another region', known(), '33', 'REGION'],
  ])('is not %s', (_, client, claim, code) => {
    expect(refusalOf(client, asked(claim))).toEqual({ code, retryAfterSeconds: 0 });
  });

  it.each([
    ['the client’s, where the token says none', null, '32.01'],
    ['the token’s, where that is narrower', '32.01.02', '32.01.02'],
    ['the client’s, where that is narrower', '32', '32.01'],
  ])('sees %s', (_, claim, seen) => {
    const { asked: admitted } = standing.admit(asked(claim), known());
    expect(admitted).toMatchObject({ claim: seen, ...rangeOf({ client: '', region: seen }) });
  });

  it('has the quota of a minute, which begins anew, and that of a day', () => {
    for (let left = 4; left >= 0; left -= 1)
      expect(standing.admit(asked(), known()).admission).toMatchObject({
        refusal: null,
        quota: { limit: 5, remaining: left },
      });
    expect(refusalOf(known())).toEqual({ code: 'MINUTE_QUOTA', retryAfterSeconds: 60 });
    nowMs += 60_000;
    for (let n = 0; n < 3; n += 1) expect(refusalOf(known())).toBeNull();
    expect(refusalOf(known())).toEqual({ code: 'DAY_QUOTA', retryAfterSeconds: 21 * 3_600 - 60 });
    nowMs = START + 21 * 3_600_000;
    expect(refusalOf(known())).toBeNull();
  });

  it('is a provider’s client, too, with the quota by default', () => {
    for (let n = 0; n < QUOTA.perMinute; n += 1) expect(refusalOf(undefined, asked(null, 'kpu:a'))).toBeNull();
    expect(refusalOf(undefined, asked(null, 'kpu:a'))?.code).toBe('MINUTE_QUOTA');
    expect(refusalOf(undefined, asked(null, 'kpu:b'))).toBeNull();
  });

  it('pauses after so many misses in a row, as with the database', () => {
    const many = known({ perMinute: 1_000, perDay: 1_000 });
    for (let n = 1; n < QUOTA.missesInARow; n += 1) standing.found('tps-01', false);
    standing.found('tps-01', true);
    for (let n = 1; n < QUOTA.missesInARow; n += 1) standing.found('tps-01', false);
    expect(refusalOf(many)).toBeNull();
    standing.found('tps-01', false);
    expect(refusalOf(many)).toEqual({ code: 'PAUSED', retryAfterSeconds: QUOTA.pauseMinutes * 60 });
    nowMs += QUOTA.pauseMinutes * 60_000;
    expect(refusalOf(many)).toBeNull();
  });
});
