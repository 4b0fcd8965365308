import { type CivilDate, civilDateAt, formatInstant } from '../core/dates.ts';
import { decide } from '../core/decide.ts';
import type { Election } from '../core/election.ts';
import type { Nik } from '../core/nik.ts';
import { REASON_BASIS } from '../core/reasons.ts';
import { regionRange, utcOffsetHours } from '../core/regions.ts';
import type { Asked } from '../registry/asked.ts';
import type { Admission, Finding } from '../registry/find.ts';
import type { RegistryKeys } from '../registry/registry-keys.ts';
import { foundOf } from '../registry/row.ts';
import { tagsOf } from '../registry/tags.ts';
import type { Answer } from './answer.ts';
import { findIn, type ResidentSource } from './sources.ts';
import type { Upstream } from './upstream.ts';

/** Who asks, and the region that the caller may see (null: all). */
export type Caller = { client: string; region: string | null };
/** What is asked: a NIK and facts to compare with the record. */
export type Question = {
  nik: Nik;
  name?: string | undefined;
  kk?: string | undefined;
  suketNumber?: string | undefined;
};

/** What the rules need to know of the world. `todayOverride` stands for today, for the rules only. */
export type Rules = { election: Election; todayOverride: CivilDate | null; now(): number };

const EVERYWHERE = { first: 0, last: 9_999_999_999 };
/** First and last region that a caller may see, as numbers. */
export const rangeOf = ({ region }: Caller): { first: number; last: number } =>
  region === null ? EVERYWHERE : regionRange(region);

/** A question as a source takes it: tags and proofs, not the person. `id` is a fresh UUID of this check. */
export function askedOf(keys: RegistryKeys, id: string, question: Question, caller: Caller): Asked {
  const { nik, ...facts } = question;
  return { ...tagsOf(keys, nik, facts), id, client: caller.client, claim: caller.region, ...rangeOf(caller) };
}

/** What a check comes to: an answer, or why the caller gets none; and what is left of the caller's quota. */
export type Checked = { quota: Admission['quota'] } & (
  | { answer: Answer; refusal: null }
  | { answer: null; refusal: NonNullable<Admission['refusal']> }
);

/** Answers one question. `id` is the check's own. Rejects with `Unavailable` where no source can be asked. */
export type Check = (id: string, question: Question, caller: Caller) => Promise<Checked>;

/** `sources` are in the order in which they are asked; `upstream` is, where what they found may be lifted. */
export type CheckDependencies = {
  keys: RegistryKeys;
  rules: Rules;
  sources: readonly ResidentSource[];
  upstream?: Upstream | undefined;
};

/** The check of one resident. */
export function createCheck({ keys, rules, sources, upstream }: CheckDependencies): Check {
  return async (id, question, caller) => {
    const asked = askedOf(keys, id, question, caller);
    const { finding, admission } = await findIn(sources, asked);
    const { refusal, quota } = admission;
    if (refusal !== null) return { answer: null, refusal, quota };
    const best = upstream ? await upstream.improve(asked, question.nik, finding) : finding;
    return { answer: answerOf(best, rules), refusal, quota };
  };
}

/** The one verb: what a finding means for this election, as every transport answers it. Pure but for `rules.now()`. */
export function answerOf(finding: Finding, rules: Rules): Answer {
  const found = foundOf(finding.facts);
  const region = found.kind === 'RESIDENT' ? found.facts.region : null;
  const { contests, reasons, ...decision } = decide(found, rules.election, todayOf(finding, region, rules));
  const asOf = finding.asOfMs === null ? null : formatInstant(finding.asOfMs, utcOffsetHours(finding.sourceRegion));
  return {
    election: { id: rules.election.id, date: rules.election.date },
    document: decision.document,
    voter: decision.voter,
    reasons: reasons.map((code) => ({ code, basis: REASON_BASIS[code] })),
    actions: decision.actions,
    contests: contests.map(({ office, region: where }) => ({ office, region: where })),
    // The web service tells that somebody is recorded, and no code.
    statusCode: finding.source === 'UPSTREAM' ? null : decision.statusCode,
    region: decision.region,
    suket: decision.suket,
    matches: { name: finding.nameMatches, kk: finding.kkMatches, suketNumber: finding.suketMatches },
    source: finding.source,
    asOf,
  };
}

/** Today in the resident's zone; for the synthetic sample its own date, so that its answers stay what they are. */
function todayOf(finding: Finding, region: string | null, rules: Rules): CivilDate {
  if (rules.todayOverride !== null) return rules.todayOverride;
  return sampleDateOf(finding) ?? civilDateAt(rules.now(), utcOffsetHours(region));
}

/** The date of the synthetic sample, where that is what an answer rests on. */
export const sampleDateOf = ({ source, isSample, asOfMs, sourceRegion }: Finding): CivilDate | null =>
  (isSample ?? source === 'SAMPLE') && asOfMs !== null ? civilDateAt(asOfMs, utcOffsetHours(sourceRegion)) : null;
