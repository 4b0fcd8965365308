import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { LIMITS } from '../checks/limits.ts';
import { docsPage, problemPage } from './docs-page.ts';
import { addForm } from './form-routes.ts';
import { ICON_SVG } from './icons.ts';
import type { Content } from './layout.ts';
import { PROOF_SCRIPT, PROOF_SCRIPT_HEADERS, PROOF_SCRIPT_PATH } from './proof.ts';
import { createReplies, type Env, type WebDependencies } from './replies.ts';
import { statusPage } from './status-page.ts';

const BROKEN_RETRY_SECONDS = 60;
/** Of what hardly ever changes. */
const KEPT_A_DAY = { 'Cache-Control': 'public, max-age=86400' };
const ROBOTS = 'User-agent: *\nDisallow: /v1/\n';

/** The pages for residents: the form, its answer, and what the API and its problem types mean. */
export function createPages(deps: WebDependencies): Hono<Env> {
  const replies = createReplies(deps);
  const { messagesOf, page, notice } = replies;
  const app = new Hono<Env>();
  app.onError((error, c) => {
    deps.broken(c, error);
    return notice(c, 'BROKEN', { retryAfterSeconds: BROKEN_RETRY_SECONDS, isForAll: c.req.method !== 'POST' });
  });
  const busy = { retryAfterSeconds: LIMITS.retryAfterSeconds, isKept: true };
  const room = (kind: 'forms' | 'pages') => deps.enter(kind, (c) => notice(c, 'UNAVAILABLE', busy));
  const [forms, pages] = [room('forms'), room('pages')];
  app.use('/', (c, next) => (c.req.method === 'POST' ? forms(c, next) : pages(c, next)));
  for (const path of ['/docs', '/status', '/problems/:slug']) app.use(path, pages);

  addForm(app, deps, replies);
  app.get(PROOF_SCRIPT_PATH, (c) => c.body(PROOF_SCRIPT, 200, PROOF_SCRIPT_HEADERS));
  app.get('/favicon.ico', (c) => c.body(ICON_SVG, 200, { 'Content-Type': 'image/svg+xml', ...KEPT_A_DAY }));
  app.get('/robots.txt', (c) => c.text(ROBOTS, 200, KEPT_A_DAY));

  app.get('/problems/:slug', (c) => {
    const slug = c.req.param('slug');
    const problem = Object.hasOwn(deps.problems, slug) ? deps.problems[slug] : undefined;
    return problem ? page(c, problemPage(messagesOf(c), slug, problem)) : notice(c, 'UNKNOWN_PROBLEM');
  });

  app.get('/status', async (c) => page(c, statusPage(messagesOf(c), await deps.status())));

  let docs: Content | undefined;
  app.get('/docs', etag(), async (c) => {
    docs ??= docsPage(await deps.document());
    return page(c, docs, { isKept: true });
  });

  return app;
}
