import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { FAVICON, LOGO } from './icons.ts';
import type { Messages } from './messages/messages.ts';
import { STYLE, STYLE_HASH, styleHash } from './style.ts';

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** What one page has of its own. */
export type Content = {
  title: string;
  main: Html;
  /** Where the language switch leads; null where the page cannot be asked for again, because what was typed is gone. */
  address: string | null;
  /** Rules of its own, after those of all pages. */
  style?: string;
  /** The address of a script of ours that it loads. */
  script?: string;
};

export type Frame = {
  messages: Messages;
  /** Null on a page that is kept. */
  requestId: string | null;
  /** Written out; null in real use. */
  sampleDay: string | null;
};

/** The whole document. Nothing in it but the request id differs between two pages of the same content. */
export function layout(
  { title, main, address, style = '', script }: Content,
  { messages, requestId, sampleDay }: Frame,
): Html {
  const { language, frame } = messages;
  const other = language === 'id' ? 'en' : 'id';
  const switchLabel = address === null ? frame.startAgainInOther : frame.switchLanguage;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<title>${title} – hakpilih</title>
<link rel="icon" href="${FAVICON}">
<style>${raw(STYLE + style)}</style>${scriptTag(script)}
</head>
<body>
<a class="skip" href="#main">${frame.skip}</a>
<header class="top"><div class="wide">
<a class="brand" href="/?lang=${language}">${LOGO}<span><b>hakpilih</b> <small>${frame.tagline}</small></span></a>
<a class="lang" href="${address ?? '/'}?lang=${other}" hreflang="${other}" lang="${other}">${switchLabel}</a>
</div></header>
${sampleDay === null ? '' : html`<aside class="sample" aria-label="${frame.sampleLabel}"><p class="wide">${frame.sample(sampleDay)}</p></aside>`}
<main id="main" class="wide" tabindex="-1">
${main}
</main>
<footer class="foot"><div class="wide">
<p>${frame.advice}</p>
${requestId === null ? '' : html`<p class="id">${frame.requestId}: ${requestId}</p>\n`}</div></footer>
</body>
</html>
`;
}

const scriptTag = (script: string | undefined): Html | '' =>
  script === undefined ? '' : html`\n<script src="${script}" defer></script>`;

const policy = (hash: string, script = ''): string =>
  `default-src 'none';${script} style-src '${hash}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** No script but ours where a page names one, no other host, no frame, nothing kept: what pages may do, in the browser's own terms. */
const PAGE_HEADERS: Record<string, string> = {
  'Content-Security-Policy': policy(STYLE_HASH),
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), browsing-topics=()',
  'Cache-Control': 'no-store',
  Vary: 'Accept-Language',
};

/** The headers of a page, by its style and script. */
export function pageHeaders({ style, script }: Content): Record<string, string> {
  if (style === undefined && script === undefined) return PAGE_HEADERS;
  const hash = style === undefined ? STYLE_HASH : styleHash(STYLE + style);
  return { ...PAGE_HEADERS, 'Content-Security-Policy': policy(hash, script && " script-src 'self';") };
}
