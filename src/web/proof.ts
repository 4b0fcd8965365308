import { html } from 'hono/html';
import type { FormProof } from '../checks/proof-of-work.ts';
import type { Html } from './layout.ts';
import type { Messages } from './messages/messages.ts';

export const PROOF_SCRIPT_PATH = '/proof.js';

/** The script of a page whose form carries a challenge. */
export const proofScript = (proof: FormProof): string | undefined =>
  proof !== null && 'challenge' in proof ? PROOF_SCRIPT_PATH : undefined;

/** The hidden field, and the line that says what is going on. Nothing at all where no proof is asked. */
export function proofField({ form }: Messages, proof: FormProof): Html {
  if (proof === null) return html``;
  if ('ticket' in proof) return html`<input type="hidden" name="altcha" value="${proof.ticket}">`;
  const { algorithm, challenge, maxnumber, salt, signature } = proof.challenge;
  return html`<input type="hidden" id="altcha" name="altcha" data-algorithm="${algorithm}"
data-challenge="${challenge}" data-max="${maxnumber}" data-salt="${salt}" data-signature="${signature}"
data-working="${form.working}">
<p class="hint" id="altcha-line" role="status" aria-live="polite"></p>`;
}

export const PROOF_SCRIPT_HEADERS = {
  'Content-Type': 'text/javascript; charset=utf-8',
  'Cache-Control': 'public, max-age=3600',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * Works out the proof while the person types, and makes a form that is sent too soon wait for it. A second press on
 * the button would use the same proof again, and a page out of the browser's memory has a used one. Where a browser
 * cannot hash, or finds no number, the form goes without, and the page that asks to wait takes over.
 */
export const PROOF_SCRIPT = `(function () {
  'use strict';
  const field = document.getElementById('altcha');
  const line = document.getElementById('altcha-line');
  if (!field || !window.crypto || !crypto.subtle) return;
  const form = field.form;
  const { algorithm, challenge, max, salt, signature, working } = field.dataset;
  const encoder = new TextEncoder();
  let state = 'solving';

  async function hash(number) {
    const bytes = new Uint8Array(await crypto.subtle.digest(algorithm, encoder.encode(salt + number)));
    return Array.from(bytes, (byte) => ('0' + byte.toString(16)).slice(-2)).join('');
  }

  async function solve() {
    for (let start = 0; start <= Number(max); start += 250) {
      const hashes = await Promise.all(Array.from({ length: 250 }, (_, i) => hash(start + i)));
      const found = hashes.indexOf(challenge);
      if (found >= 0) return btoa(JSON.stringify({ algorithm, challenge, number: start + found, salt, signature }));
    }
    return '';
  }

  function done(proof) {
    const waits = state === 'waiting';
    field.value = proof;
    state = 'ready';
    line.textContent = '';
    if (!waits) return;
    if (form.requestSubmit) form.requestSubmit();
    else form.submit();
  }

  form.addEventListener('submit', (event) => {
    if (state === 'ready') {
      state = 'sent';
      setTimeout(() => { state = 'ready'; }, 10000);
      return;
    }
    event.preventDefault();
    if (state === 'solving') line.textContent = working;
    if (state === 'solving') state = 'waiting';
  });
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
  solve().then(done, () => done(''));
})();
`;
