import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { RequestIdVariables } from 'hono/request-id';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { LIMITS } from '../checks/limits.ts';
import type { SelfCheckOutcome, SelfCheckQuestion } from '../checks/self-check.ts';
import { parseIsoDate } from '../core/dates.ts';
import type { Election } from '../core/election.ts';
import { writeDay } from './dates.ts';
import { readFields } from './form-fields.ts';
import { formPage } from './form-page.ts';
import { chooseLanguage, type Language } from './language.ts';
import { type Content, layout, PAGE_HEADERS } from './layout.ts';
import type { Messages, NoticeKind } from './messages/messages.ts';
import { messagesFor } from './messages/messages-for.ts';
import { noticePage } from './notice-page.ts';
import { type ProblemPage, problemPage } from './problem-page.ts';
import { resultPage } from './result-page.ts';

type Env = { Variables: RequestIdVariables };

export type WebDependencies = {
  election: Election;
  /** Answers, or says in its outcome why not. */
  selfCheck(question: SelfCheckQuestion): Promise<SelfCheckOutcome>;
  /** The date of the synthetic sample where the registry holds nothing else; null in real use. Never throws. */
  sampleDate(): Promise<string | null>;
  clientAddress(c: Context): string;
  /** Every problem type of the API by slug. */
  problems: Readonly<Record<string, ProblemPage>>;
  /** Hears of a fault that a page is shown for. Without it, faults are left to the app around the pages. */
  broken?(c: Context<Env>, error: unknown): void;
};

type Reply = { status?: ContentfulStatusCode; retryAfterSeconds?: number; sampleDate?: string | null };

const BROKEN_RETRY_SECONDS = 60;

/** The pages for residents: the form, its answer, and what the API's problem types mean. */
export function createPages(deps: WebDependencies): Hono<Env> {
  const messagesOf = (c: Context): Messages =>
    messagesFor(chooseLanguage(c.req.query('lang'), c.req.header('Accept-Language')), deps.election.date);

  async function reply(c: Context<Env>, content: Content, { status = 200, retryAfterSeconds, sampleDate }: Reply = {}) {
    const texts = messagesOf(c);
    const sample = sampleDate ?? (await deps.sampleDate());
    for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value);
    c.header('Content-Language', texts.language);
    if (retryAfterSeconds !== undefined) c.header('Retry-After', String(Math.max(1, Math.ceil(retryAfterSeconds))));
    const frame = {
      messages: texts,
      requestId: c.get('requestId'),
      sampleDay: sample && writtenSample(sample, texts.language),
    };
    return c.html(layout(content, frame), status);
  }
  const notice = (c: Context<Env>, kind: NoticeKind, options: Reply = {}) => reply(c, noticePage(messagesOf(c), kind), options);

  const app = new Hono<Env>();
  const { broken } = deps;
  if (broken) {
    app.onError((error, c) => {
      broken(c, error);
      return notice(c, 'BROKEN', { status: 500, retryAfterSeconds: BROKEN_RETRY_SECONDS });
    });
  }

  app.get('/', (c) => reply(c, formPage(messagesOf(c))));

  app.post(
    '/',
    async function requireForm(c, next) {
      const type = c.req.header('Content-Type')?.split(';')[0]?.trim().toLowerCase();
      if (type !== 'application/x-www-form-urlencoded') return notice(c, 'NOT_A_FORM', { status: 415 });
      return next();
    },
    bodyLimit({ maxSize: LIMITS.maxBodyBytes, onError: (c) => notice(c, 'BODY_TOO_LARGE', { status: 413 }) }),
    async (c) => {
      const fields = readFields(await c.req.text());
      if (!fields.ok) return reply(c, formPage(messagesOf(c), fields.faults), { status: 422 });
      const { nik, second } = fields;
      const outcome = await deps.selfCheck({ id: c.get('requestId'), nik, second, clientAddress: deps.clientAddress(c) });
      switch (outcome.kind) {
        case 'ANSWER':
          return reply(c, resultPage(messagesOf(c), outcome.answer, deps.election), { sampleDate: outcome.sampleDate });
        case 'WRONG':
          return notice(c, 'WRONG');
        case 'LOCKED':
          return notice(c, 'LOCKED', { status: 429, retryAfterSeconds: LIMITS.selfCheckWindowSeconds });
        case 'TOO_MANY':
          return notice(c, 'TOO_MANY', { status: 429, retryAfterSeconds: outcome.retryAfterSeconds });
        case 'UNAVAILABLE':
          return notice(c, 'UNAVAILABLE', { status: 503, retryAfterSeconds: outcome.retryAfterSeconds });
      }
    },
  );

  app.get('/problems/:slug', (c) => {
    const slug = c.req.param('slug');
    const problem = Object.hasOwn(deps.problems, slug) ? deps.problems[slug] : undefined;
    if (problem === undefined) return notice(c, 'UNKNOWN_PROBLEM', { status: 404 });
    return reply(c, problemPage(messagesOf(c), slug, problem));
  });

  return app;
}

/** A day or an instant, as the registry has it. */
function writtenSample(date: string, language: Language): string {
  const day = parseIsoDate(date.slice(0, 10));
  return day === null ? date : writeDay(day, language);
}
