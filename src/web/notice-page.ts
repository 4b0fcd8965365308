import { html } from 'hono/html';
import type { FormProof } from '../checks/proof-of-work.ts';
import { checkForm } from './form-page.ts';
import { TONE_ICONS } from './icons.ts';
import { type Content, items, wayBack } from './layout.ts';
import type { Messages } from './messages/messages.ts';
import { proofScript } from './proof.ts';
import type { Tone } from './summary.ts';

export type NoticeKind = keyof Messages['notices'];

type Notice = {
  /** Without a tone it is for information only. */
  tone?: Tone;
  /** A miss carries the form, empty: one page less to fetch over a slow line. */
  hasForm?: true;
  problem?: Content['problem'];
};

const NOTICES: Record<NoticeKind, Notice> = {
  WRONG: { tone: 'UNCLEAR', hasForm: true },
  LOCKED: { tone: 'TO_DO', problem: { type: 'too-many-requests', errors: [{ pointer: '/nik', code: 'LOCKED' }] } },
  PROOF_NEEDED: {
    tone: 'TO_DO',
    hasForm: true,
    problem: { type: 'too-many-requests', errors: [{ pointer: '/altcha', code: 'PROOF_NEEDED' }] },
  },
  TOO_MANY: { tone: 'TO_DO', problem: { type: 'too-many-requests' } },
  UNAVAILABLE: { problem: { type: 'unavailable' } },
  BODY_TOO_LARGE: { hasForm: true, problem: { type: 'content-too-large' } },
  NOT_A_FORM: { hasForm: true, problem: { type: 'unsupported-media-type' } },
  UNKNOWN_PROBLEM: { problem: { type: 'not-found' } },
  BROKEN: { problem: { type: 'internal' } },
};

/**
 * A page that says one thing. It depends on its kind and on chance alone: nothing of the question or of the record
 * reaches it.
 */
export function noticePage(messages: Messages, kind: NoticeKind, proof: FormProof = null): Content {
  const { title, lead, points } = messages.notices[kind];
  const { tone = 'NO', hasForm = false, problem } = NOTICES[kind];
  return {
    title,
    address: kind === 'UNKNOWN_PROBLEM' ? '/' : null,
    script: proofScript(proof),
    problem,
    main: html`<div class="stack ${hasForm ? '' : 'narrow'}">
<section class="outcome ${tone}">
<h1 class="disc">${TONE_ICONS[tone]}<span>${title}</span></h1>
<p>${lead}</p>
</section>
<div class="pair">
${points.length > 0 && html`<ul>${items(points)}</ul>`}
${hasForm ? checkForm(messages, proof) : html`<p>${wayBack(messages, messages.again)}</p>`}
</div>
</div>`,
  };
}
