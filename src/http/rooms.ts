import type { Context, MiddlewareHandler } from 'hono';
import { createShares } from '../checks/shares.ts';
import { HTTP_LIMITS } from './limits.ts';
import { type Env, Problem } from './problem.ts';

type Refuse = (c: Context<Env>) => Response | Promise<Response>;

/** Lets requests of a kind in, or answers them with `refuse` where there are too many. */
export type Enter = (kind: keyof typeof HTTP_LIMITS.rooms, refuse: Refuse) => MiddlewareHandler;

/** How a listener hears that a request was one too many. */
export type ShedEnv = { shed?: () => void };

/** "Come again", where too much is asked at once: no fault of ours, so it is counted and not logged. */
export function tooMuch(c: Context<Env>): Problem {
  shed(c);
  return new Problem('unavailable', 'TOO_MANY_AT_ONCE', { 'Retry-After': String(HTTP_LIMITS.retryAfterSeconds) });
}

function shed(c: Context<Env>): void {
  c.set('isShed', true);
  (c.env as ShedEnv | undefined)?.shed?.();
}

/**
 * Keeps one kind of request from taking what the others need: so many at once, a few that wait, and of both no more
 * than its share for one address. `refuse` answers the rest at once.
 */
export function room(
  { atOnce, waiting, perAddress }: { atOnce: number; waiting: number; perAddress: number },
  addressOf: (c: Context<Env>) => string,
  refuse: Refuse,
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
