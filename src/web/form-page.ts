import { html, raw } from 'hono/html';
import type { FormProof } from '../checks/proof-of-work.ts';
import { type FieldFaults, fieldErrors } from './form-fields.ts';
import { type Content, type Html, items } from './layout.ts';
import type { Messages } from './messages/messages.ts';
import { proofField, proofScript } from './proof.ts';

const NO_FAULTS: FieldFaults = { nik: null, second: null };

/**
 * The form, and with faults what is wrong with it. What was typed is never filled in again: the phone may be a
 * neighbour's.
 */
export function formPage(messages: Messages, proof: FormProof, faults: FieldFaults = NO_FAULTS): Content {
  const { form } = messages;
  const script = proofScript(proof);
  const errors = fieldErrors(faults);
  const isFaulty = errors.length > 0;
  const about = form.about.map(({ title, points }) => {
    const said = points.map((point) => (script && point === form.scriptless ? form.scripted : point));
    return html`<section><h2>${title}</h2><ul>${items(said)}</ul></section>`;
  });
  return {
    title: isFaulty ? `${form.errorPrefix}: ${form.title}` : form.title,
    address: '/',
    script,
    problem: isFaulty ? { type: 'invalid', errors } : undefined,
    main: html`<div class="beside">
<div class="stack">
${isFaulty && errorSummary(messages, faults)}
<h1>${form.title}</h1>
${!isFaulty && html`<p class="lead">${form.lead}</p>`}
${checkForm(messages, proof, faults)}
</div>
<aside class="stack about" aria-label="${form.aboutLabel}">
${about}
</aside>
</div>`,
  };
}

const errorSummary = ({ form, faults: texts }: Messages, { nik, second }: FieldFaults): Html =>
  html`<div class="card errors" role="alert" tabindex="-1" autofocus>
<h2>${form.errorsTitle}</h2>
<ul>
${nik && html`<li><a href="#nik">${texts[nik]}</a></li>`}
${second && html`<li><a href="#second">${texts[second]}</a></li>`}
</ul>
<p>${form.errorsRetype}</p>
</div>`;

/** The two boxes and the button, empty. */
export function checkForm(messages: Messages, proof: FormProof, { nik, second }: FieldFaults = NO_FAULTS): Html {
  const { form, faults: texts, language } = messages;
  return html`<form class="card" method="post" action="/?lang=${language}" autocomplete="off">
${field('nik', 'inputmode="numeric" autocomplete="off"', form.nik, form.nikHint, nik && texts[nik])}
${field('second', 'autocomplete="off" autocapitalize="words"', form.second, form.secondHint, second && texts[second])}
${proofField(messages, proof)}
<button class="button">${form.submit}</button>
</form>`;
}

const field = (name: string, attributes: string, label: string, hint: string, fault: string | null): Html =>
  html`<div class="field">
<label for="${name}">${label}</label>
<p class="hint" id="${name}-hint">${hint}</p>
${fault && html`<p class="fault" id="${name}-fault">${fault}</p>`}
<input id="${name}" name="${name}" ${raw(attributes)} spellcheck="false" required
${fault && html`aria-invalid="true" `}aria-describedby="${fault && `${name}-fault `}${name}-hint">
</div>`;
