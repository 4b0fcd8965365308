import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { FAVICON, LOGO } from './icons.ts';
import type { Messages } from './messages/messages.ts';
import { STYLE } from './style.ts';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The API's problem types that a page may stand for, and their status. */
export const STATUS = {
  'bad-request': 400,
  forbidden: 403,
  'not-found': 404,
  'content-too-large': 413,
  'unsupported-media-type': 415,
  invalid: 422,
  'too-many-requests': 429,
  internal: 500,
  unavailable: 503,
} as const;
export type ProblemType = keyof typeof STATUS;
/** What is wrong, for programs: a JSON Pointer into the form and a code. Never the value. */
export type FieldError = { pointer: string; code: string };

/** What one page has of its own. */
export type Content = {
  title: string;
  main: Html;
  /** Of a page that is an error: what programs, which ask for no page, are told in its place. */
  problem?: { type: ProblemType; errors?: FieldError[] } | undefined;
  /** Where the language switch leads; null where the page cannot be asked for again, as what was typed is gone. */
  address: string | null;
  /** Rules of its own, after those of all pages. */
  style?: string;
  /** The address of a script of ours that it loads. */
  script?: string | undefined;
};

/** What is the same on all pages; `requestId` is null on one that is kept, `sampleDay` in real use. */
type Frame = { messages: Messages; requestId: string | null; sampleDay: string | null };

/** The whole document. Nothing in it but the request id differs between two pages of the same content. */
export function layout(content: Content, { messages, requestId, sampleDay }: Frame): Html {
  const { title, main, address, style = '', script } = content;
  const { language, frame } = messages;
  const other = language === 'id' ? 'en' : 'id';
  const switchLabel = address === null ? frame.startAgainInOther : frame.switchLanguage;
  const sample = sampleDay && html`<p class="wide">${frame.sample(sampleDay)}</p>`;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<title>${title} – hakpilih</title>
<link rel="icon" href="${FAVICON}">
<style>${raw(STYLE + style)}</style>
${script && html`<script src="${script}" defer></script>`}
</head>
<body>
<a class="skip" href="#main">${frame.skip}</a>
<header class="top"><div class="wide">
<a class="brand" href="/?lang=${language}">${LOGO}<span><b>hakpilih</b> <small>${frame.tagline}</small></span></a>
<a class="lang" href="${address ?? '/'}?lang=${other}" hreflang="${other}" lang="${other}">${switchLabel}</a>
</div></header>
${sample && html`<aside class="sample" aria-label="${frame.sampleLabel}">${sample}</aside>`}
<main id="main" class="wide" tabindex="-1">
${main}
</main>
<footer class="foot"><div class="wide">
<p>${frame.advice}</p>
${requestId && html`<p class="id">${frame.requestId}: ${requestId}</p>`}
</div></footer>
</body>
</html>
`;
}

export const items = (texts: readonly string[]): Html => html`${texts.map((text) => html`<li>${text}</li>`)}`;

export const wayBack = ({ language }: Messages, label: string): Html =>
  html`<a class="button plain" href="/?lang=${language}">${label}</a>`;

/** What a page may do, in the browser's own terms: no script but ours, no other host, no frame, nothing kept. */
export function pageHeaders({ style = '', script }: Content): Record<string, string> {
  const hash = createHash('sha256')
    .update(STYLE + style)
    .digest('base64');
  return {
    'Content-Security-Policy': [
      `default-src 'none';${script === undefined ? '' : " script-src 'self';"} style-src 'sha256-${hash}'`,
      "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ].join('; '),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), browsing-topics=()',
    'Cache-Control': 'no-store',
    Vary: 'Accept-Language',
  };
}
