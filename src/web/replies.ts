import type { Context } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { parseIsoDate } from '../core/dates.ts';
import type { Election } from '../core/election.ts';
import { writeDay } from './dates.ts';
import type { FieldError } from './form-fields.ts';
import { chooseLanguage, type Language } from './language.ts';
import { type Content, layout, pageHeaders } from './layout.ts';
import type { Messages, NoticeKind } from './messages/messages.ts';
import { messagesFor } from './messages/messages-for.ts';
import { noticePage } from './notice-page.ts';

export type Env = { Variables: RequestIdVariables };

/** The API's problem types that a page may be asked in vain for. */
export type PageProblem =
  | 'not-found'
  | 'unsupported-media-type'
  | 'content-too-large'
  | 'invalid'
  | 'too-many-requests'
  | 'internal'
  | 'unavailable';

export type ReplyDependencies = {
  election: Election;
  /** The date of the synthetic sample where the registry holds nothing else; null in real use. Never throws. */
  sampleDate(): Promise<string | null>;
  /** An error for who asks for no page: RFC 9457, as the API has it. */
  problem(c: Context, slug: PageProblem, errors: FieldError[], headers: Record<string, string>): Response;
};

type Options = { status?: ContentfulStatusCode; retryAfterSeconds?: number | undefined; sampleDate?: string | null };
type Refusal = { problem: PageProblem; status: ContentfulStatusCode; retryAfterSeconds?: number; errors?: FieldError[] };

/** How the pages leave: in the language of who asks, with their headers, and errors as a page or as a problem. */
export function createReplies(deps: ReplyDependencies) {
  const messagesOf = (c: Context): Messages =>
    messagesFor(chooseLanguage(c.req.query('lang'), c.req.header('Accept-Language')), deps.election.date);

  async function page(c: Context<Env>, content: Content, { status = 200, retryAfterSeconds, sampleDate }: Options = {}) {
    const texts = messagesOf(c);
    const sample = sampleDate ?? (await deps.sampleDate());
    for (const [name, value] of Object.entries({ ...pageHeaders(content), ...retryAfter(retryAfterSeconds) }))
      c.header(name, value);
    c.header('Content-Language', texts.language);
    const frame = {
      messages: texts,
      requestId: c.get('requestId'),
      sampleDay: sample && writtenSample(sample, texts.language),
    };
    return c.html(layout(content, frame), status);
  }
  const notice = (c: Context<Env>, kind: NoticeKind, options?: Options) => page(c, noticePage(messagesOf(c), kind), options);

  /** An error: a page for browsers, which always say that they take one, a problem for programs. */
  async function refuse(c: Context<Env>, shown: NoticeKind | Content, { problem, status, errors = [], ...rest }: Refusal) {
    if (!takesPages(c)) return deps.problem(c, problem, errors, retryAfter(rest.retryAfterSeconds));
    return page(c, typeof shown === 'string' ? noticePage(messagesOf(c), shown) : shown, { status, ...rest });
  }

  return { messagesOf, page, notice, refuse };
}

const takesPages = (c: Context): boolean => /\btext\/html\b/i.test(c.req.header('Accept') ?? '');

const retryAfter = (seconds: number | undefined): Record<string, string> =>
  seconds === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) };

/** A day or an instant, as the registry has it. */
function writtenSample(date: string, language: Language): string {
  const day = parseIsoDate(date.slice(0, 10));
  return day === null ? date : writeDay(day, language);
}
