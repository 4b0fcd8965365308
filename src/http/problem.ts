import type { Context } from 'hono';

/** Every kind of error that this API answers with (RFC 9457); `/problems/<slug>` explains it. */
export const PROBLEMS = {
  'bad-request': {
    status: 400,
    title: 'The request cannot be read',
    explanation: {
      id: 'Permintaan tidak dapat dibaca. Kirim satu objek JSON yang benar dalam UTF-8.',
      en: 'The request cannot be read. Send one well-formed JSON object in UTF-8.',
    },
  },
  unauthorized: {
    status: 401,
    title: 'A valid access token is needed',
    explanation: {
      id: 'Token akses tidak ada, tidak sah, atau sudah kedaluwarsa. Sertakan "Authorization: Bearer …" dengan token yang berlaku.',
      en: 'The access token is missing, invalid or expired. Send "Authorization: Bearer …" with a valid token.',
    },
  },
  forbidden: {
    status: 403,
    title: 'The token does not permit this',
    explanation: {
      id: 'Token sah, tetapi tidak memuat cakupan (scope) yang diperlukan.',
      en: 'The token is valid but lacks the scope that is needed.',
    },
  },
  'not-found': {
    status: 404,
    title: 'There is nothing at this address',
    explanation: {
      id: 'Tidak ada apa-apa di alamat ini. NIK yang tidak ditemukan bukan kesalahan: jawabannya tetap 200.',
      en: 'There is nothing at this address. A NIK that is not found is no error: it is answered with 200.',
    },
  },
  'method-not-allowed': {
    status: 405,
    title: 'This method is not allowed here',
    explanation: {
      id: 'Metode HTTP ini tidak berlaku di alamat ini; lihat tajuk Allow.',
      en: 'This HTTP method does not apply here; see the Allow header.',
    },
  },
  conflict: {
    status: 409,
    title: 'The request contradicts what is there',
    explanation: {
      id: 'Permintaan bertentangan dengan yang sudah ada: misalnya Idempotency-Key yang sama dengan isi yang berbeda.',
      en: 'The request contradicts what is there: the same Idempotency-Key with another body, for one.',
    },
  },
  'content-too-large': {
    status: 413,
    title: 'The request is too large',
    explanation: { id: 'Isi permintaan melebihi batas.', en: 'The body of the request exceeds the limit.' },
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The media type is not supported',
    explanation: {
      id: 'Jenis isi permintaan tidak didukung; pakai application/json untuk API.',
      en: 'The media type of the body is not supported; use application/json for the API.',
    },
  },
  invalid: {
    status: 422,
    title: 'Some fields are not valid',
    explanation: {
      id: 'Sebagian isian tidak sah. Setiap kesalahan menyebut tempat (pointer) dan kodenya, tidak pernah nilainya.',
      en: 'Some fields are not valid. Each error names its place (pointer) and code, never the value.',
    },
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    explanation: {
      id: 'Terlalu banyak permintaan. Coba lagi setelah waktu pada tajuk Retry-After.',
      en: 'Too many requests. Try again after the time in the Retry-After header.',
    },
  },
  internal: {
    status: 500,
    title: 'Something went wrong here',
    explanation: {
      id: 'Terjadi kesalahan di pihak kami. Ini tidak mengatakan apa pun tentang penduduk yang ditanyakan.',
      en: 'Something went wrong on our side. It says nothing about the resident asked for.',
    },
  },
  unavailable: {
    status: 503,
    title: 'No answer can be had now',
    explanation: {
      id: 'Jawaban belum dapat diberikan saat ini. Ini bukan berarti data tidak ditemukan. Coba lagi setelah waktu pada tajuk Retry-After.',
      en: 'No answer can be had now. It does not mean "not found". Try again after the time in the Retry-After header.',
    },
  },
} as const;

export type ProblemSlug = keyof typeof PROBLEMS;
/** What is wrong, and where: a JSON Pointer (RFC 6901) into the body and a code. Never the value. */
export type FieldError = { pointer: string; code: string };

/** An error that a route answers with. */
export class Problem extends Error {
  readonly slug: ProblemSlug;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  constructor(slug: ProblemSlug, errors: readonly FieldError[] = [], headers: Record<string, string> = {}) {
    super(PROBLEMS[slug].title);
    this.slug = slug;
    this.errors = errors;
    this.headers = headers;
  }
}

/** The problem as `application/problem+json`. */
export function problemResponse(c: Context, { slug, errors, headers }: Problem): Response {
  const { status, title } = PROBLEMS[slug];
  const body = {
    type: `/problems/${slug}`,
    title,
    status,
    instance: c.get('requestId') as string,
    ...(errors.length > 0 ? { errors } : {}),
  };
  return c.body(JSON.stringify(body), status, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...headers,
  });
}
