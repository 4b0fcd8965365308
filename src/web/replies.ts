import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { parseIsoDate } from '../core/dates.ts';
import type { Election } from '../core/election.ts';
import { writeDay } from './dates.ts';
import type { FieldError } from './form-fields.ts';
import { type Language, languageOf } from './language.ts';
import { type Content, layout, pageHeaders } from './layout.ts';
import { type Messages, messagesFor } from './messages/messages.ts';
import { type NoticeKind, noticePage } from './notice-page.ts';

export type Env = { Variables: RequestIdVariables };

/** The API's problem types that a page may be asked in vain for, and their status. */
const STATUS = {
  'bad-request': 400,
  forbidden: 403,
  'not-found': 404,
  'content-too-large': 413,
  'unsupported-media-type': 415,
  invalid: 422,
  'too-many-requests': 429,
  internal: 500,
  unavailable: 503,
} as const;
type PageProblem = keyof typeof STATUS;

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
type Refusal = Omit<Options, 'status'> & { problem: PageProblem; errors?: FieldError[] };
export type Replies = ReturnType<typeof createReplies>;

/** How the pages leave: in the language of who asks, with their headers, and errors as a page or as a problem. */
export function createReplies(deps: ReplyDependencies) {
  const messagesOf = (c: Context): Messages => messagesFor(languageOf(c), deps.election.date);

  const kept = new Map<string, { text: string; etag: string }>();

  async function page(c: Context<Env>, content: Content, options: Options = {}): Promise<Response> {
    const { status = 200, retryAfterSeconds, sampleDate, isKept = false } = options;
    const messages = messagesOf(c);
    const { language } = messages;
    const headers = { ...pageHeaders(content), 'Content-Language': language, ...retryAfter(retryAfterSeconds) };
    const sample = sampleDate ?? (await deps.sampleDate());
    const sampleDay = sample && writtenSample(sample, language);
    const write = async (requestId: string | null) =>
      String(await layout(content, { messages, requestId, sampleDay }));
    if (!isKept) return c.html(await write(c.get('requestId')), status, headers);
    const key = [content.title, language, sample].join();
    const written = kept.get(key) ?? withEtag(await write(null));
    kept.set(key, written);
    const { text, etag } = written;
    return c.html(text, status, status === 200 ? { ...headers, 'Cache-Control': 'no-cache', ETag: etag } : headers);
  }

  /** An error: a page for browsers, which always say that they take one, a problem for programs. */
  async function refuse(c: Context<Env>, shown: NoticeKind | Content, refusal: Refusal): Promise<Response> {
    const { problem, errors = [], ...options } = refusal;
    if (!takesPages(c)) return deps.problem(c, problem, errors, retryAfter(options.retryAfterSeconds));
    const content = typeof shown === 'string' ? noticePage(messagesOf(c), shown) : shown;
    return page(c, content, { ...options, status: STATUS[problem] });
  }

  return { messagesOf, page, refuse };
}

/** A text and what stands for it, so that a browser is not sent twice what it has. */
function withEtag(text: string): { text: string; etag: string } {
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` };
}

const takesPages = (c: Context): boolean => /\btext\/html\b/i.test(c.req.header('Accept') ?? '');

const retryAfter = (seconds: number | undefined): Record<string, string> =>
  seconds === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) };

/** A day or an instant, as the registry has it. */
function writtenSample(date: string, language: Language): string {
  const day = parseIsoDate(date.slice(0, 10));
  return day === null ? date : writeDay(day, language);
}
