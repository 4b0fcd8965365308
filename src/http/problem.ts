import type { Context } from 'hono';

/** What the outer app hands to every route: the id of the request, which is the id of its check too. */
export type Env = {
  Variables: {
    requestId: string;
    /** It was refused because there is too much to do. */
    isShed?: boolean;
  };
};

const problem = <Status extends number>(status: Status, title: string, explanation: Record<'en' | 'id', string>) =>
  ({ status, title, explanation }) as const;

/** Every kind of error that this API answers with (RFC 9457); `/problems/<slug>` explains it. */
export const PROBLEMS = {
  'bad-request': problem(400, 'The request cannot be read', {
    en: 'The request cannot be read. Send one well-formed JSON object in UTF-8.',
    id: 'Permintaan tidak dapat dibaca. Kirim satu objek JSON yang benar dalam UTF-8.',
  }),
  unauthorized: problem(401, 'A valid access token is needed', {
    en: 'The access token is missing, invalid or expired. Send "Authorization: Bearer …" with a valid token.',
    id:
      'Token akses tidak ada, tidak sah, atau sudah kedaluwarsa. ' +
      'Sertakan "Authorization: Bearer …" dengan token yang berlaku.',
  }),
  forbidden: problem(403, 'The token does not permit this', {
    en: 'The token is valid but lacks the scope that is needed.',
    id: 'Token sah, tetapi tidak memuat cakupan (scope) yang diperlukan.',
  }),
  'not-found': problem(404, 'There is nothing at this address', {
    en: 'There is nothing at this address. A NIK that is not found is no error: it is answered with 200.',
    id: 'Tidak ada apa-apa di alamat ini. NIK yang tidak ditemukan bukan kesalahan: jawabannya tetap 200.',
  }),
  'method-not-allowed': problem(405, 'This method is not allowed here', {
    en: 'This HTTP method does not apply here; see the Allow header.',
    id: 'Metode HTTP ini tidak berlaku di alamat ini; lihat tajuk Allow.',
  }),
  conflict: problem(409, 'The request contradicts what is there', {
    en: 'The request contradicts what is there: the same Idempotency-Key with another body, for one.',
    id: 'Permintaan bertentangan dengan yang sudah ada: misalnya Idempotency-Key yang sama dengan isi yang berbeda.',
  }),
  'content-too-large': problem(413, 'The request is too large', {
    en: 'The body of the request exceeds the limit.',
    id: 'Isi permintaan melebihi batas.',
  }),
  'unsupported-media-type': problem(415, 'The media type is not supported', {
    en: 'The media type of the body is not supported; use application/json for the API.',
    id: 'Jenis isi permintaan tidak didukung; pakai application/json untuk API.',
  }),
  invalid: problem(422, 'Some fields are not valid', {
    en: 'Some fields are not valid. Each error names its place (pointer) and code, never the value.',
    id: 'Sebagian isian tidak sah. Setiap kesalahan menyebut tempat (pointer) dan kodenya, tidak pernah nilainya.',
  }),
  'too-many-requests': problem(429, 'Too many requests', {
    en: 'Too many requests. Try again after the time in the Retry-After header.',
    id: 'Terlalu banyak permintaan. Coba lagi setelah waktu pada tajuk Retry-After.',
  }),
  internal: problem(500, 'Something went wrong here', {
    en: 'Something went wrong on our side. It says nothing about the resident asked for.',
    id: 'Terjadi kesalahan di pihak kami. Ini tidak mengatakan apa pun tentang penduduk yang ditanyakan.',
  }),
  unavailable: problem(503, 'No answer can be had now', {
    en: 'No answer can be had now. It does not mean "not found". Try again after the time in the Retry-After header.',
    id:
      'Jawaban belum dapat diberikan saat ini. Ini bukan berarti data tidak ditemukan. ' +
      'Coba lagi setelah waktu pada tajuk Retry-After.',
  }),
};

export type ProblemSlug = keyof typeof PROBLEMS;
/** What is wrong, and where: a JSON Pointer (RFC 6901) into the body and a code. Never the value. */
export type FieldError = { pointer: string; code: string };

/** An error that a route answers with; a code alone is of the request as a whole. */
export class Problem extends Error {
  readonly slug: ProblemSlug;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  constructor(slug: ProblemSlug, errors: string | readonly FieldError[] = [], headers: Record<string, string> = {}) {
    super(PROBLEMS[slug].title);
    this.slug = slug;
    this.errors = typeof errors === 'string' ? [{ pointer: '', code: errors }] : errors;
    this.headers = headers;
  }
}

/** The problem as `application/problem+json`. */
export function problemResponse(c: Context, { slug, errors, headers }: Problem): Response {
  const { status, title } = PROBLEMS[slug];
  const instance = c.get('requestId') as string;
  const body = { type: `/problems/${slug}`, title, status, instance, ...(errors.length > 0 && { errors }) };
  return c.body(JSON.stringify(body), status, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...headers,
  });
}
