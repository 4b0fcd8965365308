import { html } from 'hono/html';
import type { FormProof } from '../checks/proof-of-work.ts';
import type { Content, Html } from './layout.ts';
import type { Messages } from './messages/messages.ts';
import { PROOF_SCRIPT_PATH } from './proof-script.ts';

/** The script of a page whose form carries a challenge. */
export const proofScript = (proof: FormProof): Pick<Content, 'script'> =>
  proof !== null && 'challenge' in proof ? { script: PROOF_SCRIPT_PATH } : {};

/** The hidden field, and the line that says what is going on. Nothing at all where no proof is asked. */
export function proofField({ form }: Messages, proof: FormProof): Html {
  if (proof === null) return html``;
  if ('ticket' in proof)
    return html`<input type="hidden" name="altcha" value="${proof.ticket}">
`;
  const { algorithm, challenge, maxnumber, salt, signature } = proof.challenge;
  return html`<input type="hidden" id="altcha" name="altcha" data-algorithm="${algorithm}" data-challenge="${challenge}" data-max="${maxnumber}" data-salt="${salt}" data-signature="${signature}" data-working="${form.working}">
<p class="hint" id="altcha-line" role="status" aria-live="polite"></p>
`;
}
