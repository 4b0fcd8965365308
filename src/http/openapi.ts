import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { describeRoute, generateSpecs } from 'hono-openapi';
import { z } from 'zod';
import { HEADERS, headersOf, json, one, operation, pathParameter, refTo, TAGS, text } from './describe.ts';
import { type Env, PROBLEMS, type ProblemSlug } from './problem.ts';
import { problem, selfCheckForm } from './schemas.ts';

/** An OpenAPI 3.1 document, as far as readers in this house need its shape. */
export type OpenApiDocument = {
  info: { title: string; version: string; description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, DescribedOperation>>;
  components: Record<string, Record<string, unknown>>;
};
type DescribedOperation = {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  requestBody?: unknown;
  responses: Record<string, object>;
};

const DESCRIPTION = `Says from a dated copy of the population registry whether a resident holds a printed e-KTP, is
recorded but unprinted and so qualifies for a Suket, or neither, and what that means for the Pilkada of 27 June 2018.

It advises and never gatekeeps: UNDETERMINED is a real answer. Every answer carries its date and its source. GET
routes answer HEAD too; an address that does not exist is 404, a method that does not apply 405 with \`Allow\`. No
answer, error or log repeats a value of a request.`;

const HTML = text('text/html', '<!doctype html>…');
const page = (id: string, summary: string, answer = HTML) => operation('pages', id, summary, { answer });

/** The pages, whose routes are in another room. */
const PAGES = {
  '/docs': { get: page('documentPage', 'This document as a page, with the residents of the sandbox') },
  '/': {
    get: page('selfCheckForm', 'The form for a resident who checks himself'),
    post: operation('pages', 'selfCheck', 'The answer to the form', {
      description: `Errors are pages for who accepts \`text/html\`, else problems. 429 with the code PROOF_NEEDED at
\`/altcha\`: the site is busy, and the question was not looked at for want of a proof of work that is valid and was not
used before.`,
      body: json(
        selfCheckForm,
        one({ nik: '3201011403859001', second: 'ASEP HIDAYAT' }),
        'application/x-www-form-urlencoded',
      ),
      answer: HTML,
      problems: ['forbidden', 'invalid', 'too-many-requests', 'unavailable'],
    }),
  },
  '/favicon.ico': {
    get: page(
      'icon',
      'The icon of the pages',
      text('image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg">…</svg>'),
    ),
  },
  '/robots.txt': { get: page('robots', 'What search engines may read', text('text/plain', 'User-agent: *\n')) },
  '/proof.js': {
    get: page(
      'proofScript',
      'The script of the form, which only pages that ask a proof of work load',
      text('text/javascript', '(function () {…})();'),
    ),
  },
  '/problems/{slug}': {
    get: operation('pages', 'problemPage', 'What a type of problem means', {
      parameters: [pathParameter('slug', 'invalid')],
      answer: HTML,
      also: { 404: PROBLEMS['not-found'].title },
    }),
  },
};

const HEADERS_OF: Partial<Record<ProblemSlug, (keyof typeof HEADERS)[]>> = {
  unauthorized: ['WWW-Authenticate'],
  forbidden: ['WWW-Authenticate'],
  'too-many-requests': ['Retry-After', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'],
  unavailable: ['Retry-After'],
};

/** Every problem that an operation answers with; 405 is of addresses. */
function problemResponses() {
  const { 'method-not-allowed': _, ...problems } = PROBLEMS;
  return Object.entries(problems).map(([slug, { status, title, explanation }]) => {
    const example = { type: `/problems/${slug}`, title, status, instance: '0160e9b4-8d00-7000-8000-000000000000' };
    const headers = headersOf(HEADERS_OF[slug as ProblemSlug] ?? []);
    const content = json(problem, one(example), 'application/problem+json');
    return [slug, { description: explanation.en, headers, content }];
  });
}

/** Every schema that has an id; `$schema` is that of the document. */
function namedSchemas() {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { io: 'input', uri: (id) => refTo('schemas', id).$ref });
  return Object.entries(schemas).map(([name, { $schema: _, $id: _id, ...schema }]) => [name, schema]);
}

let made: OpenApiDocument | undefined;

/** The document of the whole service (OpenAPI 3.1), from what its routes say of themselves. Made when first asked for. */
export async function openApiDocument(app: Hono<Env>): Promise<OpenApiDocument> {
  made ??= (await generateSpecs(app, {
    excludeStaticFile: false,
    documentation: {
      info: {
        title: 'hakpilih',
        version: '1.0.0',
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      paths: PAGES as never,
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description:
              'Authorization: Bearer … (RFC 9068, at+jwt). Its scopes, region and client limit what it may ask.',
          },
        },
        headers: HEADERS,
        responses: Object.fromEntries(problemResponses()),
        schemas: Object.fromEntries(namedSchemas()),
      },
    },
  })) as unknown as OpenApiDocument;
  return made;
}

/** `GET /openapi.json`: every route of this service, written once. */
export function documentRoutes(document: () => Promise<OpenApiDocument>): Hono<Env> {
  let kept: { text: string; tag: string } | undefined;
  const write = async () => {
    const text = JSON.stringify(await document());
    return { text, tag: `"${createHash('sha256').update(text).digest('base64url')}"` };
  };
  const description = operation('operations', 'document', 'This document', {
    answer: { 'application/json': { schema: { type: 'object' }, examples: one({ openapi: '3.1.0' }) } },
  });
  return new Hono<Env>().get('/openapi.json', describeRoute(description), async (c) => {
    kept ??= await write();
    const headers = { ETag: kept.tag, 'Cache-Control': 'public, max-age=300', 'Access-Control-Allow-Origin': '*' };
    if (c.req.header('If-None-Match')?.includes(kept.tag)) return c.body(null, 304, headers);
    return c.body(kept.text, 200, { 'Content-Type': 'application/json', ...headers });
  });
}
