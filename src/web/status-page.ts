import { html } from 'hono/html';
import { formatInstant } from '../core/dates.ts';
import type { CopyState } from '../registry/readiness.ts';
import type { ServiceStatus } from '../snapshot/status.ts';
import { writeInstant } from './dates.ts';
import { TONE_ICONS } from './icons.ts';
import { type Content, type Html, items } from './layout.ts';
import type { Messages } from './messages/messages.ts';
import type { Tone } from './summary.ts';

const TONES: Record<ServiceStatus['answers'], Tone> = { DATABASE: 'READY', SNAPSHOT: 'TO_DO', DOWN: 'NO' };
const WIB_HOURS = 7;
const MINUTE_MS = 60_000;
const DAY_SECONDS = 86_400;

/** What runs and what does not, how old the data is, and what failed in the last days. */
export function statusPage(messages: Messages, status: ServiceStatus): Content {
  const { status: texts, language } = messages;
  const at = (ms: number): string => writeInstant(formatInstant(ms, WIB_HOURS), null, language) as string;
  const tone = TONES[status.answers];
  const seen = ({ lastContactMs, outSinceMs }: ServiceStatus['database']): Html => {
    const out = outSinceMs === null ? [] : [texts.outSince(at(outSinceMs))];
    return items([...out, lastContactMs === null ? texts.noContact : texts.lastContact(at(lastContactMs))]);
  };
  const outages = status.outages.map(({ server, beganMs, endedMs }) =>
    texts.outage(server, at(beganMs), Math.max(1, Math.ceil((endedMs - beganMs) / MINUTE_MS))),
  );
  return {
    title: texts.title,
    address: '/status',
    main: html`<div class="stack">
<section class="outcome ${tone}">
<h1 class="disc">${TONE_ICONS[tone]}<span>${texts.answers[status.answers]}</span></h1>
<p>${texts.lead}</p>
</section>
${card(texts.copies, items(copiesOf(status.copies, messages)))}
${card(texts.database, seen(status.database))}
${status.upstream && card(texts.upstream, seen(status.upstream))}
${status.snapshot && card(texts.snapshot, items(snapshotOf(status.snapshot, texts, at)))}
${card(texts.outages, items(outages.length === 0 ? [texts.none] : outages))}
</div>`,
  };
}

const card = (title: string, list: Html): Html =>
  html`<section class="card"><h2>${title}</h2><ul>${list}</ul></section>`;

function copiesOf(copies: readonly CopyState[], { status: texts, language }: Messages): string[] {
  if (copies.length === 0) return [texts.none];
  return copies.map(({ source, asOf, fullAsOf, ageSeconds }) => {
    const newest = fullAsOf !== null && Date.parse(fullAsOf) > Date.parse(asOf) ? fullAsOf : asOf;
    const day = writeInstant(newest, source === 'sample' ? null : source, language) ?? newest;
    return texts.copy(source, day, Math.floor(ageSeconds / DAY_SECONDS));
  });
}

function snapshotOf(
  { publishedAtMs, refused }: NonNullable<ServiceStatus['snapshot']>,
  texts: Messages['status'],
  at: (ms: number) => string,
): string[] {
  const inUse = publishedAtMs === null ? texts.noSnapshot : texts.snapshotOf(at(publishedAtMs));
  return [inUse, ...refused.map(({ number, fault }) => texts.refused(number, fault))];
}
