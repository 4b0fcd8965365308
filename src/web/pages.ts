import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { LIMITS } from '../checks/limits.ts';
import type { FormProof } from '../checks/proof-of-work.ts';
import type { SelfCheckOutcome, SelfCheckQuestion, SentProof } from '../checks/self-check.ts';
import { isCrossSite } from './cross-site.ts';
import { type ApiDocument, docsPage } from './docs-page.ts';
import { type FieldFaults, fieldErrors, readFields } from './form-fields.ts';
import { formPage, NO_FAULTS } from './form-page.ts';
import { ICON_SVG } from './icons.ts';
import type { Content } from './layout.ts';
import { noticePage } from './notice-page.ts';
import { type ProblemPage, problemPage } from './problem-page.ts';
import { PROOF_SCRIPT, PROOF_SCRIPT_HEADERS, PROOF_SCRIPT_PATH } from './proof-script.ts';
import { createReplies, type Env, type ReplyDependencies } from './replies.ts';
import { resultPage } from './result-page.ts';

export type WebDependencies = ReplyDependencies & {
  /** Answers, or says in its outcome why not. */
  selfCheck(question: SelfCheckQuestion): Promise<SelfCheckOutcome>;
  /** What the form has to carry; `sent` is the proof that came with faulty fields. Never throws. Without it, no proof is asked. */
  proofForForm?(sent?: SentProof): Promise<FormProof>;
  clientAddress(c: Context): string;
  /** Origins that may post the form from pages of their own. */
  embedders?: readonly string[];
  /** Lets requests of a kind in, or answers them with `refuse` where there are too many. Without it, all come in. */
  enter?(kind: 'forms' | 'pages', refuse: (c: Context<Env>) => Promise<Response>): MiddlewareHandler;
  /** Every problem type of the API by slug. */
  problems: Readonly<Record<string, ProblemPage>>;
  /** The API's own description. */
  document(): Promise<ApiDocument>;
  /** Hears of a fault that a page is shown for. Without it, faults are left to the app around the pages. */
  broken?(c: Context<Env>, error: unknown): void;
};

const BROKEN_RETRY_SECONDS = 60;
/** Of what hardly ever changes. */
const KEPT_A_DAY = { 'Cache-Control': 'public, max-age=86400' };
const ROBOTS = 'User-agent: *\nDisallow: /v1/\n';

/** The pages for residents: the form, its answer, and what the API's problem types mean. */
export function createPages(deps: WebDependencies): Hono<Env> {
  const { messagesOf, page, notice, refuse } = createReplies(deps);
  const app = new Hono<Env>();
  const { broken } = deps;
  if (broken) {
    app.onError((error, c) => {
      broken(c, error);
      const options = { status: 500, retryAfterSeconds: BROKEN_RETRY_SECONDS } as const;
      return c.req.method === 'POST'
        ? refuse(c, 'BROKEN', { problem: 'internal', ...options })
        : notice(c, 'BROKEN', options);
    });
  }

  if (deps.enter) {
    const busy = (c: Context<Env>) =>
      refuse(c, 'UNAVAILABLE', {
        problem: 'unavailable',
        status: 503,
        retryAfterSeconds: LIMITS.retryAfterSeconds,
        isKept: true,
      });
    const [forms, pages] = [deps.enter('forms', busy), deps.enter('pages', busy)];
    app.use('/', (c, next) => (c.req.method === 'POST' ? forms(c, next) : pages(c, next)));
    for (const path of ['/docs', '/problems/:slug']) app.use(path, pages);
  }

  const form = async (c: Context<Env>, faults: FieldFaults = NO_FAULTS, proof?: string) => {
    const sent = proof === undefined ? undefined : { proof, clientAddress: deps.clientAddress(c) };
    return formPage(messagesOf(c), faults, (await deps.proofForForm?.(sent)) ?? null);
  };
  app.get('/', async (c) => page(c, await form(c)));

  app.get('/favicon.ico', (c) => c.body(ICON_SVG, 200, { 'Content-Type': 'image/svg+xml', ...KEPT_A_DAY }));
  app.get('/robots.txt', (c) => c.text(ROBOTS, 200, KEPT_A_DAY));
  app.get(PROOF_SCRIPT_PATH, (c) => c.body(PROOF_SCRIPT, 200, PROOF_SCRIPT_HEADERS));

  app.post(
    '/',
    async function requireOwnPage(c, next) {
      if (!isCrossSite(c, deps.embedders ?? [])) return next();
      const errors = [{ pointer: '', code: 'CROSS_SITE' }];
      return refuse(c, 'NOT_A_FORM', { problem: 'forbidden', status: 403, errors });
    },
    async function requireForm(c, next) {
      const type = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase();
      if (type === 'application/x-www-form-urlencoded') return next();
      return refuse(c, 'NOT_A_FORM', { problem: 'unsupported-media-type', status: 415 });
    },
    bodyLimit({
      maxSize: LIMITS.maxBodyBytes,
      onError: (c) => refuse(c, 'BODY_TOO_LARGE', { problem: 'content-too-large', status: 413 }),
    }),
    async (c) => {
      const body = await c.req.text().catch(() => null);
      // Broken off: the client's affair.
      if (body === null) return deps.problem(c, 'bad-request', [{ pointer: '', code: 'CUT_OFF' }], {});
      const fields = readFields(body);
      if (!fields.ok) {
        const errors = fieldErrors(fields.faults);
        return refuse(c, await form(c, fields.faults, fields.proof), { problem: 'invalid', status: 422, errors });
      }
      const { nik, second, proof } = fields;
      const clientAddress = deps.clientAddress(c);
      return answer(c, await deps.selfCheck({ id: c.get('requestId'), nik, second, clientAddress, proof }));
    },
  );

  /** Right and wrong answers are pages for everybody. */
  async function answer(c: Context<Env>, outcome: SelfCheckOutcome) {
    switch (outcome.kind) {
      case 'ANSWER':
        return page(c, resultPage(messagesOf(c), outcome.answer, deps.election), { sampleDate: outcome.sampleDate });
      case 'WRONG':
        return page(c, noticePage(messagesOf(c), 'WRONG', outcome.proof));
      case 'PROOF_NEEDED': {
        const waiting = noticePage(messagesOf(c), 'PROOF_NEEDED', { ticket: outcome.ticket });
        const errors = [{ pointer: '/altcha', code: 'PROOF_NEEDED' }];
        const retryAfterSeconds = LIMITS.proofWaitSeconds;
        return refuse(c, waiting, { problem: 'too-many-requests', status: 429, retryAfterSeconds, errors });
      }
      case 'LOCKED': {
        const retryAfterSeconds = LIMITS.selfCheckWindowSeconds;
        const errors = [{ pointer: '/nik', code: 'LOCKED' }];
        return refuse(c, 'LOCKED', { problem: 'too-many-requests', status: 429, retryAfterSeconds, errors });
      }
      case 'TOO_MANY':
      case 'UNAVAILABLE': {
        const { kind, retryAfterSeconds } = outcome;
        const [problem, status] =
          kind === 'TOO_MANY' ? (['too-many-requests', 429] as const) : (['unavailable', 503] as const);
        return refuse(c, kind, { problem, status, retryAfterSeconds });
      }
    }
  }

  app.get('/problems/:slug', (c) => {
    const slug = c.req.param('slug');
    const problem = Object.hasOwn(deps.problems, slug) ? deps.problems[slug] : undefined;
    if (problem === undefined) return refuse(c, 'UNKNOWN_PROBLEM', { problem: 'not-found', status: 404 });
    return page(c, problemPage(messagesOf(c), slug, problem));
  });

  let docs: Content | undefined;
  app.get('/docs', async (c) => {
    docs ??= docsPage(await deps.document());
    return page(c, docs, { isKept: true });
  });

  return app;
}
