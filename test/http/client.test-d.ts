import { hc, type InferRequestType, type InferResponseType } from 'hono/client';
import { expectTypeOf } from 'vitest';
import type { z } from 'zod';
import type { Answer } from '../../src/checks/answer.ts';
import type { App } from '../../src/http/app.ts';
import type { answer } from '../../src/http/schemas.ts';

// Held by the type checker (`tsc -p .`) and never run: what a client of the app's type knows of a check.
const client = hc<App>('http://localhost');
type Check = typeof client.v1.checks.$post;

expectTypeOf<InferRequestType<Check>['json']>().toEqualTypeOf<{
  nik: string;
  name?: string | undefined;
  kk?: string | undefined;
  suketNumber?: string | undefined;
}>();
expectTypeOf<InferResponseType<Check>['document']>().toEqualTypeOf<'EKTP' | 'SUKET' | 'NEITHER' | 'UNDETERMINED'>();
// @ts-expect-error a check without a NIK does not compile
client.v1.checks.$post({ json: { name: 'SITI' } });

// The document describes the very answer of a check.
expectTypeOf<z.output<typeof answer>>().toEqualTypeOf<Answer>();
