import { createHash } from 'node:crypto';
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
  | 'bad-request'
  | 'forbidden'
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

type Options = {
  status?: ContentfulStatusCode;
  retryAfterSeconds?: number | undefined;
  sampleDate?: string | null;
  /** It is written once in each language, and browsers may keep it where it is no error. */
  isKept?: boolean;
};
type Refusal = Options & { problem: PageProblem; status: ContentfulStatusCode; errors?: FieldError[] };

/** How the pages leave: in the language of who asks, with their headers, and errors as a page or as a problem. */
export function createReplies(deps: ReplyDependencies) {
  const messagesOf = (c: Context): Messages =>
    messagesFor(chooseLanguage(c.req.query('lang'), c.req.header('Accept-Language')), deps.election.date);

  const kept = new Map<string, string>();

  async function page(c: Context<Env>, content: Content, options: Options = {}) {
    const { status = 200, retryAfterSeconds, sampleDate, isKept = false } = options;
    const texts = messagesOf(c);
    const sample = sampleDate ?? (await deps.sampleDate());
    for (const [name, value] of Object.entries({ ...pageHeaders(content), ...retryAfter(retryAfterSeconds) }))
      c.header(name, value);
    c.header('Content-Language', texts.language);
    const sampleDay = sample && writtenSample(sample, texts.language);
    const write = async (requestId: string | null) =>
      String(await layout(content, { messages: texts, requestId, sampleDay }));
    if (!isKept) return c.html(await write(c.get('requestId')), status);
    const key = [content.title, texts.language, sample].join();
    const text = kept.get(key) ?? (await write(null));
    kept.set(key, text);
    if (status !== 200) return c.html(text, status);
    const tag = tagOf(text);
    c.header('Cache-Control', 'no-cache');
    c.header('ETag', tag);
    if (c.req.header('If-None-Match')?.includes(tag)) return c.body(null, 304);
    return c.html(text, status);
  }
  const notice = (c: Context<Env>, kind: NoticeKind, options?: Options) =>
    page(c, noticePage(messagesOf(c), kind), options);

  /** An error: a page for browsers, which always say that they take one, a problem for programs. */
  async function refuse(
    c: Context<Env>,
    shown: NoticeKind | Content,
    { problem, status, errors = [], ...rest }: Refusal,
  ) {
    if (!takesPages(c)) return deps.problem(c, problem, errors, retryAfter(rest.retryAfterSeconds));
    return page(c, typeof shown === 'string' ? noticePage(messagesOf(c), shown) : shown, { status, ...rest });
  }

  return { messagesOf, page, notice, refuse };
}

const tagOf = (text: string): string => `"${createHash('sha256').update(text).digest('base64url')}"`;

const takesPages = (c: Context): boolean => /\btext\/html\b/i.test(c.req.header('Accept') ?? '');

const retryAfter = (seconds: number | undefined): Record<string, string> =>
  seconds === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) };

/** A day or an instant, as the registry has it. */
function writtenSample(date: string, language: Language): string {
  const day = parseIsoDate(date.slice(0, 10));
  return day === null ? date : writeDay(day, language);
}
