import { LIMITS } from '../checks/limits.ts';
import type { SelfCheckQuestion } from '../checks/self-check.ts';
import { kkIn, type Nik, parseNik, withoutSeparators } from '../core/nik.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { FieldError } from './layout.ts';

/** What may be wrong with a field, and its code in the API, as `POST /v1/checks` has it. */
const CODES = {
  NIK_EMPTY: 'REQUIRED',
  NIK_NOT_16_DIGITS: 'NOT_16_DIGITS',
  SECOND_EMPTY: 'REQUIRED',
  SECOND_UNREADABLE: 'NEITHER_NAME_NOR_KK',
  SECOND_TOO_LONG: 'TOO_LONG',
} as const;
type FieldFault = keyof typeof CODES;
/** What is wrong with each field; never what was typed there. */
export type FieldFaults = { nik: FieldFault | null; second: FieldFault | null };
type SecondFact = SelfCheckQuestion['second'];
/** `proof` as it came, if any: it is not read here. */
export type Fields = { proof: string | undefined } & (
  | { ok: true; nik: Nik; second: SecondFact }
  | { ok: false; faults: FieldFaults }
);

/** The same for programs that post the form. */
export const fieldErrors = (faults: FieldFaults): FieldError[] =>
  Object.entries(faults).flatMap(([field, fault]) =>
    fault === null ? [] : [{ pointer: `/${field}`, code: CODES[fault] }],
  );

/** Reads an `application/x-www-form-urlencoded` body of the self-check form. */
export function readFields(body: string): Fields {
  const form = new URLSearchParams(body);
  const nik = readNik(form.get('nik') ?? '');
  const second = readSecond(form.get('second') ?? '');
  const proof = form.get('altcha') || undefined;
  if (nik.ok && second.ok) return { ok: true, nik: nik.value, second: second.value, proof };
  return { ok: false, proof, faults: { nik: nik.ok ? null : nik.code, second: second.ok ? null : second.code } };
}

function readNik(text: string): Result<Nik, FieldFault> {
  const nik = parseNik(withoutSeparators(text));
  return nik.ok ? nik : fail(nik.code === 'NIK_EMPTY' ? 'NIK_EMPTY' : 'NIK_NOT_16_DIGITS');
}

/** Sixteen digits are a family-card number, with or without KK before them; anything with two letters is a name. */
function readSecond(text: string): Result<SecondFact, FieldFault> {
  if (withoutSeparators(text) === '') return fail('SECOND_EMPTY');
  const kk = kkIn(text);
  if (kk !== null) return ok({ kind: 'kk', value: kk });
  const name = text.trim();
  if (name.length > LIMITS.maxNameChars) return fail('SECOND_TOO_LONG');
  return (name.match(/\p{L}/gu)?.length ?? 0) >= 2 ? ok({ kind: 'name', value: name }) : fail('SECOND_UNREADABLE');
}
