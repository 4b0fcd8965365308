import type { DescribeRouteOptions } from 'hono-openapi';
import type { z } from 'zod';
import type { Scope } from '../access/grant.ts';
import { PROBLEMS, type ProblemSlug } from './problem.ts';

export const TAGS = {
  checks: 'What the registry says of a resident, and what that means for the election',
  lists: 'Voter lists that a client follows instead of asking for each voter time and again',
  audit: 'What was asked, sealed so that a change shows',
  operations: 'Whether the service runs, and how',
  pages: 'Pages for people, in Indonesian and English (`?lang=`, Accept-Language)',
};

const COUNT = { type: 'integer', minimum: 0 } as const;
export const HEADERS = {
  'X-Request-Id': {
    description: 'The id of the request (UUID version 7): that of its audit record, too',
    schema: { type: 'string', format: 'uuid' },
  },
  'RateLimit-Limit': { description: 'Checks a minute of this client', schema: COUNT },
  'RateLimit-Remaining': { description: 'Those left in this minute', schema: COUNT },
  'RateLimit-Reset': { description: 'Seconds until the minute is over', schema: COUNT },
  'Retry-After': { description: 'Seconds to wait before asking again', schema: { type: 'integer', minimum: 1 } },
  Location: { description: 'Where to find what was made', schema: { type: 'string' } },
  'WWW-Authenticate': { description: 'What kind of token is needed (RFC 6750)', schema: { type: 'string' } },
} as const;
export const QUOTA_HEADERS = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'] as const;

/** What any question with a token may meet, and any with a body. */
const OF_TOKEN: readonly ProblemSlug[] = ['unauthorized', 'forbidden', 'unavailable'];
const OF_BODY: readonly ProblemSlug[] = ['bad-request', 'content-too-large', 'unsupported-media-type'];

type Examples = Record<string, { summary?: string; value: unknown }>;
/** What a request or an answer holds, by media type. */
type Content = Record<string, { schema: object; examples: Examples }>;

export const refTo = (kind: 'schemas' | 'headers' | 'responses', name: string) => ({
  $ref: `#/components/${kind}/${name}`,
});
const schemaOf = (schema: z.ZodType) => refTo('schemas', schema.meta()?.id as string);
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
export const text = (type: string, value: string): Content => ({
  [type]: { schema: { type: 'string' }, examples: one(value) },
});

export const headersOf = (names: readonly (keyof typeof HEADERS)[]) =>
  Object.fromEntries((['X-Request-Id', ...names] as const).map((name) => [name, refTo('headers', name)]));
export const pathParameter = (name: string, example: string) =>
  ({ name, in: 'path', required: true, example, schema: { type: 'string' } }) as const;

type Told = Pick<DescribeRouteOptions, 'description' | 'parameters'> & {
  /** Of the token that is needed; without one the operation is open to everybody. */
  scope?: Scope;
  body?: Content;
  answer?: Content;
  /** Of the answer, where it is not 200. */
  status?: number;
  /** What the same content means under another status. */
  also?: Record<number, string>;
  headers?: readonly (keyof typeof HEADERS)[];
  problems?: readonly ProblemSlug[];
};

/** One operation as `describeRoute` takes it, with the problems that any with a token or a body may meet. */
export function operation(tag: keyof typeof TAGS, id: string, summary: string, told: Told): DescribeRouteOptions {
  const { description, scope, parameters = [], body, answer, status = 200, also = {}, headers = [] } = told;
  const problems = [...(scope ? OF_TOKEN : []), ...(body ? OF_BODY : []), ...(told.problems ?? [])];
  const answered = { headers: headersOf(headers), ...(answer && { content: answer }) };
  const answers = Object.entries({ [status]: 'The answer', ...also });
  const isOpen = problems.length === 0 && !(404 in also);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...((description || scope) && {
      description: [description, scope && `Scope: \`${scope}\`.`].filter(Boolean).join(' '),
    }),
    security: scope ? [{ token: [scope] }] : [],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: body } }),
    responses: {
      ...Object.fromEntries(answers.map(([code, meaning]) => [code, { description: meaning, ...answered }])),
      ...Object.fromEntries(problems.map((slug) => [PROBLEMS[slug].status, refTo('responses', slug)])),
      ...(isOpen && { '4XX': refTo('responses', 'bad-request') }),
      500: refTo('responses', 'internal'),
    },
  };
}
