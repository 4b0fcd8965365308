import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';
import { z } from 'zod';
import { Unavailable } from '../checks/unavailable.ts';
import { HTTP_LIMITS } from './limits.ts';
import type { Env } from './problem.ts';
import { UUID } from './request-id.ts';

/** An event for the operator: codes and the request's id, never a value of a request. */
export type LogEvent =
  | { event: 'unavailable' | 'internal' | 'upstream'; requestId: string; code: string; stack?: string }
  /** `ms` is the time until the answer begins. */
  | { event: 'request'; requestId: string; method: string; route: string; status: number; ms: number };

/** Which lines are written: `requests` one for each request, `errors` only for those that failed on our side. */
export type LogMode = 'requests' | 'errors';
export const logModeOf = (text: string | null | undefined): LogMode => (text === 'requests' ? 'requests' : 'errors');

/** Six digits in a row may be of a number of somebody's. */
const isLike = (text: string, form: RegExp): boolean => form.test(text) && !/[0-9]{6}/.test(text);
const isFrame = (text: string): boolean =>
  isLike(text, /^(async |new )?([\w$.<>#]{1,80} )?\(?[\w@.:/-]{1,120}:\d+:\d+\)?$/);
const like = (form: RegExp) => z.string().refine((text) => isLike(text, form));
/** What is not in its form is left out. */
const orNone = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);
const word = orNone(like(/^\w{1,40}$/));
const tenths = (value: number): number => Math.round(value * 10) / 10;
const number = orNone(z.number().min(0).lt(1_000_000).transform(tenths));
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'OTHER'];

/** All that may be written, and what each field may hold. */
const ALLOWED = z.object({
  event: word,
  requestId: orNone(z.string().regex(UUID)),
  code: word,
  stack: orNone(z.string().refine((text) => text.split(' | ').every(isFrame))),
  method: z.enum(METHODS).optional().catch('OTHER'),
  route: orNone(like(/^(none|\/[\w./:{}*-]{0,80})$/)),
  status: number,
  ms: number,
});

/** An event as it is written: only fields named above, only in their own form. Null where the mode leaves it out. */
export function lineOf(event: LogEvent, mode: LogMode) {
  const failed = event.event !== 'request' || event.status >= 500;
  if (!failed && mode === 'errors') return null;
  return { level: failed ? ('error' as const) : ('info' as const), ...ALLOWED.parse(event) };
}

/** What is told of a fault. Messages of drivers and validators hold values: no more than class and frames. */
export function faultEvent(requestId: string, error: unknown): LogEvent {
  if (error instanceof Unavailable) return { event: 'unavailable', requestId, code: error.code };
  const code = error instanceof Error ? error.constructor.name : 'UNKNOWN';
  return { event: 'internal', requestId, code, stack: framesOf(error) };
}

/** The lines behind the message; of paths outside `src` and `node_modules` the name. */
function framesOf(error: unknown): string {
  const { stack = '', message = '' } = error instanceof Error ? error : {};
  const from = stack.indexOf(message);
  return (from < 0 ? '' : stack.slice(from + message.length))
    .split('\n')
    .map((line) => line.replace(/^\s+at /, '').replace(/(file:\/\/)?[^\s(]*?\/(?=(src|node_modules)\/|[^/]+$)/, ''))
    .filter(isFrame)
    .slice(0, HTTP_LIMITS.maxFrames)
    .join(' | ');
}

/** A log of JSON lines for a runtime without files; of the same shape as that of the Node server. */
export function createLog(mode: LogMode, write: (line: string) => void, now: () => number) {
  return (event: LogEvent): void => {
    const line = lineOf(event, mode);
    if (line === null) return;
    const { level, ...rest } = line;
    write(JSON.stringify({ level, time: new Date(now()).toISOString(), ...rest }));
  };
}

/** The pattern of the route that a request came to, as it was registered: never the path; or `none`. */
export const routeOf = (c: Context<Env>): string =>
  matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? 'none';

/** The method, where it is one of HTTP's own: a client may send any word. */
export const methodOf = ({ req }: Context): string => (METHODS.includes(req.method) ? req.method : 'OTHER');
