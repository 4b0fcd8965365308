import { isSixteenDigits, type Nik, parseNik, withKkOutOfName } from '../../core/nik.ts';
import { cutBlocks } from '../../intake/blocks.ts';
import { byteTextOf } from '../../intake/scanner.ts';
import type { Question } from '../check.ts';
import { LIMITS } from '../limits.ts';
import { type Fault, type Format, fault, REF_FORM, type ReadLine } from './format.ts';
import { BULK_LIMITS } from './limits.ts';

const REF = new RegExp(`^${REF_FORM}$`);
/** A reference is repeated in the answer: it must not be a NIK. */
const SIXTEEN_IN_A_ROW = /[0-9]{16}/;
const NON_ASCII = /[\u0080-\u00ff]/;
const MEMBERS = ['ref', 'nik', 'name', 'kk'];
/** What nearly all lines are, and what they come to without further reading. */
const PLAIN = new RegExp(`^\\{"ref":"(${REF_FORM})","nik":"([0-9]{16})"\\}$`);
/** How JSON that is no object begins. */
const OTHER_JSON = /^\s*(?:[["]|-?[0-9]|true\b|false\b|null\b)/;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** One JSON object a line: `{"ref","nik","name"?,"kk"?}`, strict. */
export function openLines(text: AsyncGenerator<Uint8Array>): Format {
  const { blockBytes, maxLineBytes } = BULK_LIMITS;
  const shape = { delimiter: '\0', columnCount: 1, maxLineBytes, columns: { NIK: 0 } };
  return {
    blocks: cutBlocks(text, shape, { blockBytes, firstLine: 1 }),
    *read({ bytes }) {
      const text = byteTextOf(bytes);
      for (const line of text.includes('\r') ? text.split(/\r\n?|\n/) : text.split('\n')) {
        const [, ref, nik] = PLAIN.exec(line) ?? [];
        if (ref !== undefined && !SIXTEEN_IN_A_ROW.test(ref)) yield [`{"ref":"${ref}",`, { nik: nik as Nik }];
        else yield line.trim() === '' ? null : readLine(line);
      }
    },
    head: '',
    tail({ document, voter, reasons, actions, statusCode, region, suket, matches: { name, kk }, asOf }) {
      const decision = { document, voter, reasons: reasons.map(({ code }) => code), actions };
      const facts = { statusCode, region, suket, matches: { name, kk }, asOf };
      return `${JSON.stringify({ ...decision, ...facts }).slice(1)}\n`;
    },
    faultTail: (error) => `"error":${JSON.stringify(error)}}\n`,
    passedOver: {},
    warnings: [],
    summary: (json) => `{"summary":${json}}\n`,
  };
}

function readLine(line: string): ReadLine {
  const decoded = decode(line);
  const { ref, asked } = typeof decoded === 'string' ? parseLine(decoded, MEMBERS) : { ref: '', asked: decoded };
  return [ref === '' ? '{"ref":null,' : `{"ref":"${ref}",`, asked];
}

function decode(line: string): string | Fault {
  if (line.length > BULK_LIMITS.maxLineBytes) return fault('LINE_TOO_LONG');
  if (!NON_ASCII.test(line)) return line;
  try {
    return strictUtf8.decode(Buffer.from(line, 'latin1'));
  } catch {
    return fault('NOT_UTF8');
  }
}

type Line = { ref: string; asked: Question | Fault };

/** Reads a JSON object of the members `allowed`, `ref` and `nik` among them. `ref` is '' where it is at fault. */
export function parseLine(text: string, allowed: readonly string[]): Line {
  const members = parseObject(text);
  if (typeof members === 'string') return { ref: '', asked: fault(members) };
  const badRef = refFault(members.ref);
  if (badRef !== null) return { ref: '', asked: badRef };
  return { ref: members.ref as string, asked: questionOf(members, allowed) };
}

type Members = Record<string, unknown>;

/** The members of an object, or the code of what is wrong. */
function parseObject(text: string): Members | string {
  // Told without the parser, whose exceptions are dear.
  if (!/^\s*\{/.test(text)) return OTHER_JSON.test(text) ? 'NOT_AN_OBJECT' : 'NOT_JSON';
  try {
    return JSON.parse(text) as Members;
  } catch {
    return 'NOT_JSON';
  }
}

/** What is wrong with a reference; null where it is one. */
export function refFault(ref: unknown): Fault | null {
  if (ref === undefined) return fault('REQUIRED', '/ref');
  if (typeof ref !== 'string') return fault('NOT_A_STRING', '/ref');
  return REF.test(ref) && !SIXTEEN_IN_A_ROW.test(ref) ? null : fault('NOT_A_REFERENCE', '/ref');
}

function questionOf(members: Members, allowed: readonly string[]): Question | Fault {
  for (const member in members) if (!allowed.includes(member)) return fault('UNKNOWN_MEMBER');
  if (members.nik === undefined) return fault('REQUIRED', '/nik');
  for (const member of allowed)
    if (!['string', 'undefined'].includes(typeof members[member])) return fault('NOT_A_STRING', `/${member}`);
  const { nik, name, kk } = members as { nik: string; name?: string; kk?: string };
  return questionFrom(nik, name, kk);
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
