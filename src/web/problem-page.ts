import { html } from 'hono/html';
import type { Content } from './layout.ts';
import type { Messages } from './messages/messages.ts';

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
