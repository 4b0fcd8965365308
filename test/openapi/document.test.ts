import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { PROBLEMS } from '../../src/http/problem.ts';
import { createBareApp } from '../support/bare-app.ts';
import { json, operations } from './operations.ts';

async function registeredRoutes(): Promise<string[]> {
  const app = await createBareApp();
  const routes = app.routes.filter(({ method }) => method !== 'ALL');
  return [...new Set(routes.map(({ method, path }) => `${method} ${path.replace(/:([^/]+)/g, '{$1}')}`))].sort();
}

describe('the OpenAPI document', () => {
  it('tells every route of the app, and no other', async () => {
    expect(operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(
      await registeredRoutes(),
    );
  });

  it('passes Redocly’s recommended rules without a warning', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source: JSON.stringify(json), config });
    expect(problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });

  it('has for every operation an id of its own, a scope or none, a request id and the faults that a token may meet', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      expect(operation.security).toHaveLength(path.startsWith('/v1/') ? 1 : 0);
      if (path.startsWith('/v1/'))
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403', '503']));
      const [first] = Object.values(operation.responses) as { headers: object }[];
      expect(first?.headers).toHaveProperty('X-Request-Id');
    }
  });

  it('tells the quota and when to ask again where the caller is limited', () => {
    const { responses } = json.paths['/v1/checks'].post;
    for (const name of ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset']) {
      expect(responses['200'].headers).toHaveProperty(name);
      expect(json.components.responses['too-many-requests'].headers).toHaveProperty(name);
    }
    for (const slug of ['too-many-requests', 'unavailable']) {
      expect(json.components.responses[slug].headers).toHaveProperty('Retry-After');
    }
    for (const slug of ['unauthorized', 'forbidden']) {
      expect(json.components.responses[slug].headers).toHaveProperty('WWW-Authenticate');
    }
    for (const slug of Object.keys(json.components.responses)) expect(PROBLEMS).toHaveProperty(slug);
  });

  it('has examples that its own schemas accept', () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    ajv.addSchema(json, 'document');
    let examined = 0;
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      const { schema, examples, example } = value as Record<string, never>;
      const found = [
        ...Object.values((examples ?? {}) as object).map((one) => one.value),
        ...(example ? [example] : []),
      ];
      if (schema && found.length > 0) {
        const { $ref } = schema as { $ref?: string };
        const validate = ajv.compile($ref ? { $ref: `document${$ref}` } : schema);
        for (const one of found) expect(validate(one), JSON.stringify(validate.errors)).toBe(true);
        examined += found.length;
      }
      for (const inner of Object.values(value)) walk(inner);
    };
    walk(json);
    expect(examined).toBeGreaterThan(40);
  });
});
