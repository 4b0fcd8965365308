import { birthday, type CivilDate } from '../../core/dates.ts';
import { writeDay, writeWeekday } from '../dates.ts';
import type { Language } from '../language.ts';
import { english } from './en.ts';
import { indonesian } from './id.ts';

/** The days that texts speak of, written out in their language. */
export type WrittenDays = {
  /** Polling day: `27 Juni 2018`, and `Rabu, 27 Juni 2018`. */
  day: string;
  weekday: string;
  /** Who is born on this day turns 17 on polling day. */
  bornBy: string;
};

/** Every text of the pages in one language: what English has, every language has. */
export type Messages = ReturnType<typeof english>;

const VOTING_AGE_YEARS = 17;
const TEXTS = { id: indonesian, en: english };
const written = new Map<string, Messages>();

/** The texts for an election on a day. Written once: a Worker makes its app anew for every request. */
export function messagesFor(language: Language, pollingDay: CivilDate): Messages {
  const key = `${language} ${pollingDay}`;
  const messages =
    written.get(key) ??
    TEXTS[language]({
      day: writeDay(pollingDay, language),
      weekday: writeWeekday(pollingDay, language),
      bornBy: writeDay(birthday(pollingDay, -VOTING_AGE_YEARS), language),
    });
  written.set(key, messages);
  return messages;
}
