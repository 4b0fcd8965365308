import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsClient } from 'aws4fetch';
import type { SnapshotStore } from '../snapshot/store.ts';
import type { Environment } from './keys.ts';
import { StartupError } from './startup-error.ts';

export const S3_LIMITS = {
  /** Of one try, its answer included. */
  timeoutMs: 15_000,
  tries: 4,
  /** Before the second try; twice as long before each that follows, less a part by chance. */
  pauseMs: 250,
  /** The most that one request takes away. */
  deletedAtOnce: 1_000,
} as const;

/** A bucket, and who may write into it. */
export type S3Bucket = { url: string; accessKeyId: string; secretAccessKey: string };

/**
 * The bucket of an address, with the keys of the environment. Throws `StartupError`: no address of a bucket, over a way
 * that others can read, or no keys.
 */
export function parseBucket(address: string, env: Environment): S3Bucket {
  const url = URL.parse(address);
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
  const isPlain = url?.origin && address.replace(/\/$/, '') === url.origin + url.pathname.replace(/\/$/, '');
  if (!isPlain || !(url?.protocol === 'https:' || isLocal) || !/^\/[a-z0-9][a-z0-9.-]+\/?$/.test(url.pathname))
    throw new StartupError(
      'A bucket for snapshots must be written as https://ACCOUNT.r2.cloudflarestorage.com/BUCKET',
    );
  const [accessKeyId, secretAccessKey] = [env.AWS_ACCESS_KEY_ID?.trim(), env.AWS_SECRET_ACCESS_KEY?.trim()];
  if (!accessKeyId || !secretAccessKey)
    throw new StartupError('A bucket for snapshots needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  return { url: address.replace(/\/$/, ''), accessKeyId, secretAccessKey };
}

type Request = { method: string; path?: string; headers?: Record<string, string>; body?: string | Uint8Array };
/** `tried`: which try it was. An answer that was lost before it may have told of a write that was done. */
type Answer = { status: number; bytes: Uint8Array; tried: number };

/** The bucket gave no answer, or none that we understand: the code has the status of HTTP, 0 for none. */
class StoreFault extends Error {
  readonly code: string;
  constructor(status: number) {
    super('the bucket cannot be used');
    this.code = `S3_STATUS_${status}`;
  }
}

/** Such an answer may be another one the next time. 409: another write of that name is under way. */
const isPassing = (status: number): boolean => status === 0 || status === 409 || status === 429 || status >= 500;

/**
 * Snapshots in a bucket that speaks the S3 API, as R2 does, at `https://HOST/BUCKET`. Each request has a time limit and
 * is tried again a few times. Rejects with an error that has a `code` and tells neither address nor key.
 */
export function createS3Store(
  { url, ...credentials }: S3Bucket,
  limits: { [Name in keyof typeof S3_LIMITS]: number } = S3_LIMITS,
): SnapshotStore {
  // Its own tries have no time limit and none follows a broken connection, so ours stand in for them.
  const client = new AwsClient({ ...credentials, service: 's3', region: 'auto', retries: 0 });

  const once = async ({ method, path = '', headers, body = '' }: Request): Promise<Omit<Answer, 'tried'>> => {
    const signed = await client.sign(`${url}${path}`, {
      method,
      headers: { ...headers, 'X-Amz-Content-Sha256': createHash('sha256').update(body).digest('hex') },
      body: body === '' ? null : (body as Uint8Array<ArrayBuffer> | string),
      redirect: 'manual',
      signal: AbortSignal.timeout(limits.timeoutMs),
    });
    const response = await fetch(signed);
    return { status: response.status, bytes: await response.bytes() };
  };
  const ask = async (request: Request, accepted: readonly number[]): Promise<Answer> => {
    for (let tried = 1; ; tried += 1) {
      const { status, bytes } = await once(request).catch(() => ({ status: 0, bytes: new Uint8Array() }));
      if (accepted.includes(status)) return { status, bytes, tried };
      if (!isPassing(status) || tried >= limits.tries) throw new StoreFault(status);
      await sleep(limits.pauseMs * 2 ** (tried - 1) * (0.5 + Math.random() / 2));
    }
  };

  const get = async (name: string): Promise<Uint8Array | null> => {
    const { status, bytes } = await ask({ method: 'GET', path: `/${name}` }, [200, 404]);
    return status === 404 ? null : bytes;
  };
  return {
    get,
    async list(prefix) {
      const names: string[] = [];
      let token: string | null = null;
      do {
        const query = new URLSearchParams({ 'list-type': '2', prefix });
        if (token !== null) query.set('continuation-token', token);
        const xml = Buffer.from((await ask({ method: 'GET', path: `?${query}` }, [200])).bytes).toString();
        if (!xml.includes('</ListBucketResult>')) throw new StoreFault(200);
        names.push(...[...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key as string));
        const isCut = xml.includes('<IsTruncated>true</IsTruncated>');
        token = isCut ? nextToken(xml) : null;
      } while (token !== null);
      return names.sort();
    },
    async putNew(name, bytes) {
      const headers = { 'If-None-Match': '*' };
      const { status, tried } = await ask({ method: 'PUT', path: `/${name}`, headers, body: bytes }, [200, 412]);
      if (status === 200) return true;
      // A try whose answer was lost may have been ours: names and bytes of two publishers differ.
      return tried > 1 && Buffer.compare((await get(name)) ?? new Uint8Array(), bytes) === 0;
    },
    async delete(names) {
      for (let first = 0; first < names.length; first += limits.deletedAtOnce) {
        const objects = names
          .slice(first, first + limits.deletedAtOnce)
          .map((name) => `<Object><Key>${name}</Key></Object>`);
        const body = `<Delete><Quiet>true</Quiet>${objects.join('')}</Delete>`;
        const headers = { 'Content-MD5': createHash('md5').update(body).digest('base64') };
        const { bytes } = await ask({ method: 'POST', path: '?delete', headers, body }, [200]);
        if (Buffer.from(bytes).includes('<Error>')) throw new StoreFault(200);
      }
    },
  };
}

function nextToken(xml: string): string {
  const [, token] = /<NextContinuationToken>([^<]+)<\/NextContinuationToken>/.exec(xml) ?? [];
  if (token === undefined) throw new StoreFault(200);
  return token.replaceAll('&amp;', '&');
}
