import { createHash } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import type { FormProof } from '../checks/proof-of-work.ts';
import type { SelfCheckOutcome, SelfCheckQuestion, SentProof } from '../checks/self-check.ts';
import { parseIsoDate } from '../core/dates.ts';
import type { Election } from '../core/election.ts';
import type { ServiceStatus } from '../snapshot/status.ts';
import { writeDay } from './dates.ts';
import type { ApiDocument, ProblemPage } from './docs-page.ts';
import { type Language, languageOf } from './language.ts';
import { type Content, type FieldError, layout, type ProblemType, pageHeaders, STATUS } from './layout.ts';
import { type Messages, messagesFor } from './messages/messages.ts';
import { type NoticeKind, noticePage } from './notice-page.ts';

export type Env = { Variables: RequestIdVariables };

export type WebDependencies = {
  election: Election;
  /** Answers, or says in its outcome why not. */
  selfCheck(question: SelfCheckQuestion): Promise<SelfCheckOutcome>;
  /** What the form has to carry; `sent` is the proof that came with faulty fields. Never throws. */
  proofForForm(sent?: SentProof): Promise<FormProof>;
  /** The date of the synthetic sample where the registry holds nothing else; null in real use. Never throws. */
  sampleDate(): Promise<string | null>;
  /** What runs and what does not. Never throws. */
  status(): Promise<ServiceStatus>;
  /** An error for who asks for no page: RFC 9457, as the API has it. */
  problem(c: Context, type: ProblemType, errors: FieldError[], headers: Record<string, string>): Response;
  /** Every problem type of the API by its slug, and the API's own description. */
  problems: Readonly<Record<string, ProblemPage>>;
  document(): Promise<ApiDocument>;
  clientAddress(c: Context): string;
  /** Origins that may post the form from pages of their own. */
  embedders: readonly string[];
  /** Lets requests of a kind in, or answers them with `refuse` where there are too many. */
  enter(kind: 'forms' | 'pages', refuse: (c: Context<Env>) => Promise<Response>): MiddlewareHandler;
  /** Hears of a fault that a page is shown for. */
  broken(c: Context<Env>, error: unknown): void;
};

type Options = {
  retryAfterSeconds?: number;
  sampleDate?: string | null;
  /** It is the same for all, and browsers may keep it where it is no error. */
  isKept?: boolean;
  /** It is a page for programs too. */
  isForAll?: boolean;
};
export type Replies = ReturnType<typeof createReplies>;

/** How the pages leave: in the language of who asks, with their headers, and errors as a page or as a problem. */
export function createReplies(deps: WebDependencies) {
  const messagesOf = (c: Context): Messages => messagesFor(languageOf(c), deps.election.date);

  /** Pages that are the same for all, as they were written. */
  const kept = new Map<string, { text: string; etag: string }>();

  async function page(c: Context<Env>, content: Content, options: Options = {}): Promise<Response> {
    const { retryAfterSeconds, isKept = false, isForAll = false } = options;
    const { problem } = content;
    const retryAfter: Record<string, string> =
      retryAfterSeconds === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))) };
    if (problem && !isForAll && !takesPages(c))
      return deps.problem(c, problem.type, problem.errors ?? [], retryAfter);
    const messages = messagesOf(c);
    const { language } = messages;
    const sample = options.sampleDate ?? (await deps.sampleDate());
    const sampleDay = sample && writtenSample(sample, language);
    const write = async (requestId: string | null): Promise<string> =>
      String(await layout(content, { messages, requestId, sampleDay }));
    const headers: Record<string, string> = { ...pageHeaders(content), 'Content-Language': language, ...retryAfter };
    if (problem) return c.html(await write(isKept ? null : c.get('requestId')), STATUS[problem.type], headers);
    if (!isKept) return c.html(await write(c.get('requestId')), 200, headers);
    const key = [content.title, language, sample].join();
    const written = kept.get(key) ?? withEtag(await write(null));
    kept.set(key, written);
    return c.html(written.text, 200, { ...headers, 'Cache-Control': 'no-cache', ETag: written.etag });
  }

  /** A page that says one thing. */
  function notice(
    c: Context<Env>,
    kind: NoticeKind,
    options: Options & { proof?: FormProof | undefined } = {},
  ): Promise<Response> {
    return page(c, noticePage(messagesOf(c), kind, options.proof), options);
  }

  return { messagesOf, page, notice };
}

/** A text and what stands for it, so that a browser is not sent twice what it has. */
const withEtag = (text: string): { text: string; etag: string } => ({
  text,
  etag: `"${createHash('sha256').update(text).digest('base64url')}"`,
});

/** Browsers always say that they take pages. */
const takesPages = (c: Context): boolean => /\btext\/html\b/i.test(c.req.header('Accept') ?? '');

/** A day or an instant, as the registry has it. */
function writtenSample(date: string, language: Language): string {
  const day = parseIsoDate(date.slice(0, 10));
  return day === null ? date : writeDay(day, language);
}
