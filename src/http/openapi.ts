import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { generateSpecs } from 'hono-openapi';
import { components, described, json, one, operation, parameter, plain, TAGS } from './describe.ts';
import { HTTP_LIMITS } from './limits.ts';
import { type Env, PROBLEMS } from './problem.ts';
import { selfCheckForm } from './schemas.ts';

const DESCRIPTION = `Says from a dated copy of the population registry whether a resident holds a printed e-KTP, is
recorded but unprinted and so qualifies for a Suket, or neither, and what that means for the Pilkada of 27 June 2018.

It advises and never gatekeeps: UNDETERMINED is a real answer. Every answer carries its date and its source. GET
routes answer HEAD too; an address that does not exist is 404, a method that does not apply 405 with \`Allow\`. No
answer, error or log repeats a value of a request.`;

const HTML = plain('text/html', '<!doctype html>…');
const page = (id: string, summary: string, answer = HTML, more = {}) => ({
  get: operation('pages', id, summary, { answer, ...more }),
});
const FORM = one({ nik: '3201011403859001', second: 'ASEP HIDAYAT' });
const SCRIPT = plain('text/javascript', '(function () {…})();');

/** The pages, whose routes are in another room. */
const PAGES = {
  '/docs': page('documentPage', 'This document as a page, with the residents of the sandbox'),
  '/status': page('status', 'What answers, how old the data is, and what failed in the last days'),
  '/': {
    ...page('selfCheckForm', 'The form for a resident who checks himself'),
    post: operation('pages', 'selfCheck', 'The answer to the form', {
      description: `Errors are pages for who accepts \`text/html\`, else problems. 429 with the code PROOF_NEEDED at
\`/altcha\`: the site is busy, and the question was not looked at for want of a proof of work that is valid and was not
used before.`,
      body: json(selfCheckForm, FORM, 'application/x-www-form-urlencoded'),
      answer: HTML,
      problems: ['forbidden', 'invalid', 'too-many-requests', 'unavailable'],
    }),
  },
  '/favicon.ico': page('icon', 'The icon of the pages', plain('image/svg+xml', '<svg>…</svg>')),
  '/robots.txt': page('robots', 'What search engines may read', plain('text/plain', 'User-agent: *\n')),
  '/proof.js': page('proofScript', 'The script of the form, which only pages that ask a proof of work load', SCRIPT),
  '/problems/{slug}': page('problemPage', 'What a type of problem means', HTML, {
    parameters: [parameter('path', 'slug', { example: 'invalid' })],
    also: { 404: PROBLEMS['not-found'].title },
  }),
};

const DOCUMENTATION = {
  info: {
    ...{ title: 'hakpilih', version: '1.0.0', description: DESCRIPTION },
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  paths: PAGES as Record<string, object>,
};
const makeDocument = (app: Hono<Env>) =>
  generateSpecs(app, { excludeStaticFile: false, documentation: { ...DOCUMENTATION, components: components() } });

type Made = { document: Awaited<ReturnType<typeof makeDocument>>; text: string; etag: string };
let made: Made | undefined;

/** The document of the whole service (OpenAPI 3.1), from what its routes say. Made when first asked for. */
export async function openApiDocument(app: Hono<Env>): Promise<Made> {
  if (made !== undefined) return made;
  const document = await makeDocument(app);
  const text = JSON.stringify(document);
  made = { document, text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` };
  return made;
}

const DOCUMENT = described('operations', 'document', 'This document', {
  answer: { 'application/json': { schema: { type: 'object' }, examples: one({ openapi: '3.1.0' }) } },
});
const KEPT = { 'Cache-Control': `public, max-age=${HTTP_LIMITS.keptSeconds}`, 'Access-Control-Allow-Origin': '*' };

/** `GET /openapi.json`: every route of this service, written once. */
export function documentRoutes(app: Hono<Env>): Hono<Env> {
  const notAgain = etag({ retainedHeaders: ['ETag', ...Object.keys(KEPT)] });
  return new Hono<Env>().get('/openapi.json', DOCUMENT, notAgain, async (c) => {
    const { text, etag: ETag } = await openApiDocument(app);
    return c.body(text, 200, { 'Content-Type': 'application/json', ETag, ...KEPT });
  });
}
