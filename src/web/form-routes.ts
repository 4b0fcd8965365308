import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { LIMITS } from '../checks/limits.ts';
import type { FormProof } from '../checks/proof-of-work.ts';
import type { SelfCheckOutcome, SelfCheckQuestion, SentProof } from '../checks/self-check.ts';
import { type FieldFaults, fieldErrors, readFields } from './form-fields.ts';
import { formPage } from './form-page.ts';
import { noticePage } from './notice-page.ts';
import type { Env, Replies, ReplyDependencies } from './replies.ts';
import { resultPage } from './result-page.ts';

export type FormDependencies = ReplyDependencies & {
  /** Answers, or says in its outcome why not. */
  selfCheck(question: SelfCheckQuestion): Promise<SelfCheckOutcome>;
  /**
   * What the form has to carry; `sent` is the proof that came with faulty fields. Never throws. Without it, no proof
   * is asked.
   */
  proofForForm?(sent?: SentProof): Promise<FormProof>;
  clientAddress(c: Context): string;
  /** Origins that may post the form from pages of their own. */
  embedders?: readonly string[];
};

/** The form, and its post: who may, what was typed, and the page for what comes of it. */
export function addForm(app: Hono<Env>, deps: FormDependencies, { messagesOf, page, refuse }: Replies): void {
  const form = async (c: Context<Env>, faults?: FieldFaults, proof?: string) => {
    const sent = proof === undefined ? undefined : { proof, clientAddress: deps.clientAddress(c) };
    return formPage(messagesOf(c), (await deps.proofForForm?.(sent)) ?? null, faults);
  };
  app.get('/', async (c) => page(c, await form(c)));

  app.post(
    '/',
    async function requireOwnForm(c, next) {
      if (isCrossSite(c, deps.embedders ?? []))
        return refuse(c, 'NOT_A_FORM', { problem: 'forbidden', errors: [{ pointer: '', code: 'CROSS_SITE' }] });
      const type = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase();
      if (type === 'application/x-www-form-urlencoded') return next();
      return refuse(c, 'NOT_A_FORM', { problem: 'unsupported-media-type' });
    },
    bodyLimit({
      maxSize: LIMITS.maxBodyBytes,
      onError: (c) => refuse(c, 'BODY_TOO_LARGE', { problem: 'content-too-large' }),
    }),
    async (c) => {
      const body = await c.req.text().catch(() => null);
      // Broken off: the client's affair.
      if (body === null) return deps.problem(c, 'bad-request', [{ pointer: '', code: 'CUT_OFF' }], {});
      const fields = readFields(body);
      if (!fields.ok) {
        const errors = fieldErrors(fields.faults);
        return refuse(c, await form(c, fields.faults, fields.proof), { problem: 'invalid', errors });
      }
      const { nik, second, proof } = fields;
      const clientAddress = deps.clientAddress(c);
      return answer(c, await deps.selfCheck({ id: c.get('requestId'), nik, second, clientAddress, proof }));
    },
  );

  /** Right and wrong answers are pages for everybody. */
  async function answer(c: Context<Env>, outcome: SelfCheckOutcome): Promise<Response> {
    const messages = messagesOf(c);
    switch (outcome.kind) {
      case 'ANSWER':
        return page(c, resultPage(messages, outcome.answer, deps.election), { sampleDate: outcome.sampleDate });
      case 'WRONG':
        return page(c, noticePage(messages, 'WRONG', outcome.proof));
      case 'PROOF_NEEDED':
        return refuse(c, noticePage(messages, 'PROOF_NEEDED', { ticket: outcome.ticket }), {
          problem: 'too-many-requests',
          retryAfterSeconds: LIMITS.proofWaitSeconds,
          errors: [{ pointer: '/altcha', code: 'PROOF_NEEDED' }],
        });
      case 'LOCKED':
        return refuse(c, 'LOCKED', {
          problem: 'too-many-requests',
          retryAfterSeconds: LIMITS.selfCheckWindowSeconds,
          errors: [{ pointer: '/nik', code: 'LOCKED' }],
        });
      case 'TOO_MANY':
        return refuse(c, 'TOO_MANY', {
          problem: 'too-many-requests',
          retryAfterSeconds: outcome.retryAfterSeconds,
        });
      case 'UNAVAILABLE':
        return refuse(c, 'UNAVAILABLE', { problem: 'unavailable', retryAfterSeconds: outcome.retryAfterSeconds });
    }
  }
}

/**
 * Whether a form was posted from another site's page, which must not ask in a resident's name. Browsers say so in
 * `Sec-Fetch-Site`, older ones in `Origin`; our own pages, which send no referrer, have the origin `null`.
 */
function isCrossSite(c: Context, embedders: readonly string[]): boolean {
  const origin = c.req.header('Origin');
  if (origin !== undefined && embedders.includes(origin)) return false;
  const site = c.req.header('Sec-Fetch-Site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (origin === undefined || origin === 'null') return false;
  return !URL.canParse(origin) || new URL(origin).host !== new URL(c.req.url).host;
}
