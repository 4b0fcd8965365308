import { html } from 'hono/html';
import type { Answer } from '../checks/answer.ts';
import type { Election } from '../core/election.ts';
import { provinceName } from '../core/regions.ts';
import { writeDay, writeInstant, zoneName } from './dates.ts';
import { TONE_ICONS } from './icons.ts';
import { type Content, type Html, items, wayBack } from './layout.ts';
import type { Messages } from './messages/messages.ts';
import { contestPlace, regencyName } from './places.ts';
import { DUE, isOver, summaryOf, toneOf } from './summary.ts';

/** The answer for the resident himself: the outcome first, then what to do, polling day, and why. Names nobody. */
export function resultPage(messages: Messages, answer: Answer, election: Election): Content {
  const { result } = messages;
  const ahead = answer.voter !== 'NOT_ELIGIBLE' && !isOver(answer);
  // What is to be confirmed comes before what to do about it.
  const unclear = toneOf(answer) === 'UNCLEAR';
  return {
    title: result.title,
    address: null,
    main: html`<div class="stack">
${outcome(messages, answer)}
<div class="flow">
${unclear && why(messages, answer)}
${ahead && [steps, bring, hours, contests].map((part) => part(messages, answer, election))}
${!unclear && why(messages, answer)}
${office(messages, answer, election)}
</div>
${about(messages, answer)}
<p class="small noprint">${result.keep}</p>
<p class="noprint">${wayBack(messages, result.again)}</p>
</div>`,
  };
}

function outcome({ result }: Messages, answer: Answer): Html {
  const tone = toneOf(answer);
  const summary = summaryOf(answer);
  const { title, lead } = result.summaries[summary];
  const document = summary === 'VOTER_UNCLEAR' || summary === 'OVER' ? result.documents[answer.document] : null;
  return html`<section class="outcome ${tone}">
<p class="disc word">${TONE_ICONS[tone]}${result.words[tone]}</p>
<h1>${title}</h1>
<p class="lead">${lead}</p>
${document && html`<p>${document}</p>`}
</section>`;
}

const section = (heading: string, body: Html): Html => html`<section class="card">
<h2>${heading}</h2>
${body}
</section>`;

function steps({ result }: Messages, answer: Answer): Html {
  const list = answer.actions.map((action) => {
    const { title, lead } = result.actions[action];
    return html`<li><b>${title}</b> <span class="by">${result.due[DUE[action]]}</span> ${lead}</li>`;
  });
  return section(result.headings.steps, html`<ol class="steps">${list}</ol>`);
}

function bring({ result }: Messages, { document }: Answer): Html {
  const c6Alone = document !== 'EKTP' && html`<p class="small">${result.c6Alone}</p>`;
  return section(result.headings.bring, html`<ul class="check">${items(result.bring[document])}</ul>${c6Alone}`);
}

function hours({ result }: Messages, { region }: Answer): Html {
  const zone = region === null ? result.localTime : zoneName(region);
  const rows = result.hours.map(
    ({ who, when, where }) => html`<div><dt>${who}</dt><dd><b>${when} ${zone}</b> ${where}.</dd></div>`,
  );
  return section(result.headings.hours, html`<dl class="hours">${rows}</dl>`);
}

function contests({ result }: Messages, answer: Answer, election: Election): Html | null {
  if (answer.contests.length === 0) return null;
  const names = answer.contests.map(({ office, region }) => {
    const contest = election.contests.find((each) => each.office === office && each.region === region);
    return result.offices[office](contest ? contestPlace(contest) : region);
  });
  return section(result.headings.contests, html`<ul>${items(names)}</ul>`);
}

function office({ result }: Messages, { region }: Answer, election: Election): Html {
  const code = region && region.length >= 5 ? region.slice(0, 5) : null;
  const province = region && provinceName(region);
  const regency = region && regencyName(election, region);
  const offices = [result.disdukcapil(regency, code) + (province ? `, ${result.province(province)}` : '')];
  if (region && region.length >= 8) offices.push(result.district(region.slice(0, 8)));
  return section(result.headings.office, html`<ul>${items(offices)}</ul><p class="small">${result.officeText}</p>`);
}

function why({ result, language }: Messages, { reasons, suket }: Answer): Html {
  const list = reasons.map(
    ({ code }) => html`<li>${result.reasons[code]} <small>${result.basisLabel}: ${result.basis[code]}.</small></li>`,
  );
  const all = html`<ul class="why">${list}</ul><p class="small">${result.ifWrong}</p>`;
  const reasonsCard = section(result.headings.why, all);
  if (suket === null) return reasonsCard;
  const issuedOn = suket.issuedOn && writeDay(suket.issuedOn, language);
  const written = result.suket(issuedOn, writeDay(suket.validUntil, language), suket.validOnElectionDay);
  return html`${reasonsCard}
${section(result.headings.suket, html`<p>${written}</p>`)}`;
}

function about({ result, language }: Messages, { source, asOf, region }: Answer): Html {
  const instant = asOf && writeInstant(asOf, region, language);
  const dated = `${result.sources[source]}. ${instant ? result.asOf(instant) : result.asOfUnknown}`;
  const lines = [dated, ...result.disclaimers].map((line) => html`<p class="small">${line}</p>`);
  return section(result.headings.data, html`${lines}`);
}
