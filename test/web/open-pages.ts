import { Hono } from 'hono';
import type { Answer } from '../../src/checks/answer.ts';
import type { SelfCheckOutcome, SelfCheckQuestion } from '../../src/checks/self-check.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { Problem, problemResponse } from '../../src/http/problem.ts';
import type { ServiceStatus } from '../../src/snapshot/status.ts';
import { createPages } from '../../src/web/pages.ts';
import type { WebDependencies } from '../../src/web/replies.ts';
import { document } from '../support/bare-app.ts';
import { answerFor } from './answers.ts';

export const NIK = '3201011708459001';
const PROBLEMS = {
  invalid: {
    status: 422,
    title: 'Some fields are not valid',
    explanation: { id: 'Sebagian isian tidak sah.', en: 'Not valid.' },
  },
};

export type Options = Partial<WebDependencies> & { outcome?: SelfCheckOutcome; requestId?: string };

/** The pages behind an outer app, as the service mounts them, over a self-check that gives one outcome. */
export function openPages({ outcome = { kind: 'WRONG' }, requestId = 'request-1', ...dependencies }: Options = {}) {
  const questions: SelfCheckQuestion[] = [];
  const app = new Hono<{ Variables: { requestId: string } }>();
  app.use(async (c, next) => {
    c.set('requestId', requestId);
    await next();
  });
  app.route(
    '/',
    createPages({
      election: PILKADA_2018,
      selfCheck: async (question) => {
        questions.push(question);
        return outcome;
      },
      proofForForm: async () => null,
      sampleDate: async () => null,
      status: async () => STATUS,
      embedders: [],
      enter: () => (_, next) => next(),
      broken: (_, error) => {
        throw error;
      },
      clientAddress: () => '192.0.2.1',
      problems: PROBLEMS,
      document,
      problem: (c, slug, errors, headers) => problemResponse(c, new Problem(slug, errors, headers)),
      ...dependencies,
    }),
  );
  /** As a browser posts, which says that it takes pages. */
  const post = (
    body: string,
    path = '/',
    type = 'application/x-www-form-urlencoded',
    accept = 'text/html,*/*;q=0.8',
  ) => app.request(path, { method: 'POST', headers: { 'Content-Type': type, Accept: accept }, body });
  const ask = (nik = NIK, second = 'Siti Aminah', path = '/') =>
    post(new URLSearchParams({ nik, second }).toString(), path);
  const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers });
  return { get, post, ask, questions };
}

export const answered = (answer: Answer = answerFor()): SelfCheckOutcome => ({
  kind: 'ANSWER',
  answer,
  sampleDate: null,
});

/** All is well, and nothing happened. */
export const STATUS: ServiceStatus = {
  answers: 'DATABASE',
  copies: [],
  database: { lastContactMs: Date.parse('2018-01-13T08:00:00+07:00'), outSinceMs: null },
  upstream: null,
  snapshot: { publishedAtMs: Date.parse('2018-01-12T18:00:00+07:00'), lastCopy: 1, refused: [] },
  outages: [],
};
