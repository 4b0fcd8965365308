import { html } from 'hono/html';
import type { FormProof } from '../checks/proof-of-work.ts';
import type { FieldFaults } from './form-fields.ts';
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
  const faulty = faults.nik !== null || faults.second !== null;
  const about = form.about.map(({ title, points }) => {
    const said = points.map((point) => (script && point === form.scriptless ? form.scripted : point));
    return html`<section><h2>${title}</h2><ul>${items(said)}</ul></section>`;
  });
  return {
    title: faulty ? `${form.errorPrefix}: ${form.title}` : form.title,
    address: '/',
    script,
    main: html`<div class="beside">
<div class="stack">
${faulty && errorSummary(messages, faults)}
<h1>${form.title}</h1>
${!faulty && html`<p class="lead">${form.lead}</p>`}
${checkForm(messages, proof, faults)}
</div>
<aside class="stack about" aria-label="${form.aboutLabel}">
${about}
</aside>
</div>`,
  };
}

function errorSummary({ form, faults: texts }: Messages, faults: FieldFaults): Html {
  return html`<div class="card errors" role="alert" tabindex="-1" autofocus>
<h2>${form.errorsTitle}</h2>
<ul>
${faults.nik && html`<li><a href="#nik">${texts[faults.nik]}</a></li>`}
${faults.second && html`<li><a href="#second">${texts[faults.second]}</a></li>`}
</ul>
<p>${form.errorsRetype}</p>
</div>`;
}

/** The two boxes and the button, empty. */
export function checkForm(messages: Messages, proof: FormProof, faults: FieldFaults = NO_FAULTS): Html {
  const { form, faults: texts, language } = messages;
  return html`<form class="card" method="post" action="/?lang=${language}" autocomplete="off">
<div class="field">
<label for="nik">${form.nik}</label>
<p class="hint" id="nik-hint">${form.nikHint}</p>
${faults.nik && html`<p class="fault" id="nik-fault">${texts[faults.nik]}</p>`}
<input id="nik" name="nik" inputmode="numeric" autocomplete="off" spellcheck="false" required
${describedBy('nik', faults.nik)}>
</div>
<div class="field">
<label for="second">${form.second}</label>
<p class="hint" id="second-hint">${form.secondHint}</p>
${faults.second && html`<p class="fault" id="second-fault">${texts[faults.second]}</p>`}
<input id="second" name="second" autocomplete="off" autocapitalize="words" spellcheck="false" required
${describedBy('second', faults.second)}>
</div>
${proofField(messages, proof)}
<button class="button">${form.submit}</button>
</form>`;
}

const describedBy = (field: string, fault: string | null): Html =>
  fault === null
    ? html`aria-describedby="${field}-hint"`
    : html`aria-invalid="true" aria-describedby="${field}-fault ${field}-hint"`;
