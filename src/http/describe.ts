import { type DescribeRouteOptions, describeRoute } from 'hono-openapi';
import { z } from 'zod';
import type { Scope } from '../access/grant.ts';
import { PROBLEMS, type ProblemSlug } from './problem.ts';
import { problem } from './schemas.ts';

export const TAGS = {
  checks: 'What the registry says of a resident, and what that means for the election',
  lists: 'Voter lists that a client follows instead of asking for each voter time and again',
  audit: 'What was asked, sealed so that a change shows',
  operations: 'Whether the service runs, and how',
  pages: 'Pages for people, in Indonesian and English (`?lang=`, Accept-Language)',
};

const text = (description: string, format = {}) => ({ description, schema: { type: 'string', ...format } as const });
const count = (description: string, minimum = 0) => ({ description, schema: { type: 'integer', minimum } as const });
const HEADERS = {
  'X-Request-Id': text('The id of the request (UUID version 7): that of its audit record, too', { format: 'uuid' }),
  'RateLimit-Limit': count('Checks a minute of this client'),
  'RateLimit-Remaining': count('Those left in this minute'),
  'RateLimit-Reset': count('Seconds until the minute is over'),
  'Retry-After': count('Seconds to wait before asking again', 1),
  Location: text('Where to find what was made'),
  'WWW-Authenticate': text('What kind of token is needed (RFC 6750)'),
};
export const QUOTA_HEADERS = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];

/** What any question with a token may meet, and any with a body. */
const OF_TOKEN: readonly ProblemSlug[] = ['unauthorized', 'forbidden', 'unavailable'];
const OF_BODY: readonly ProblemSlug[] = ['bad-request', 'content-too-large', 'unsupported-media-type'];

type Examples = Record<string, { summary?: string; value: unknown }>;
/** What a request or an answer holds, by media type. */
type Content = Record<string, { schema: object; examples: Examples }>;

const refTo = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });
const schemaOf = (schema: z.ZodType) => refTo('schemas', schema.meta()?.id as string);
/** A single example. */
export const one = (value: unknown): Examples => ({ example: { value } });

/** An object of a schema that has an id. */
export const json = (schema: z.ZodType, examples: Examples, type = 'application/json'): Content => ({
  [type]: { schema: schemaOf(schema), examples },
});
/** Text of which each line is an object of a schema that has an id. */
export const lines = (schema: z.ZodType, value: string): Content => ({
  'application/x-ndjson': {
    schema: { type: 'string', contentMediaType: 'application/json', contentSchema: schemaOf(schema) },
    examples: one(value),
  },
});
/** Any other text. */
export const plain = (type: string, value: string): Content => ({
  [type]: { schema: { type: 'string' }, examples: one(value) },
});

const headersOf = (names: readonly string[] = []) =>
  Object.fromEntries(['X-Request-Id', ...names].map((name) => [name, refTo('headers', name)]));
/** A text, unless told otherwise; in the path always required. */
export const parameter = (where: 'path' | 'query' | 'header', name: string, told: object) => ({
  ...{ name, in: where, required: where === 'path', schema: { type: 'string' } as const, ...told },
});

type Told = Pick<DescribeRouteOptions, 'description' | 'parameters'> & {
  /** Of the token that is needed; without one the operation is open to everybody. */
  scope?: Scope;
  body?: Content;
  answer?: Content;
  /** Of the answer, where it is not 200. */
  status?: number;
  /** What the same content means under another status. */
  also?: Record<number, string>;
  headers?: readonly string[];
  problems?: readonly ProblemSlug[];
};

/** One operation as the document has it, with the problems that any with a token or a body may meet. */
export function operation(tag: keyof typeof TAGS, operationId: string, summary: string, told: Told) {
  const { scope, parameters, body, answer, status = 200, also = {}, headers } = told;
  const problems = [...(scope ? OF_TOKEN : []), ...(body ? OF_BODY : []), ...(told.problems ?? [])];
  const answered = { headers: headersOf(headers), ...(answer && { content: answer }) };
  const answers = Object.entries({ [status]: 'The answer', ...also });
  const description = [told.description, scope && `Scope: \`${scope}\`.`].filter(Boolean).join(' ');
  return {
    ...{ operationId, tags: [tag], summary },
    ...(description !== '' && { description }),
    security: scope ? [{ token: [scope] }] : [],
    ...(parameters && { parameters }),
    ...(body && { requestBody: { required: true, content: body } }),
    responses: {
      ...Object.fromEntries(answers.map(([code, meaning]) => [code, { description: meaning, ...answered }])),
      ...Object.fromEntries(problems.map((slug) => [PROBLEMS[slug].status, refTo('responses', slug)])),
      // Whatever is open to everybody may still be asked wrongly.
      ...(problems.length === 0 && !(404 in also) && { '4XX': refTo('responses', 'bad-request') }),
      500: refTo('responses', 'internal'),
    },
  };
}

/** The description of a route, beside its handler. */
export const described = (...told: Parameters<typeof operation>) => describeRoute(operation(...told));

const HEADERS_OF: Record<string, string[]> = {
  unauthorized: ['WWW-Authenticate'],
  forbidden: ['WWW-Authenticate'],
  'too-many-requests': ['Retry-After', ...QUOTA_HEADERS],
  unavailable: ['Retry-After'],
};
const TOKEN = 'Authorization: Bearer … (RFC 9068, at+jwt). Its scopes, region and client limit what it may ask.';

/** What descriptions refer to: every schema that has an id, and every problem but 405, which is of addresses. */
export function components() {
  const { 'method-not-allowed': _, ...problems } = PROBLEMS;
  const instance = '0160e9b4-8d00-7000-8000-000000000000';
  const responses = Object.entries(problems).map(([slug, { status, title, explanation }]) => {
    const example = one({ type: `/problems/${slug}`, title, status, instance });
    const content = json(problem, example, 'application/problem+json');
    return [slug, { description: explanation.en, headers: headersOf(HEADERS_OF[slug]), content }];
  });
  const { schemas } = z.toJSONSchema(z.globalRegistry, { io: 'input', uri: (id) => refTo('schemas', id).$ref });
  // Their `$schema` is that of the document.
  const named = Object.entries(schemas).map(([name, { $schema: _, $id: _id, ...schema }]) => [name, schema]);
  return {
    securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: TOKEN } },
    headers: HEADERS,
    responses: Object.fromEntries(responses),
    schemas: Object.fromEntries(named),
  } as const;
}
