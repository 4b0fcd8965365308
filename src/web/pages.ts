import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { etag } from 'hono/etag';
import { LIMITS } from '../checks/limits.ts';
import { type ApiDocument, docsPage } from './docs-page.ts';
import { addForm, type FormDependencies } from './form-routes.ts';
import { ICON_SVG } from './icons.ts';
import type { Content } from './layout.ts';
import { noticePage } from './notice-page.ts';
import { type ProblemPage, problemPage } from './problem-page.ts';
import { PROOF_SCRIPT, PROOF_SCRIPT_HEADERS, PROOF_SCRIPT_PATH } from './proof.ts';
import { createReplies, type Env } from './replies.ts';

export type WebDependencies = FormDependencies & {
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

/** The pages for residents: the form, its answer, and what the API and its problem types mean. */
export function createPages(deps: WebDependencies): Hono<Env> {
  const replies = createReplies(deps);
  const { messagesOf, page, refuse } = replies;
  const app = new Hono<Env>();
  const { broken, enter, problems } = deps;
  if (broken) {
    app.onError((error, c) => {
      broken(c, error);
      const retryAfterSeconds = BROKEN_RETRY_SECONDS;
      if (c.req.method === 'POST') return refuse(c, 'BROKEN', { problem: 'internal', retryAfterSeconds });
      return page(c, noticePage(messagesOf(c), 'BROKEN'), { status: 500, retryAfterSeconds });
    });
  }
  if (enter) {
    const busy = { problem: 'unavailable', retryAfterSeconds: LIMITS.retryAfterSeconds, isKept: true } as const;
    const room = (kind: 'forms' | 'pages') => enter(kind, (c) => refuse(c, 'UNAVAILABLE', busy));
    const [forms, pages] = [room('forms'), room('pages')];
    app.use('/', (c, next) => (c.req.method === 'POST' ? forms(c, next) : pages(c, next)));
    for (const path of ['/docs', '/problems/:slug']) app.use(path, pages);
  }

  addForm(app, deps, replies);
  app.get(PROOF_SCRIPT_PATH, (c) => c.body(PROOF_SCRIPT, 200, PROOF_SCRIPT_HEADERS));
  app.get('/favicon.ico', (c) => c.body(ICON_SVG, 200, { 'Content-Type': 'image/svg+xml', ...KEPT_A_DAY }));
  app.get('/robots.txt', (c) => c.text(ROBOTS, 200, KEPT_A_DAY));

  app.get('/problems/:slug', (c) => {
    const slug = c.req.param('slug');
    const problem = Object.hasOwn(problems, slug) ? problems[slug] : undefined;
    if (problem === undefined) return refuse(c, 'UNKNOWN_PROBLEM', { problem: 'not-found' });
    return page(c, problemPage(messagesOf(c), slug, problem));
  });

  let docs: Content | undefined;
  app.get('/docs', etag(), async (c) => {
    docs ??= docsPage(await deps.document());
    return page(c, docs, { isKept: true });
  });

  return app;
}
