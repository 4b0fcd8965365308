import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import type { CopyState } from '../registry/readiness.ts';

/** Upper bounds of buckets: seconds, and questions that share a statement. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, Infinity];
const GROUP_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, Infinity];

export type Metrics = ReturnType<typeof createMetrics>;

/** Counters of this process (on Workers: of this isolate), from when it began. No I/O, no clock. */
export function createMetrics() {
  const requests = new Map<string, number>();
  const durations = new Map<string, Histogram>();
  const groups = createHistogram('hakpilih_group_size', [], GROUP_SIZES);
  return {
    /** Labels are patterns and names of ours, never what a client sent. */
    request(method: string, route: string, status: number, seconds: number): void {
      const labels = `method="${method}",route="${route}",status="${status}"`;
      requests.set(labels, (requests.get(labels) ?? 0) + 1);
      let ofRoute = durations.get(route);
      if (ofRoute === undefined) {
        ofRoute = createHistogram('hakpilih_http_request_duration_seconds', [`route="${route}"`], SECONDS);
        durations.set(route, ofRoute);
      }
      ofRoute.observe(seconds);
    },
    /** Questions that shared one statement. */
    groupSize: groups.observe,
    /** In the Prometheus text format 0.0.4. */
    text: (copies: readonly CopyState[]): string =>
      [
        ...family('hakpilih_http_requests_total', 'counter', 'Requests by route pattern and status'),
        ...[...requests].map(([labels, count]) => sample('hakpilih_http_requests_total', [labels], count)),
        ...family('hakpilih_http_request_duration_seconds', 'histogram', 'Time until the answer begins'),
        ...[...durations.values()].flatMap(({ lines }) => lines()),
        ...family('hakpilih_group_size', 'histogram', 'Checks that shared one statement'),
        ...groups.lines(),
        ...family('hakpilih_copy_age_seconds', 'gauge', 'Age of each copy of the registry'),
        ...copies.map((copy) => sample('hakpilih_copy_age_seconds', [`source="${copy.source}"`], copy.ageSeconds)),
        '',
      ].join('\n'),
  };
}

const family = (name: string, type: string, help: string) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
const sample = (name: string, labels: readonly string[], value: number): string =>
  `${name}${labels.length > 0 ? `{${labels.join()}}` : ''} ${value}`;

type Histogram = ReturnType<typeof createHistogram>;

/** The last bound is infinite. */
function createHistogram(name: string, labels: readonly string[], bounds: readonly number[]) {
  const counts = bounds.map(() => 0);
  let sum = 0;
  return {
    observe(value: number): void {
      const bucket = bounds.findIndex((bound) => value <= bound);
      counts[bucket] = (counts[bucket] as number) + 1;
      sum += value;
    },
    lines(): string[] {
      let below = 0;
      const buckets = bounds.map((bound, i) => {
        below += counts[i] as number;
        return sample(`${name}_bucket`, [...labels, `le="${bound === Infinity ? '+Inf' : bound}"`], below);
      });
      return [...buckets, sample(`${name}_sum`, labels, sum), sample(`${name}_count`, labels, below)];
    },
  };
}

/**
 * Who may read the metrics: who has the token or, where none is set, whoever asks from this machine itself, without a
 * proxy that speaks for others.
 */
export function metricsGuard(token: string | null, addressOf: (c: Context) => string): (c: Context) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  if (token !== null)
    return (c) => timingSafeEqual(digest(`Bearer ${token}`), digest(c.req.header('authorization') ?? ''));
  return (c) =>
    /^(127\.|::1$)/.test(addressOf(c)) &&
    (c.req.header('x-forwarded-for') ?? c.req.header('forwarded')) === undefined;
}
