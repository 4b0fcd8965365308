import { expect, it } from 'vitest';
import { createLog, type LogEvent, lineOf } from '../../src/http/log.ts';
import { createMetrics } from '../../src/http/metrics.ts';

const ID = '0160e9b4-8d00-7000-8000-000000000000';
const NIK = '3201011403859001';
const REQUEST = {
  event: 'request',
  requestId: ID,
  method: 'POST',
  route: '/v1/checks',
  status: 200,
  ms: 1.234,
} as const;

it('a line of the log holds the fields that are allowed, and no other', () => {
  const stuffed = {
    ...REQUEST,
    path: `/v1/checks?nik=${NIK}`,
    query: NIK,
    body: { nik: NIK },
    headers: { authorization: NIK },
    error: new Error(NIK),
    message: NIK,
    stack: NIK,
    toJSON: () => NIK,
  };
  expect(lineOf(stuffed as LogEvent, 'requests')).toEqual({ level: 'info', ...REQUEST, ms: 1.2 });
});

it('a field that is allowed holds nothing that it should not', () => {
  const values = [
    NIK,
    `/v1/checks/${NIK}`,
    'SITI AMINAH',
    'duplicate key value (nik)=(1)',
    { nik: NIK },
    [NIK],
    Number(NIK),
    new Error(NIK),
  ];
  for (const field of Object.keys({ ...REQUEST, code: '' })) {
    for (const value of values) {
      const line = JSON.stringify(lineOf({ ...REQUEST, status: 500, [field]: value } as LogEvent, 'requests'));
      expect(line, field).not.toMatch(/320101|SITI|duplicate/);
    }
  }
});

it('a method that is none of HTTP’s own is written as OTHER', () => {
  expect(lineOf({ ...REQUEST, method: 'SITI' }, 'requests')).toMatchObject({ method: 'OTHER' });
});

it('errors are always written, requests only where they are asked for', () => {
  expect(lineOf(REQUEST, 'errors')).toBeNull();
  expect(lineOf({ ...REQUEST, status: 503 }, 'errors')).toMatchObject({ level: 'error', status: 503 });
  expect(lineOf({ event: 'unavailable', requestId: ID, code: '57P01' }, 'errors')).toMatchObject({
    level: 'error',
    code: '57P01',
  });
});

it('a log without files writes JSON with the time, the level and the same fields', () => {
  const lines: string[] = [];
  createLog(
    'requests',
    (line) => lines.push(line),
    () => 0,
  )(REQUEST);
  expect(lines).toEqual([JSON.stringify({ level: 'info', time: '1970-01-01T00:00:00.000Z', ...REQUEST, ms: 1.2 })]);
});

it('figures add up in the text that Prometheus reads', () => {
  const metrics = createMetrics();
  metrics.request('POST', '/v1/checks', 200, 0.002);
  metrics.request('POST', '/v1/checks', 200, 9);
  metrics.groupSize(3);
  const text = metrics.text([{ source: '32.01', asOf: '', fullAsOf: null, ageSeconds: 60 }]);
  expect(text).toContain('hakpilih_http_requests_total{method="POST",route="/v1/checks",status="200"} 2\n');
  expect(text).toContain('hakpilih_http_request_duration_seconds_bucket{route="/v1/checks",le="0.0025"} 1\n');
  expect(text).toContain('hakpilih_http_request_duration_seconds_bucket{route="/v1/checks",le="+Inf"} 2\n');
  expect(text).toContain('hakpilih_http_request_duration_seconds_sum{route="/v1/checks"} 9.002\n');
  expect(text).toContain('hakpilih_group_size_bucket{le="4"} 1\n');
  expect(text).toContain('hakpilih_group_size_count 1\n');
  expect(text).toContain('hakpilih_copy_age_seconds{source="32.01"} 60\n');
  for (const line of text.trimEnd().split('\n')) {
    expect(line).toMatch(/^(# (HELP|TYPE) hakpilih_\w+ .+|hakpilih_\w+(\{(\w+="[^"]*",?)+\})? [0-9.e+-]+)$/);
  }
});
