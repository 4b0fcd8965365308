import type { CivilDate } from '../core/dates.ts';
import type { SuketAnswer } from '../core/decide.ts';
import type { Office } from '../core/election.ts';
import type { Action, DocumentStatus, ReasonCode, Source, VoterStatus } from '../core/reasons.ts';
import type { StatusCode } from '../core/status.ts';

/** The answer of one check, as every transport gives it. */
export type Answer = {
  election: { id: string; date: CivilDate };
  document: DocumentStatus;
  voter: VoterStatus;
  reasons: { code: ReasonCode; basis: string }[];
  actions: Action[];
  contests: { office: Office; region: string }[];
  statusCode: StatusCode | null;
  region: string | null;
  suket: SuketAnswer | null;
  /** Null where not asked or not on record. */
  matches: { name: boolean | null; kk: boolean | null; suketNumber: boolean | null };
  source: Source;
  /** RFC 3339, the date of the copy the row came from; null where the caller's region has no copy at all. */
  asOf: string | null;
};
