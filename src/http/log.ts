import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import { Unavailable } from '../checks/unavailable.ts';
import type { Env } from './env.ts';

/** An event for the operator: codes and the request's id, never a value of a request. */
export type LogEvent =
  | { event: 'unavailable' | 'internal'; requestId: string; code: string; stack?: string }
  | ({ event: 'request'; requestId: string } & RequestLine);
/** `ms` is the time until the answer begins. */
type RequestLine = { method: string; route: string; status: number; ms: number };

export type LogLine = { level: 'info' | 'error' } & Record<string, string | number>;

/** Which lines are written: `requests` one for each request, `errors` only for those that failed on our side. */
export type LogMode = 'requests' | 'errors';
export const logModeOf = (text: string | null | undefined): LogMode => (text === 'requests' ? 'requests' : 'errors');

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** Six digits in a row may be of a number of somebody's. */
const like =
  (form: RegExp) =>
  (value: unknown): string | undefined =>
    typeof value === 'string' && form.test(value) && !/[0-9]{6}/.test(value) ? value : undefined;
const frameLike = like(/^(async |new )?([\w$.<>#]{1,80} )?\(?[\w@.:/-]{1,120}:\d+:\d+\)?$/);
const word = like(/^\w{1,40}$/);
const number = (value: unknown): number | undefined =>
  typeof value === 'number' && value >= 0 && value < 1_000_000 ? Math.round(value * 10) / 10 : undefined;
const uuid = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value) ? value : undefined;

/** All that may be written, and what each field may hold. */
const ALLOWED: Record<string, (value: unknown) => string | number | undefined> = {
  event: word,
  requestId: uuid,
  code: word,
  stack: (value) =>
    typeof value === 'string' && value.split(' | ').every((frame) => frameLike(frame)) ? value : undefined,
  method: (value) => (METHODS.includes(value as string) ? (value as string) : 'OTHER'),
  route: like(/^(none|\/[\w./:{}*-]{0,80})$/),
  status: number,
  ms: number,
};

/** An event as it is written: only fields named above pass, and only in their own form. Null where the mode leaves it out. */
export function lineOf(event: LogEvent, mode: LogMode): LogLine | null {
  const failed = event.event !== 'request' || event.status >= 500;
  if (!failed && mode === 'errors') return null;
  const line: LogLine = { level: failed ? 'error' : 'info' };
  for (const [name, read] of Object.entries(ALLOWED)) {
    if (!Object.hasOwn(event, name)) continue;
    const value = read((event as Record<string, unknown>)[name]);
    if (value !== undefined) line[name] = value;
  }
  return line;
}

/** What is told of a fault. Messages of drivers and validators hold values: the class and the frames of the stack, no more. */
export function faultEvent(requestId: string, error: unknown): LogEvent {
  if (error instanceof Unavailable) return { event: 'unavailable', requestId, code: error.code };
  const code = error instanceof Error ? error.constructor.name : 'UNKNOWN';
  return { event: 'internal', requestId, code, stack: framesOf(error) };
}

const MAX_FRAMES = 12;

/** The lines behind the message; of paths outside `src` and `node_modules` the name. */
function framesOf(error: unknown): string {
  const { stack = '', message = '' } = error instanceof Error ? error : {};
  const from = stack.indexOf(message);
  return (from < 0 ? '' : stack.slice(from + message.length))
    .split('\n')
    .map((line) => line.replace(/^\s+at /, '').replace(/(file:\/\/)?[^\s(]*?\/(?=(src|node_modules)\/|[^/]+$)/, ''))
    .filter((frame) => frameLike(frame) !== undefined)
    .slice(0, MAX_FRAMES)
    .join(' | ');
}

/** A log of JSON lines for a runtime without files; of the same shape as that of the Node server. */
export function createLog(
  mode: LogMode,
  write: (line: string) => void,
  now: () => number,
): (event: LogEvent) => void {
  return (event) => {
    const line = lineOf(event, mode);
    if (line === null) return;
    const { level, ...rest } = line;
    write(JSON.stringify({ level, time: new Date(now()).toISOString(), ...rest }));
  };
}

/** The pattern of the route that a request came to, as it was registered: never the path. `none` where there is none. */
export const routeOf = (c: Context<Env>): string =>
  matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? 'none';

/** The method, where it is one of HTTP's own: a client may send any word. */
export const methodOf = (c: Context<Env>): string => ALLOWED.method?.(c.req.method) as string;
