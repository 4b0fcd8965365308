import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { LIMITS } from '../checks/limits.ts';
import type { SelfCheckOutcome } from '../checks/self-check.ts';
import { type FieldFaults, readFields } from './form-fields.ts';
import { formPage } from './form-page.ts';
import type { Content } from './layout.ts';
import { noticePage } from './notice-page.ts';
import type { Env, Replies, WebDependencies } from './replies.ts';
import { resultPage } from './result-page.ts';

/** The form, and its post: who may, what was typed, and the page for what comes of it. */
export function addForm(app: Hono<Env>, deps: WebDependencies, { messagesOf, page, notice }: Replies): void {
  const form = async (c: Context<Env>, faults?: FieldFaults, proof?: string) => {
    const sent = proof === undefined ? undefined : { proof, clientAddress: deps.clientAddress(c) };
    return page(c, formPage(messagesOf(c), await deps.proofForForm(sent), faults));
  };
  app.get('/', (c) => form(c));

  app.post(
    '/',
    async function requireOwnForm(c, next) {
      if (isCrossSite(c, deps.embedders)) {
        const problem: Content['problem'] = { type: 'forbidden', errors: [{ pointer: '', code: 'CROSS_SITE' }] };
        return page(c, { ...noticePage(messagesOf(c), 'NOT_A_FORM'), problem });
      }
      const type = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase();
      if (type === 'application/x-www-form-urlencoded') return next();
      return notice(c, 'NOT_A_FORM');
    },
    bodyLimit({ maxSize: LIMITS.maxBodyBytes, onError: (c) => notice(c, 'BODY_TOO_LARGE') }),
    async (c) => {
      const body = await c.req.text().catch(() => null);
      // Broken off: the client's affair.
      if (body === null) return deps.problem(c, 'bad-request', [{ pointer: '', code: 'CUT_OFF' }], {});
      const fields = readFields(body);
      if (!fields.ok) return form(c, fields.faults, fields.proof);
      const { nik, second, proof } = fields;
      const clientAddress = deps.clientAddress(c);
      return answer(c, await deps.selfCheck({ id: c.get('requestId'), nik, second, clientAddress, proof }));
    },
  );

  /** Right and wrong answers are pages for everybody. */
  async function answer(c: Context<Env>, outcome: SelfCheckOutcome): Promise<Response> {
    switch (outcome.kind) {
      case 'ANSWER':
        return page(c, resultPage(messagesOf(c), outcome.answer, deps.election), {
          sampleDate: outcome.sampleDate,
        });
      case 'WRONG':
        return notice(c, 'WRONG', { proof: outcome.proof });
      case 'PROOF_NEEDED':
        return notice(c, 'PROOF_NEEDED', {
          proof: { ticket: outcome.ticket },
          retryAfterSeconds: LIMITS.proofWaitSeconds,
        });
      case 'LOCKED':
        return notice(c, 'LOCKED', { retryAfterSeconds: LIMITS.selfCheckWindowSeconds });
      case 'TOO_MANY':
      case 'UNAVAILABLE':
        return notice(c, outcome.kind, { retryAfterSeconds: outcome.retryAfterSeconds });
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
