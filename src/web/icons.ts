import { raw } from 'hono/html';
import type { Tone } from './summary.ts';

const icon = (inner: string) =>
  raw(`<svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="2.25"
stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${inner}</svg>`);

export const TONE_ICONS: Record<Tone, ReturnType<typeof icon>> = {
  READY: icon('<path d="m5 12.5 4.5 4.5L19 7.5"/>'),
  TO_DO: icon('<path d="M12 6v6l4 2.5"/><circle cx="12" cy="12" r="9"/>'),
  UNCLEAR: icon('<path d="M9 9a3 3 0 1 1 4.2 2.8c-.8.4-1.2 1-1.2 1.9"/><path d="M12 17.5v.01"/>'),
  NO: icon('<path d="M12 11v6"/><path d="M12 7v.01"/>'),
  OVER: icon('<rect x="4" y="6" width="16" height="14" rx="2"/><path d="M4 11h16M8 3.5V7M16 3.5V7"/>'),
};

/** A finger dipped in ink: how Indonesians show that they voted. */
const FINGER = `<rect x="6" y="1" width="12" height="22" rx="6" fill="#e9b98e"/>
<path d="M6 13V7a6 6 0 0 1 12 0v5c-1.6 1.5-3 .3-4.5 1.2-2.3 1.4-5 .9-7.5-.2z" fill="#5b3bb5"/>
<rect x="9" y="3.5" width="6" height="6.5" rx="3" fill="#a48ae0"/>`;

export const LOGO = raw(
  `<svg viewBox="0 0 24 24" width="32" height="32" aria-hidden="true" focusable="false">${FINGER}</svg>`,
);

export const ICON_SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">${FINGER}</svg>`;
/** Inline, so that few browsers ask for `/favicon.ico`. */
export const FAVICON = `data:image/svg+xml,${encodeURIComponent(ICON_SVG)}`;
