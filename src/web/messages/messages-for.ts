import { birthday, type CivilDate } from '../../core/dates.ts';
import { writeDay, writeWeekday } from '../dates.ts';
import type { Language } from '../language.ts';
import { english } from './en.ts';
import { indonesian } from './id.ts';
import type { Messages } from './messages.ts';

const VOTING_AGE_YEARS = 17;
const TEXTS = { id: indonesian, en: english };
const written = new Map<string, Messages>();

/** The texts in a language for an election on a day. Written once: a Worker makes its app anew for every request. */
export function messagesFor(language: Language, pollingDay: CivilDate): Messages {
  const key = `${language} ${pollingDay}`;
  let messages = written.get(key);
  if (messages === undefined) {
    messages = TEXTS[language]({
      day: writeDay(pollingDay, language),
      weekday: writeWeekday(pollingDay, language),
      bornBy: writeDay(birthday(pollingDay, -VOTING_AGE_YEARS), language),
    });
    written.set(key, messages);
  }
  return messages;
}
