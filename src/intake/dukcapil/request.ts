import type { Nik } from '../../core/nik.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { UpstreamSettings } from './settings.ts';

/** An answer is some 2 KB; of a longer one no more is read, and it is no JSON then. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Asks the web service for one resident: the text of its answer, which is still to be judged. `TIMEOUT`: it was not
 * there whole in time; `REFUSED`: no connection, a broken one, or a status other than 200, which every answer has (V).
 */
export async function residentRequest(
  { url, user, password, ip, keys }: UpstreamSettings,
  nik: Nik,
  { fetch: ask, timeoutMs }: { fetch: typeof fetch; timeoutMs: number },
): Promise<Result<string, 'TIMEOUT' | 'REFUSED'>> {
  const names = { nik: 'nik', user: 'user_id', password: 'password', ip: 'ip_user', ...keys };
  const question = { [names.nik]: nik, [names.user]: user, [names.password]: password, [names.ip]: ip };
  const headers = { 'Content-Type': 'application/json' };
  const signal = AbortSignal.timeout(Math.max(0, Math.floor(timeoutMs)));
  try {
    const body = JSON.stringify(question);
    const response = await ask(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    if (response.status === 200) return ok(await textOf(response));
    await response.body?.cancel();
  } catch {
    if (signal.aborted) return fail('TIMEOUT');
  }
  return fail('REFUSED');
}

async function textOf({ body }: Response): Promise<string> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of body ?? []) {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.byteLength > MAX_BODY_BYTES) break;
  }
  return bytes.toString('utf8', 0, MAX_BODY_BYTES);
}
