const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Limits of tokens, clients and keys, together: units are in the names. */
export const ACCESS_LIMITS = {
  /** Of the `Authorization` header, its scheme included. */
  maxTokenChars: 4_096,
  maxClientNameChars: 64,
  /** A full cache of tokens that are all valid starts anew rather than growing. */
  maxCachedTokens: 10_000,
  /** Then a token is verified anew: its key may have been withdrawn, or its time of grace be over. */
  reverifyMs: 5 * MINUTE_MS,
  maxKeys: 64,
  /** After polling day, too, rotation must not cut off the tokens of the day. */
  graceMs: DAY_MS,
  /** A provider's keys: how long it may take to send them, and how often it is asked for one that is not known. */
  jwksTimeoutMs: 3_000,
  jwksCooldownMs: 30_000,
  /** Then they are read again. As a verified token is remembered as long, a withdrawn key serves ten minutes. */
  jwksRereadMs: 5 * MINUTE_MS,
  /** So long keys serve that cannot be read again, while the provider is away. */
  jwksKeptMs: DAY_MS,
} as const;
