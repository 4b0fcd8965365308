// biome-ignore-all lint/suspicious/noExplicitAny: the document is walked as the JSON that it is
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { document } from '../support/bare-app.ts';

/** The document as a client has it. */
export const json = JSON.parse(JSON.stringify(await document())) as any;

export type Told = { path: string; method: string; operation: any };

/** Those that take away come last. */
export const operations: Told[] = Object.entries(json.paths)
  .flatMap(([path, methods]) =>
    Object.entries(methods as object).map(([method, operation]) => ({ path, method, operation })),
  )
  .sort((a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'));

/** The kinds of body that an operation takes, each with an example as text. */
export function bodiesOf({ operation }: Told): { type: string; text: string }[] {
  return Object.entries(operation.requestBody?.content ?? {}).map(([type, { examples }]: [string, any]) => {
    const { value } = Object.values(examples as object)[0];
    if (type === 'application/x-www-form-urlencoded') return { type, text: new URLSearchParams(value).toString() };
    return { type, text: typeof value === 'string' ? value : JSON.stringify(value) };
  });
}

/** The path with the examples of its parameters, or those given. */
export const pathOf = ({ path, operation }: Told, given: Record<string, string> = {}): string =>
  (operation.parameters ?? []).reduce(
    (text: string, { name, example }: any) => text.replace(`{${name}}`, given[name] ?? example),
    path,
  );

/** The headers that an operation wants. */
export const headersOf = ({ operation }: Told): Record<string, string> =>
  Object.fromEntries(
    (operation.parameters ?? [])
      .filter((one: any) => one.in === 'header')
      .map(({ name, example }: any) => [name, example]),
  );

/** Answers are compared with schemas that let no member pass which they do not name. */
function closed(schema: any): any {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return inner.type === 'object' && inner.properties ? { additionalProperties: false, ...inner } : inner;
}

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
ajv.addSchema({ $id: 'document', components: { schemas: closed(json.components.schemas) } });
const validators = new Map<string, ValidateFunction>();
function faultsOf(schema: any, value: unknown): string[] {
  if (!schema.$ref) return [];
  const validate = validators.get(schema.$ref) ?? ajv.compile({ $ref: `document${schema.$ref}` });
  validators.set(schema.$ref, validate);
  return validate(value) ? [] : [`${schema.$ref}: ${JSON.stringify(validate.errors)}`];
}

/** What in an answer is not as the document tells it. */
export function faultsOfAnswer({ operation }: Told, response: Response, body: string): string[] {
  const { status, headers } = response;
  const told = operation.responses[status] ?? operation.responses[`${String(status)[0]}XX`];
  if (told === undefined) return [`status ${status} is not told of`];
  const answer = told.$ref ? json.components.responses[told.$ref.split('/').pop()] : told;
  const missing = Object.keys(answer.headers ?? {}).filter((name) => !headers.has(name) && !isOptional(name));
  const type = headers.get('content-type')?.split(';')[0] ?? '';
  if (body === '' && answer.content === undefined) return missing;
  const media = answer.content?.[type];
  // The form answers browsers with pages.
  if (media === undefined) return type === 'text/html' ? [] : [`${status} ${type} is not told of`];
  const { schema } = media;
  if (schema.contentSchema) {
    const lines = body.split('\n').filter((line) => line !== '');
    return [...missing, ...lines.flatMap((line) => faultsOf(schema.contentSchema, JSON.parse(line)))];
  }
  return [...missing, ...(type.endsWith('json') ? faultsOf(schema, JSON.parse(body)) : [])];
}

/** A client that pauses is not told how many checks it has left. */
const isOptional = (name: string): boolean => name.startsWith('RateLimit-');
