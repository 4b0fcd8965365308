import { createHash, timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { CopyState } from '../registry/readiness.ts';
import type { Env } from './env.ts';
import { Problem } from './problem.ts';

/** Upper bounds of buckets: seconds, and questions that share a statement. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const GROUP_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256];

export type Metrics = {
  /** Labels are patterns and names of ours, never what a client sent. */
  request(method: string, route: string, status: number, seconds: number): void;
  /** Questions that shared one statement. */
  groupSize(size: number): void;
  /** In the Prometheus text format 0.0.4. */
  text(copies: readonly CopyState[]): string;
};

/** Counters of this process (on Workers: of this isolate), from when it began. No I/O, no clock. */
export function createMetrics(): Metrics {
  const requests = new Map<string, number>();
  const durations = new Map<string, Histogram>();
  const groups = createHistogram(GROUP_SIZES);
  return {
    request(method, route, status, seconds) {
      const labels = `method="${method}",route="${route}",status="${status}"`;
      requests.set(labels, (requests.get(labels) ?? 0) + 1);
      const histogram = durations.get(route) ?? createHistogram(SECONDS);
      durations.set(route, histogram);
      histogram.observe(seconds);
    },
    groupSize: groups.observe,
    text: (copies) =>
      [
        ...family('hakpilih_http_requests_total', 'counter', 'Requests by route pattern and status'),
        ...[...requests].map(([labels, count]) => `hakpilih_http_requests_total{${labels}} ${count}`),
        ...family('hakpilih_http_request_duration_seconds', 'histogram', 'Time until the answer begins'),
        ...[...durations].flatMap(([route, { lines }]) =>
          lines('hakpilih_http_request_duration_seconds', `route="${route}"`),
        ),
        ...family('hakpilih_group_size', 'histogram', 'Checks that shared one statement'),
        ...groups.lines('hakpilih_group_size', ''),
        ...family('hakpilih_copy_age_seconds', 'gauge', 'Age of each copy of the registry'),
        ...copies.map(({ source, ageSeconds }) => `hakpilih_copy_age_seconds{source="${source}"} ${ageSeconds}`),
        '',
      ].join('\n'),
  };
}

const family = (name: string, type: string, help: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

type Histogram = { observe(value: number): void; lines(name: string, labels: string): string[] };

function createHistogram(bounds: readonly number[]): Histogram {
  const counts = Array<number>(bounds.length + 1).fill(0);
  let sum = 0;
  return {
    observe(value) {
      const place = bounds.findIndex((bound) => value <= bound);
      counts[place < 0 ? bounds.length : place] = (counts[place < 0 ? bounds.length : place] as number) + 1;
      sum += value;
    },
    lines(name, labels) {
      let below = 0;
      const comma = labels === '' ? '' : ',';
      const buckets = counts.map((count, i) => {
        below += count;
        return `${name}_bucket{${labels}${comma}le="${bounds[i] ?? '+Inf'}"} ${below}`;
      });
      const braced = labels === '' ? '' : `{${labels}}`;
      return [...buckets, `${name}_sum${braced} ${sum}`, `${name}_count${braced} ${below}`];
    },
  };
}

/**
 * Who may read the metrics: who has the token or, where none is set, whoever asks from this machine itself, without a proxy that
 * speaks for others.
 */
export function metricsGuard(token: string | null, addressOf: (c: Context) => string): (c: Context) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  if (token !== null)
    return (c) => timingSafeEqual(digest(`Bearer ${token}`), digest(c.req.header('authorization') ?? ''));
  return (c) =>
    /^(127\.|::1$)/.test(addressOf(c)) &&
    (c.req.header('x-forwarded-for') ?? c.req.header('forwarded')) === undefined;
}

/** `GET /metrics`. Copies that cannot be asked for are left out. */
export function metricsRoutes(
  metrics: Metrics,
  copies: () => Promise<readonly CopyState[]>,
  mayRead: (c: Context<Env>) => boolean,
): Hono<Env> {
  return new Hono<Env>().get('/metrics', async (c) => {
    if (!mayRead(c)) throw new Problem('unauthorized', [], { 'WWW-Authenticate': 'Bearer' });
    return c.body(metrics.text(await copies()), 200, {
      'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
      'Cache-Control': 'no-store',
    });
  });
}
