import { html } from 'hono/html';
import type { FormProof } from '../checks/proof-of-work.ts';
import { checkForm } from './form-page.ts';
import { TONE_ICONS } from './icons.ts';
import { type Content, items, wayBack } from './layout.ts';
import type { Messages } from './messages/messages.ts';
import { proofScript } from './proof.ts';
import type { Tone } from './summary.ts';

export type NoticeKind = keyof Messages['notices'];

/** A miss carries the form, empty: one page less to fetch over a slow line. */
const WITH_FORM = new Set<NoticeKind>(['WRONG', 'PROOF_NEEDED', 'BODY_TOO_LARGE', 'NOT_A_FORM']);

/** The others are for information only. */
const TONES: { [kind in NoticeKind]?: Tone } = {
  WRONG: 'UNCLEAR',
  LOCKED: 'TO_DO',
  PROOF_NEEDED: 'TO_DO',
  TOO_MANY: 'TO_DO',
};

/**
 * A page that says one thing. It depends on its kind and on chance alone: nothing of the question or of the record
 * reaches it.
 */
export function noticePage(messages: Messages, kind: NoticeKind, proof: FormProof = null): Content {
  const { title, lead, points } = messages.notices[kind];
  const tone = TONES[kind] ?? 'NO';
  const withForm = WITH_FORM.has(kind);
  return {
    title,
    address: kind === 'UNKNOWN_PROBLEM' ? '/' : null,
    script: proofScript(proof),
    main: html`<div class="stack ${withForm ? '' : 'narrow'}">
<section class="outcome ${tone}">
<h1 class="disc">${TONE_ICONS[tone]}<span>${title}</span></h1>
<p>${lead}</p>
</section>
<div class="pair">
${points.length > 0 && html`<ul>${items(points)}</ul>`}
${withForm ? checkForm(messages, proof) : html`<p>${wayBack(messages, messages.again)}</p>`}
</div>
</div>`,
  };
}
