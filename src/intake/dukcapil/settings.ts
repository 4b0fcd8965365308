import { z } from 'zod';

/** In clear text only to this machine or into a private network: the ministry gives access by VPN. */
const PRIVATE = String.raw`localhost|(127|10)(\.\d+){3}|192\.168(\.\d+){2}|172\.(1[6-9]|2\d|3[01])(\.\d+){2}`;
const URL_FORM = new RegExp(`^(https://[^@/]+|http://(${PRIVATE})(:\\d+)?)/`);

const text = z.string().min(1);
const settings = z.strictObject({
  /** `https://…/dukcapil/get_json/<consumer>/CALL_NIK` (V). */
  url: z.url().regex(URL_FORM),
  user: text,
  password: text,
  /** The address that was agreed for this caller. */
  ip: text,
  /** How the request spells its keys: it differs per agreement, `NIK`, `userId`, `ip_address` (V). */
  keys: z.partialRecord(z.enum(['nik', 'user', 'password', 'ip']), text).default({}),
  /** Calls a day, all processes together; 200,000 for a user in 2018 (V). */
  perDay: z.int().min(1).max(2_000_000_000).default(200_000),
});

/** How the Dukcapil web service is reached. */
export type UpstreamSettings = z.infer<typeof settings>;

/** Reads `HAKPILIH_UPSTREAM`. Throws Error with one line, which holds nothing of it. */
export function parseUpstream(json: string | null): UpstreamSettings | null {
  if (json === null) return null;
  try {
    return settings.parse(JSON.parse(json));
  } catch {
    throw new Error('HAKPILIH_UPSTREAM must be a JSON object {url, user, password, ip, keys, perDay}: see README.md');
  }
}
