import { isSixteenDigits, type Nik, parseNik, withKkOutOfName } from '../../core/nik.ts';
import type { Question } from '../check.ts';
import { LIMITS } from '../limits.ts';
import type { Fault, Format } from './format.ts';
import { BULK_LIMITS } from './limits.ts';

const REF = /^[A-Za-z0-9._-]{1,32}$/;
/** A reference is repeated in the answer: it must not be a NIK. */
const SIXTEEN_IN_A_ROW = /[0-9]{16}/;
const NON_ASCII = /[\u0080-\u00ff]/;
const MEMBERS = new Set(['ref', 'nik', 'name', 'kk']);
/** What nearly all lines are, and what they come to without further reading. */
const PLAIN = /^\{"ref":"([A-Za-z0-9._-]{1,32})","nik":"([0-9]{16})"\}$/;
/** How JSON that is no object begins. */
const OTHER_JSON = /^\s*(?:[["]|-?[0-9]|true\b|false\b|null\b)/;
const NO_REF = '{"ref":null,';
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

const fault = (code: string, pointer = ''): Fault => ({ code, pointer });

/** One JSON object a line: `{"ref","nik","name"?,"kk"?}`, strict. */
export const NDJSON: Format = {
  head: '',
  *read({ bytes }) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    for (const line of text.includes('\r') ? text.split(/\r\n?|\n/) : text.split('\n')) {
      const [, plainRef, nik] = PLAIN.exec(line) ?? [];
      if (plainRef !== undefined && !SIXTEEN_IN_A_ROW.test(plainRef)) {
        yield [`{"ref":"${plainRef}",`, { nik: nik as Nik }];
        continue;
      }
      if (line.trim() === '') {
        yield null;
        continue;
      }
      const json = parseLine(line);
      if ('code' in json) {
        yield [NO_REF, json];
        continue;
      }
      const { ref } = json.members;
      const badRef = refFault(ref);
      yield badRef === null ? [`{"ref":"${ref}",`, questionOf(json.members)] : [NO_REF, badRef];
    }
  },
  tail({ document, voter, reasons, actions, statusCode, region, suket, matches, asOf }) {
    const codes = reasons.map(({ code }) => code);
    const { name, kk } = matches;
    const answer = {
      document,
      voter,
      reasons: codes,
      actions,
      statusCode,
      region,
      suket,
      matches: { name, kk },
      asOf,
    };
    return `${JSON.stringify(answer).slice(1)}\n`;
  },
  faultTail: (error) => `"error":${JSON.stringify(error)}}\n`,
  found: () => ({ passedOver: {}, warnings: [] }),
  summary: (json) => `{"summary":${json}}\n`,
};

type Members = Record<string, unknown>;
type Parsed = { members: Members } | Fault;

function parseLine(line: string): Parsed {
  if (line.length > BULK_LIMITS.maxLineBytes) return fault('LINE_TOO_LONG');
  let text = line;
  if (NON_ASCII.test(line)) {
    try {
      text = strictUtf8.decode(Buffer.from(line, 'latin1'));
    } catch {
      return fault('NOT_UTF8');
    }
  }
  return parseObject(text);
}

/** A line as one JSON object; whose members it may have is the caller's affair. */
export function parseObject(text: string): Parsed {
  // Told without the parser, whose exceptions are dear.
  if (!/^\s*\{/.test(text)) return fault(OTHER_JSON.test(text) ? 'NOT_AN_OBJECT' : 'NOT_JSON');
  try {
    const members: unknown = JSON.parse(text);
    if (typeof members === 'object' && members !== null && !Array.isArray(members))
      return { members: members as Members };
    return fault('NOT_AN_OBJECT');
  } catch {
    return fault('NOT_JSON');
  }
}

/** What is wrong with a reference; null where it is one. */
export function refFault(ref: unknown): Fault | null {
  if (ref === undefined) return fault('REQUIRED', '/ref');
  if (typeof ref !== 'string') return fault('NOT_A_STRING', '/ref');
  return REF.test(ref) && !SIXTEEN_IN_A_ROW.test(ref) ? null : fault('NOT_A_REFERENCE', '/ref');
}

function questionOf(members: Members): Question | Fault {
  for (const member in members) if (!MEMBERS.has(member)) return fault('UNKNOWN_MEMBER');
  if (members.nik === undefined) return fault('REQUIRED', '/nik');
  for (const member of ['nik', 'name', 'kk']) {
    if (members[member] !== undefined && typeof members[member] !== 'string')
      return fault('NOT_A_STRING', `/${member}`);
  }
  return questionFrom(members.nik as string, members.name as string | undefined, members.kk as string | undefined);
}

/** The question of the texts of a line, in any format; those that are undefined are not asked. */
export function questionFrom(
  nikText: string,
  nameText: string | undefined,
  kkText: string | undefined,
): Question | Fault {
  const nik = parseNik(nikText);
  if (!nik.ok) return fault(nik.code.replace(/^NIK_/, ''), '/nik');
  if (nameText === undefined && kkText === undefined) return { nik: nik.value };
  const [name, kk] = [nameText?.trim(), kkText?.trim()];
  if (name === '') return fault('EMPTY', '/name');
  if (name !== undefined && name.length > LIMITS.maxNameChars) return fault('TOO_LONG', '/name');
  if (kk !== undefined && !isSixteenDigits(kk)) return fault('NOT_16_DIGITS', '/kk');
  return { nik: nik.value, ...withKkOutOfName({ name, kk }) };
}
