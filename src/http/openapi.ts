import { z } from 'zod';
import { checkRequest } from './checks.ts';
import { LIST_OPERATIONS } from './openapi-lists.ts';
import { type Content, type Operation, OPERATIONS as OTHER_OPERATIONS, TAGS } from './openapi-operations.ts';
import { PROBLEMS, type ProblemSlug } from './problem.ts';
import {
  answer,
  auditState,
  bulkLine,
  bulkQuestion,
  createdList,
  health,
  jwks,
  listChanges,
  listCounts,
  listLine,
  problem,
  readiness,
  selfCheckForm,
} from './schemas.ts';

type Json = Record<string, unknown>;
type DocumentedOperation = {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, string[]>[];
  responses: Record<string, Json>;
} & Json;

/** An OpenAPI 3.1 document, as far as readers in this house need its shape. */
export type OpenApiDocument = {
  openapi: string;
  info: { title: string; version: string; description: string } & Json;
  servers: Json[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: Record<string, Json>;
};

const OPERATIONS = [...OTHER_OPERATIONS, ...LIST_OPERATIONS];
const VERSION = '1.0.0';
const DESCRIPTION = `Says from a dated copy of the population registry whether a resident holds a printed e-KTP, is recorded but unprinted and so qualifies for a Suket, or neither, and what that means for the Pilkada of 27 June 2018.

It advises and never gatekeeps: UNDETERMINED is a real answer. Every answer carries its date and its source. GET routes answer HEAD too; an address that does not exist is 404, a method that does not apply 405 with \`Allow\`. No answer, error or log repeats a value of a request.`;

const SCHEMAS = {
  CheckRequest: checkRequest,
  BulkQuestion: bulkQuestion,
  SelfCheckForm: selfCheckForm,
  Answer: answer,
  BulkLine: bulkLine,
  ListLine: listLine,
  CreatedList: createdList,
  ListCounts: listCounts,
  ListChanges: listChanges,
  AuditState: auditState,
  Health: health,
  Readiness: readiness,
  Jwks: jwks,
  Problem: problem,
};

const HEADERS: Record<string, [description: string, schema: Json]> = {
  'X-Request-Id': [
    'The id of the request (UUID version 7): that of its audit record, too',
    { type: 'string', format: 'uuid' },
  ],
  'RateLimit-Limit': ['Checks a minute of this client', { type: 'integer', minimum: 0 }],
  'RateLimit-Remaining': ['Those left in this minute', { type: 'integer', minimum: 0 }],
  'RateLimit-Reset': ['Seconds until the minute is over', { type: 'integer', minimum: 0 }],
  'Retry-After': ['Seconds to wait before asking again', { type: 'integer', minimum: 1 }],
  Location: ['Where to find what was made', { type: 'string' }],
  'WWW-Authenticate': ['What kind of token is needed (RFC 6750)', { type: 'string' }],
};
const QUOTA_HEADERS = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];
const HEADERS_OF: Partial<Record<ProblemSlug, string[]>> = {
  unauthorized: ['WWW-Authenticate'],
  forbidden: ['WWW-Authenticate'],
  'too-many-requests': ['Retry-After', ...QUOTA_HEADERS],
  unavailable: ['Retry-After'],
};

const ref = (kind: string, name: string): Json => ({ $ref: `#/components/${kind}/${name}` });
const headers = (names: readonly string[]): Json =>
  Object.fromEntries(['X-Request-Id', ...names].map((name) => [name, ref('headers', name)]));

/** A line of text is told by the schema of what stands on it. */
function contentOf(content: Content): Json {
  const media = Object.entries(content).map(([type, { schema, lines, examples }]) => {
    const text = {
      type: 'string',
      ...(lines ? { contentMediaType: 'application/json', contentSchema: ref('schemas', lines) } : {}),
    };
    const plain = type === 'application/json' ? { type: 'object' } : text;
    return [type, { schema: schema ? ref('schemas', schema) : plain, examples }];
  });
  return Object.fromEntries(media);
}

function problemOf(slug: ProblemSlug): Json {
  const { status, title, explanation } = PROBLEMS[slug];
  const value = { type: `/problems/${slug}`, title, status, instance: '0160e9b4-8d00-7000-8000-000000000000' };
  return {
    description: explanation.en,
    headers: headers(HEADERS_OF[slug] ?? []),
    content: { 'application/problem+json': { schema: ref('schemas', 'Problem'), example: value } },
  };
}

function responsesOf({
  answer: content,
  status = 200,
  alsoStatus,
  limited,
  located,
  problems,
}: Operation): Record<string, Json> {
  const names = [...(limited ? QUOTA_HEADERS : []), ...(located ? ['Location'] : [])];
  const answered = { headers: headers(names), ...(status === 204 ? {} : { content: contentOf(content) }) };
  return {
    [status]: { description: 'The answer', ...answered },
    ...(alsoStatus ? { [alsoStatus]: { description: ALSO[alsoStatus] ?? 'The same', ...answered } } : {}),
    ...Object.fromEntries(problems.map((slug) => [PROBLEMS[slug].status, ref('responses', slug)])),
    ...(problems.length === 0 && alsoStatus !== 404 ? { '4XX': ref('responses', 'bad-request') } : {}),
    500: ref('responses', 'internal'),
  };
}
const ALSO: Record<number, string> = {
  200: 'It was there already',
  404: PROBLEMS['not-found'].title,
  503: 'Not ready: what is missing',
};

const parameter = ([name, example]: [string, string]): Json => ({
  ...{ name, in: 'path', required: true, example },
  schema: { type: 'string' },
});
const IDEMPOTENCY_KEY: Json = {
  ...{ name: 'Idempotency-Key', in: 'header', required: true, example: 'list-1' },
  description: 'Of your choice: the same request again does nothing twice',
  schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
};

function documented(operation: Operation): DocumentedOperation {
  const { id, tag, summary, description, scope, parameters = {}, query = {}, idempotent, body } = operation;
  const queries = Object.entries(query).map(([name, told]) => ({ name, in: 'query', ...told }));
  const allParameters = [
    ...Object.entries(parameters).map(parameter),
    ...queries,
    ...(idempotent ? [IDEMPOTENCY_KEY] : []),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description || scope
      ? { description: [description, scope && `Scope: \`${scope}\`.`].filter(Boolean).join(' ') }
      : {}),
    security: scope === null ? [] : [{ token: [scope] }],
    ...(allParameters.length > 0 ? { parameters: allParameters } : {}),
    ...(body ? { requestBody: { required: true, content: contentOf(body) } } : {}),
    responses: responsesOf(operation),
  };
}

/** Its own `$schema` is that of the document. */
function schemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
  return json;
}

let made: OpenApiDocument | undefined;

/** The document of the whole service (OpenAPI 3.1), from the schemas that its routes use. Made when first asked for. */
export function openApiDocument(): OpenApiDocument {
  made ??= makeDocument();
  return made;
}

function makeDocument(): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const operation of OPERATIONS)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: documented(operation) };
  const slugs = new Set<ProblemSlug>(['bad-request', 'internal', ...OPERATIONS.flatMap(({ problems }) => problems)]);
  return {
    openapi: '3.1.0',
    info: {
      ...{ title: 'hakpilih', version: VERSION, description: DESCRIPTION },
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        token: {
          ...{ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          description:
            'Authorization: Bearer … (RFC 9068, at+jwt). Its scopes, region and client limit what it may ask.',
        },
      },
      headers: Object.fromEntries(
        Object.entries(HEADERS).map(([name, [description, schema]]) => [name, { description, schema }]),
      ),
      responses: Object.fromEntries([...slugs].map((slug) => [slug, problemOf(slug)])),
      schemas: Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, schemaOf(schema)])),
    },
  };
}
