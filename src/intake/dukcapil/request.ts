import type { Nik } from '../../core/nik.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { UpstreamSettings } from './settings.ts';

/** What a request needs of the world. */
type World = { fetch: typeof fetch; timeoutMs: number };

/** An answer is some 2 KB; of a longer one no more is read, so that it is no JSON. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Asks the web service for one resident: the text of its answer, which is still to be judged. `TIMEOUT`: it did not
 * come whole within `timeoutMs`; `REFUSED`: no connection, one that broke off, or a status other than 200, which
 * every answer has (V).
 */
export async function residentRequest(
  { url, user, password, ip, keys }: UpstreamSettings,
  nik: Nik,
  { fetch, timeoutMs }: World,
): Promise<Result<string, 'TIMEOUT' | 'REFUSED'>> {
  const signal = AbortSignal.timeout(Math.max(0, Math.floor(timeoutMs)));
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ [keys.nik]: nik, [keys.user]: user, [keys.password]: password, [keys.ip]: ip }),
      redirect: 'manual',
      signal,
    });
    if (response.status === 200) return ok(await textOf(response));
    await response.body?.cancel();
    return fail('REFUSED');
  } catch {
    // Whatever it throws names the address at most; a bug of ours would show in every answer.
    return fail(signal.aborted ? 'TIMEOUT' : 'REFUSED');
  }
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
