import { html } from 'hono/html';
import { SANDBOX, type SandboxResident } from '../intake/sample-sandbox.ts';
import type { Content, Html } from './layout.ts';
import type { Messages } from './messages/messages.ts';

type ApiResponse = { $ref?: string; description?: string; headers?: object; content?: object };
type ApiOperation = {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  requestBody?: unknown;
  responses: Record<string, ApiResponse>;
};

/** An OpenAPI document, as far as this page shows it. */
export type ApiDocument = {
  info: { title: string; version: string; description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, ApiOperation>>;
  components: { responses: Record<string, ApiResponse>; schemas: Record<string, unknown> };
};

const STYLE = `
main section{margin-top:2.5rem}
main section>*+*,main h1~p{margin-top:1rem}
table{width:100%;border-collapse:collapse;font-size:.875rem;line-height:1.45}
th,td{padding:.4rem .75rem .4rem 0;border-top:1px solid var(--line);text-align:left;vertical-align:top}
.table{overflow-x:auto}
code,pre{font:.875rem/1.5 ui-monospace,Menlo,Consolas,monospace}
pre{margin:0;overflow-x:auto;white-space:pre-wrap}
.method{display:inline-block;min-width:3.25rem;color:var(--act);font-weight:700}
summary{min-height:2.75rem;padding:.6rem 0;cursor:pointer;color:var(--act)}`;

/** The API on one page: nothing to load, nothing to run. */
export function docsPage({ info, tags, paths, components }: ApiDocument): Content {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method })),
  );
  const card = ({
    operationId,
    method,
    path,
    summary,
    description,
    requestBody,
    responses,
  }: (typeof operations)[number]): Html =>
    html`<div class="card" id="${operationId}">
<h3><code><span class="method">${method.toUpperCase()}</span> ${path}</code></h3>
<p>${summary}.${description && html` ${description.replaceAll('`', '')}`}</p>
${requestBody && html`<details><summary>Request</summary><pre>${written(requestBody)}</pre></details>`}
<div class="table" tabindex="0"><table><tbody>
${Object.entries(responses).map(([status, told]) => {
  const name = told.$ref?.split('/').at(-1);
  return responseRow(status, (name && components.responses[name]) || told);
})}
</tbody></table></div>
</div>`;
  return {
    title: 'API',
    address: '/docs',
    style: STYLE,
    main: html`<div lang="en">
<h1>${info.title} API ${info.version}</h1>
${info.description.split('\n\n').map((text) => html`<p class="lead">${text.replaceAll('`', '')}</p>`)}
<p><a href="/openapi.json">OpenAPI 3.1 document</a></p>
${sandboxSection()}
${tags.map(
  ({ name, description }) => html`<section id="${name}">
<h2>${name}</h2>
<p>${description}</p>
${operations.filter((one) => one.tags.includes(name)).map(card)}
</section>`,
)}
<section id="schemas">
<h2>Schemas</h2>
${Object.entries(components.schemas).map(
  ([name, schema]) =>
    html`<details id="schema-${name}"><summary>${name}</summary><pre>${written(schema)}</pre></details>`,
)}
</section>
</div>`,
  };
}

const responseRow = (status: string, { description, headers = {}, content = {} }: ApiResponse): Html =>
  html`<tr><td><b>${status}</b></td><td>${description}<br><small>${Object.keys(headers).join(', ')}</small></td>
<td><code>${Object.keys(content).join(' ')}</code></td></tr>`;

const written = (value: unknown): string => JSON.stringify(value, null, 2);

/** First who may not vote, then what is not known, then who has neither document: what a program gets wrong. */
const NEGATIVE = ['NOT_ELIGIBLE', 'UNDETERMINED', 'NEITHER', ''];
const rank = ({ voter, document }: SandboxResident): number =>
  NEGATIVE.findIndex((word) => word === voter || word === document || word === '');

const residentRow = (resident: SandboxResident): Html => {
  const { outcome, nik, name, kk, suketNumber, document, voter, reasons } = resident;
  return html`<tr>
<td>${outcome}</td>
<td><code>${nik}</code><br>${name}<br><code>${kk}</code>${suketNumber && html`<br><code>${suketNumber}</code>`}</td>
<td>${document}<br>${voter}</td><td>${reasons.map((code) => html`<div>${code}</div>`)}</td></tr>`;
};

const sandboxSection = (): Html => html`<section id="sandbox">
<h2>Sandbox</h2>
<p>In every synthetic sample these residents, who are nobody, give these answers. Try the negative ones first: they are
what a program gets wrong.</p>
<div class="table" tabindex="0"><table>
<thead><tr><th>Example of</th><th>NIK, name, KK, Suket number</th><th>document, voter</th><th>reasons</th></tr></thead>
<tbody>
${SANDBOX.toSorted((a, b) => rank(a) - rank(b)).map(residentRow)}
</tbody></table></div>
</section>`;

/** One type of RFC 9457 problem that the API answers with, explained to whoever opens its `type`. */
export type ProblemPage = { status: number; title: string; explanation: { id: string; en: string } };

export function problemPage(messages: Messages, slug: string, problem: ProblemPage): Content {
  return {
    title: problem.title,
    address: `/problems/${slug}`,
    main: html`<div class="stack narrow">
<div>
<p class="small">${messages.problem.heading}</p>
<h1 lang="en">${problem.title}</h1>
</div>
<div class="card">
<p>${problem.explanation[messages.language]}</p>
<p class="small">${messages.problem.status}: ${problem.status}</p>
</div>
</div>`,
  };
}
