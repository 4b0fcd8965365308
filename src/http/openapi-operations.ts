import type { Scope } from '../access/grant.ts';
import { ANSWERS, BULK, QUESTIONS } from './openapi-examples.ts';
import type { ProblemSlug } from './problem.ts';

/** What a request or an answer holds: the name of a schema, or a text, with an example. */
type Media = { schema?: string; lines?: string; examples: Record<string, { summary?: string; value: unknown }> };
export type Content = Record<string, Media>;

/** One operation as the document tells it. `scope` null: open to everybody. */
export type Operation = {
  method: 'get' | 'post' | 'delete';
  path: string;
  id: string;
  tag: keyof typeof TAGS;
  summary: string;
  description?: string;
  scope: Scope | null;
  /** Counts against the client's quota and says what is left. */
  limited?: true;
  /** Names of path parameters, with an example. */
  parameters?: Record<string, string>;
  body?: Content;
  query?: Record<string, { description: string; schema: object }>;
  /** Where it may be asked again without being done twice. */
  idempotent?: true;
  /** The answer says where to find what was made. */
  located?: true;
  answer: Content;
  /** Of the answer, where it is not 200. */
  status?: number;
  /** Also with this status: the same content. */
  alsoStatus?: number;
  problems: readonly ProblemSlug[];
};

export const TAGS = {
  checks: 'What the registry says of a resident, and what that means for the election',
  lists: 'Voter lists that a client follows instead of asking for each voter time and again',
  audit: 'What was asked, sealed so that a change shows',
  operations: 'Whether the service runs, and how',
  pages: 'Pages for people, in Indonesian and English (`?lang=`, Accept-Language)',
} as const;

export const one = (value: unknown): Media['examples'] => ({ example: { value } });
const html: Content = { 'text/html': { examples: one('<!doctype html>…') } };
/** What any question with a token may meet. */
export const TOKEN: readonly ProblemSlug[] = ['unauthorized', 'forbidden', 'unavailable'];

/** Every operation of the service, in the order of the document. */
export const OPERATIONS: readonly Operation[] = [
  {
    method: 'post',
    path: '/v1/checks',
    id: 'check',
    tag: 'checks',
    summary: 'Check one resident',
    description:
      'A NIK that is not found, or outside the region of the token, is answered with 200, UNDETERMINED and the reason NOT_FOUND.',
    scope: 'check',
    limited: true,
    body: { 'application/json': { schema: 'CheckRequest', examples: QUESTIONS } },
    answer: { 'application/json': { schema: 'Answer', examples: ANSWERS } },
    problems: [
      'bad-request',
      'content-too-large',
      'unsupported-media-type',
      'invalid',
      'too-many-requests',
      ...TOKEN,
    ],
  },
  {
    method: 'post',
    path: '/v1/checks/bulk',
    id: 'checkBulk',
    tag: 'checks',
    summary: 'Check many residents',
    description:
      'A line for a line, in order and in the format of the request (gzip may be used), from one state of the registry. A table may have its header, under any name that an import knows (`nik`, `nama`, `no_kk`, `nkk` …), among its first 20 lines, and cells parted by comma, semicolon, bar or tab; lines that are no rows have no line in the answer and are counted in the summary. Where another table begins, all lines from there on have the error HEADER_CHANGED or DELIMITER_CHANGED. A whole answer ends with its summary: without it, it was broken off.',
    scope: 'bulk',
    body: {
      'application/x-ndjson': { lines: 'BulkQuestion', examples: one(BULK.question) },
      'text/csv': { examples: one(BULK.csvQuestion) },
    },
    answer: {
      'application/x-ndjson': { lines: 'BulkLine', examples: one(BULK.answer) },
      'text/csv': { examples: one(BULK.csvAnswer) },
    },
    problems: ['bad-request', 'content-too-large', 'unsupported-media-type', ...TOKEN],
  },
  {
    method: 'get',
    path: '/v1/audit/checkpoint',
    id: 'auditCheckpoint',
    tag: 'audit',
    summary: 'The last checkpoint of the audit',
    scope: 'audit',
    answer: {
      'application/json': { schema: 'AuditState', examples: one({ checkpoint: null, sealed: null, unsealed: 0 }) },
    },
    problems: TOKEN,
  },
  {
    method: 'get',
    path: '/healthz',
    id: 'health',
    tag: 'operations',
    summary: 'The process answers',
    scope: null,
    answer: { 'application/json': { schema: 'Health', examples: one({ status: 'ok' }) } },
    problems: [],
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'readiness',
    tag: 'operations',
    summary: 'So do its parts: database, migrations, key, and the copies with their age',
    scope: null,
    alsoStatus: 503,
    answer: {
      'application/json': {
        schema: 'Readiness',
        examples: one({ status: 'ready', database: 'ok', migrations: 'ok', key: 'ok', copies: [] }),
      },
    },
    problems: [],
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'metrics',
    tag: 'operations',
    summary: 'Figures of this process in the Prometheus text format 0.0.4',
    scope: null,
    answer: {
      'text/plain': { examples: one('hakpilih_http_requests_total{method="GET",route="/healthz",status="200"} 1\n') },
    },
    problems: ['unauthorized'],
  },
  {
    method: 'get',
    path: '/.well-known/jwks.json',
    id: 'keys',
    tag: 'operations',
    summary: 'The public keys of tokens and signatures (RFC 7517)',
    scope: null,
    answer: { 'application/json': { schema: 'Jwks', examples: one({ keys: [] }) } },
    problems: [],
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'document',
    tag: 'operations',
    summary: 'This document',
    scope: null,
    answer: { 'application/json': { examples: one({ openapi: '3.1.0' }) } },
    problems: [],
  },
  {
    method: 'get',
    path: '/docs',
    id: 'documentPage',
    tag: 'pages',
    summary: 'This document as a page, with the residents of the sandbox',
    scope: null,
    answer: html,
    problems: [],
  },
  {
    method: 'get',
    path: '/',
    id: 'selfCheckForm',
    tag: 'pages',
    summary: 'The form for a resident who checks himself',
    scope: null,
    answer: html,
    problems: [],
  },
  {
    method: 'post',
    path: '/',
    id: 'selfCheck',
    tag: 'pages',
    summary: 'The answer to the form',
    description:
      'Errors are pages for who accepts `text/html`, else problems. 429 with the code PROOF_NEEDED at `/altcha`: the site is busy, and the question was not looked at for want of a proof of work that is valid and was not used before.',
    scope: null,
    body: {
      'application/x-www-form-urlencoded': {
        schema: 'SelfCheckForm',
        examples: one({ nik: '3201011403859001', second: 'ASEP HIDAYAT' }),
      },
    },
    answer: html,
    problems: [
      'forbidden',
      'content-too-large',
      'unsupported-media-type',
      'invalid',
      'too-many-requests',
      'unavailable',
    ],
  },
  {
    method: 'get',
    path: '/favicon.ico',
    id: 'icon',
    tag: 'pages',
    summary: 'The icon of the pages',
    scope: null,
    answer: { 'image/svg+xml': { examples: one('<svg xmlns="http://www.w3.org/2000/svg">…</svg>') } },
    problems: [],
  },
  {
    method: 'get',
    path: '/robots.txt',
    id: 'robots',
    tag: 'pages',
    summary: 'What search engines may read',
    scope: null,
    answer: { 'text/plain': { examples: one('User-agent: *\n') } },
    problems: [],
  },
  {
    method: 'get',
    path: '/proof.js',
    id: 'proofScript',
    tag: 'pages',
    summary: 'The script of the form, which only pages that ask a proof of work load',
    scope: null,
    answer: { 'text/javascript': { examples: one('(function () {…})();') } },
    problems: [],
  },
  {
    method: 'get',
    path: '/problems/{slug}',
    id: 'problemPage',
    tag: 'pages',
    summary: 'What a type of problem means',
    scope: null,
    parameters: { slug: 'invalid' },
    alsoStatus: 404,
    answer: html,
    problems: [],
  },
];
