import { hc, type InferRequestType, type InferResponseType } from 'hono/client';
import { expectTypeOf } from 'vitest';
import type { z } from 'zod';
import type { Answer, answer } from '../../src/checks/answer.ts';
import type { SuketAnswer } from '../../src/core/decide.ts';
import type { Office } from '../../src/core/election.ts';
import type { Action, DocumentStatus, ReasonCode, Source, VoterStatus } from '../../src/core/reasons.ts';
import type { StatusCode } from '../../src/core/status.ts';
import type { App } from '../../src/http/app.ts';

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

// The document describes the very answer of a check, in the words of the rules.
expectTypeOf<z.output<typeof answer>>().toEqualTypeOf<Answer>();
expectTypeOf<Answer['document']>().toEqualTypeOf<DocumentStatus>();
expectTypeOf<Answer['voter']>().toEqualTypeOf<VoterStatus>();
expectTypeOf<Answer['reasons'][number]['code']>().toEqualTypeOf<ReasonCode>();
expectTypeOf<Answer['actions'][number]>().toEqualTypeOf<Action>();
expectTypeOf<Answer['contests'][number]['office']>().toEqualTypeOf<Office>();
expectTypeOf<Answer['statusCode']>().toEqualTypeOf<StatusCode | null>();
expectTypeOf<Answer['suket']>().toEqualTypeOf<SuketAnswer | null>();
expectTypeOf<Answer['source']>().toEqualTypeOf<Source>();
