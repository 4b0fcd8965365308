import { html } from 'hono/html';
import type { Answer } from '../checks/answer.ts';
import type { Election } from '../core/election.ts';
import { provinceName } from '../core/regions.ts';
import { writeDay, writeInstant, zoneName } from './dates.ts';
import { TONE_ICONS } from './icons.ts';
import type { Content, Html } from './layout.ts';
import type { Messages } from './messages/messages.ts';
import { contestPlace, regencyName } from './places.ts';
import { isOver, summaryOf, toneOf } from './summary.ts';

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
${ahead && [steps(messages, answer), bring(messages, answer), hours(messages, answer), contests(messages, answer, election)]}
${!unclear && why(messages, answer)}
${office(messages, answer, election)}
</div>
${about(messages, answer)}
<p class="small noprint">${result.keep}</p>
<p class="noprint"><a class="button plain" href="/?lang=${messages.language}">${result.again}</a></p>
</div>`,
  };
}

function outcome({ result }: Messages, answer: Answer): Html {
  const tone = toneOf(answer);
  const summary = summaryOf(answer);
  const { headline, lead } = result.summaries[summary];
  const document = summary === 'VOTER_UNCLEAR' || summary === 'OVER' ? result.documents[answer.document] : null;
  return html`<section class="outcome ${tone}">
<p class="disc word">${TONE_ICONS[tone]}${result.words[tone]}</p>
<h1>${headline}</h1>
<p class="lead">${lead}</p>
${document && html`<p>${document}</p>`}
</section>`;
}

const section = (heading: string, body: Html): Html => html`<section class="card">
<h2>${heading}</h2>
${body}
</section>`;

const items = (texts: string[]): Html => html`${texts.map((text) => html`<li>${text}</li>`)}`;

function steps({ result }: Messages, answer: Answer): Html {
  const list = answer.actions.map((action) => {
    const { title, text, by } = result.actions[action];
    return html`<li><b>${title}</b> <span class="by">${by}</span> ${text}</li>
`;
  });
  return section(result.headings.steps, html`<ol class="steps">${list}</ol>`);
}

function bring({ result }: Messages, { document }: Answer): Html {
  const list = html`<ul class="check">${items(result.bring[document])}</ul>`;
  return section(
    result.headings.bring,
    document === 'EKTP' ? list : html`${list}<p class="small">${result.c6Alone}</p>`,
  );
}

function hours({ result }: Messages, { region }: Answer): Html {
  const zone = zoneName(region) ?? result.localTime;
  const rows = result.hours.map(
    ({ who, when, where }) => html`<div><dt>${who}</dt><dd><b>${when} ${zone}</b> ${where}.</dd></div>
`,
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
  const places = [
    [result.disdukcapil(regency, code), province && result.province(province)].filter(Boolean).join(', '),
    ...(region && region.length >= 8 ? [result.district(region.slice(0, 8))] : []),
  ];
  return section(result.headings.office, html`<ul>${items(places)}</ul><p class="small">${result.officeText}</p>`);
}

function why({ result, language }: Messages, answer: Answer): Html {
  const reasons = answer.reasons.map(
    ({ code }) => html`<li>${result.reasons[code]} <small>${result.basisLabel}: ${result.basis[code]}.</small></li>
`,
  );
  const { suket } = answer;
  const written =
    suket &&
    result.suket(
      suket.issuedOn && writeDay(suket.issuedOn, language),
      writeDay(suket.validUntil, language),
      suket.validOnElectionDay,
    );
  return html`${section(result.headings.why, html`<ul class="why">${reasons}</ul><p class="small">${result.ifWrong}</p>`)}
${written && section(result.headings.suket, html`<p>${written}</p>`)}`;
}

function about({ result, language }: Messages, answer: Answer): Html {
  const instant = answer.asOf === null ? null : writeInstant(answer.asOf, answer.region, language);
  const lines = [
    `${result.sources[answer.source]}. ${instant === null ? result.asOfUnknown : result.asOf(instant)}`,
    ...result.disclaimers,
  ];
  return section(result.headings.data, html`${lines.map((line) => html`<p class="small">${line}</p>`)}`);
}
