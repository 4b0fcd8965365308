import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { SANDBOX } from '../../src/intake/sample-sandbox.ts';
import { document } from '../support/bare-app.ts';
import { openPages } from './open-pages.ts';

const docs = async () => {
  const response = await openPages().get('/docs?lang=en');
  return { response, text: await response.text() };
};

it('the page of the API works without script, from this host alone, under its own style', async () => {
  const { response, text } = await docs();
  expect(response.status).toBe(200);
  const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] as string;
  const policy = response.headers.get('content-security-policy');
  expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  expect(policy).toContain("default-src 'none'");
  expect(text).not.toMatch(/<script|<iframe|style="|\son\w+="|(src|href)="(https?:)?\/\//);
});

it('the page of the API shows every operation and schema of the document', async () => {
  const { text } = await docs();
  const { paths, components } = await document();
  for (const methods of Object.values(paths)) {
    for (const { operationId } of Object.values(methods)) expect(text).toContain(`id="${operationId}"`);
  }
  for (const name of Object.keys(components.schemas ?? {})) expect(text).toContain(`id="schema-${name}"`);
});

it('the page of the API lists every resident of the sandbox, the negative ones first', async () => {
  const { text } = await docs();
  for (const { nik, name } of SANDBOX) expect(text).toMatch(new RegExp(`${nik}</code><br>${name}`));
  const place = (outcome: string): number => text.indexOf(`<tr>\n<td>${outcome}</td>`);
  expect(place('UNDER_17')).toBeLessThan(place('NOT_FOUND'));
  expect(place('NOT_FOUND')).toBeLessThan(place('NEITHER'));
  expect(place('NEITHER')).toBeLessThan(place('EKTP'));
});
