import type { Context, MiddlewareHandler } from 'hono';
import { createShares } from '../checks/shares.ts';
import type { Env } from './env.ts';
import { HTTP_LIMITS } from './limits.ts';
import { Problem } from './problem.ts';

/** Lets requests of a kind in, or answers them with `refuse` where there are too many. */
export type Enter = (
  kind: keyof typeof HTTP_LIMITS.rooms,
  refuse: (c: Context<Env>) => Response | Promise<Response>,
) => MiddlewareHandler;

type Room = { atOnce: number; waiting: number; perAddress: number };

/** How a listener hears that a request was one too many. */
export type ShedEnv = { shed?: () => void };

/** "Come again": of what is too much at once, and no fault of ours. It is counted, but no line of the log is written for it. */
export function tooMuch(c: Context<Env>): Problem {
  shed(c);
  return new Problem('unavailable', [{ pointer: '', code: 'TOO_MANY_AT_ONCE' }], {
    'Retry-After': String(HTTP_LIMITS.retryAfterSeconds),
  });
}

function shed(c: Context<Env>): void {
  c.set('isShed', true);
  (c.env as ShedEnv | undefined)?.shed?.();
}

/**
 * Keeps one kind of request from taking what the others need: so many at once, a few that wait, and of both no more than its
 * share for one address. `refuse` answers the rest at once.
 */
export function room(
  { atOnce, waiting, perAddress }: Room,
  addressOf: (c: Context<Env>) => string,
  refuse: (c: Context<Env>) => Response | Promise<Response>,
): MiddlewareHandler<Env> {
  const take = createShares({ each: perAddress, all: atOnce + waiting });
  const queue: (() => void)[] = [];
  let inside = 0;
  return async function enterRoom(c, next) {
    const leave = take(addressOf(c));
    if (leave === null) {
      shed(c);
      return await refuse(c);
    }
    if (inside < atOnce) inside += 1;
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      return await next();
    } finally {
      leave();
      const following = queue.shift();
      // The place goes from hand to hand.
      if (following === undefined) inside -= 1;
      else following();
    }
  };
}
