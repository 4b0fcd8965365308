import { hc, type InferRequestType, type InferResponseType } from 'hono/client';
import { expect, expectTypeOf, it } from 'vitest';
import type { App } from '../../src/http/app.ts';

const client = hc<App>('http://localhost');

it('a client of the app’s type knows what a check asks and answers', () => {
  type Check = typeof client.v1.checks.$post;
  expectTypeOf<InferRequestType<Check>['json']>().toEqualTypeOf<{
    nik: string;
    name?: string | undefined;
    kk?: string | undefined;
    suketNumber?: string | undefined;
  }>();
  expectTypeOf<InferResponseType<Check>['document']>().toEqualTypeOf<'EKTP' | 'SUKET' | 'NEITHER' | 'UNDETERMINED'>();
  // @ts-expect-error a check without a NIK does not compile
  const wrong = (): unknown => client.v1.checks.$post({ json: { name: 'SITI' } });
  expectTypeOf(wrong).toBeFunction();
  expect(client.v1.checks.$url().pathname).toBe('/v1/checks');
});
