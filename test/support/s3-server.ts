import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const BUCKET = 'snapshots';
export const S3_KEYS = { accessKeyId: 'AKTEST', secretAccessKey: 'secret-of-the-test' };

/** What becomes of the next requests, in turn: a status, a broken connection before or after the work, no answer, an answer cut short. */
export type S3Fault = number | 'RESET' | 'RESET_AFTER' | 'HANG' | 'CUT';

export type S3Server = {
  url: string;
  files: Map<string, Buffer>;
  faults: S3Fault[];
  /** `METHOD path?query` of each request. */
  asked: string[];
  close(): Promise<void>;
};

/**
 * A bucket over HTTP as R2 has it: signed requests (AWS Signature Version 4, worked out here by its own text), conditional
 * put, ListObjectsV2 by pages, DeleteObjects.
 */
export async function startS3Server({ pageSize = 1_000 } = {}): Promise<S3Server> {
  const files = new Map<string, Buffer>();
  const faults: S3Fault[] = [];
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const url = new URL(request.url ?? '/', 'http://host');
    asked.push(`${request.method} ${request.url}`);
    const fault = faults.shift();
    if (fault === 'HANG') return;
    if (fault === 'RESET') return void request.socket.resetAndDestroy();
    if (typeof fault === 'number') return void response.writeHead(fault).end('<Error/>');
    const [status, answer] = isSigned(request, url, body) ? serve(request, url, body) : [403, '<Error/>'];
    if (fault === 'RESET_AFTER') return void request.socket.resetAndDestroy();
    send(response, status, answer, fault === 'CUT');
  });

  function serve(request: IncomingMessage, url: URL, body: Buffer): [number, Buffer | string] {
    const [, bucket, ...path] = decodeURIComponent(url.pathname).split('/');
    const name = path.join('/');
    if (bucket !== BUCKET) return [404, '<Error><Code>NoSuchBucket</Code></Error>'];
    if (request.method === 'GET' && name === '') return [200, page(url.searchParams)];
    if (request.method === 'GET') return files.has(name) ? [200, files.get(name) as Buffer] : [404, '<Error/>'];
    if (request.method === 'POST' && url.searchParams.has('delete')) return deleteObjects(request, body);
    if (request.method !== 'PUT') return [405, '<Error/>'];
    if (request.headers['if-none-match'] === '*' && files.has(name)) return [412, '<Error/>'];
    files.set(name, body);
    return [200, ''];
  }

  function page(query: URLSearchParams): string {
    if (query.get('list-type') !== '2') return '<Error/>';
    const names = [...files.keys()].filter((name) => name.startsWith(query.get('prefix') ?? '')).sort();
    const from = Number(/^after&(\d+)=$/.exec(query.get('continuation-token') ?? 'after&0=')?.[1]);
    const shown = names.slice(from, from + pageSize);
    const isCut = from + pageSize < names.length;
    const next = `<NextContinuationToken>after&amp;${from + pageSize}=</NextContinuationToken>`;
    return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>${BUCKET}</Name>
      ${shown.map((name) => `<Contents><Key>${name}</Key><Size>1</Size></Contents>`).join('')}
      <IsTruncated>${isCut}</IsTruncated>${isCut ? next : ''}</ListBucketResult>`;
  }

  function deleteObjects(request: IncomingMessage, body: Buffer): [number, string] {
    if (request.headers['content-md5'] !== createHash('md5').update(body).digest('base64')) return [400, '<Error/>'];
    const names = [...body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, name]) => name as string);
    if (names.length > 1_000) return [400, '<Error/>'];
    for (const name of names) files.delete(name);
    return [200, '<DeleteResult></DeleteResult>'];
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/${BUCKET}`, files, faults, asked, close };
}

function send(response: ServerResponse, status: number, answer: Buffer | string, isCut: boolean): void {
  const bytes = Buffer.from(answer);
  response.writeHead(status, { 'Content-Length': bytes.length });
  if (!isCut) return void response.end(bytes);
  response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.resetAndDestroy());
}

const sha256 = (text: Buffer | string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Whether a request is signed with our keys, its body and condition too, not long ago. */
function isSigned({ method, headers }: IncomingMessage, url: URL, body: Buffer): boolean {
  const [, key, day = '', region = '', service = '', signed = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/(\w+)\/(\w+)\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const digest = headers['x-amz-content-sha256'];
  const time = String(headers['x-amz-date']);
  const names = signed.split(';');
  const sentMs = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const isWhole =
    digest === sha256(body) && ['host', 'x-amz-date', 'x-amz-content-sha256'].every((n) => names.includes(n));
  const coversCondition = headers['if-none-match'] === undefined || names.includes('if-none-match');
  if (key !== S3_KEYS.accessKeyId || !isWhole || !coversCondition || Math.abs(Date.now() - sentMs) > 300_000)
    return false;
  const query = [...url.searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).sort();
  const path = url.pathname.split('/').map((part) => encoded(decodeURIComponent(part)));
  const lines = names.map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const canonical = [method, path.join('/'), query.join('&'), lines.join(''), signed, digest].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, `${day}/${region}/${service}/aws4_request`, sha256(canonical)].join('\n');
  const signingKey = [day, region, service, 'aws4_request'].reduce<Buffer | string>(
    hmac,
    `AWS4${S3_KEYS.secretAccessKey}`,
  );
  return region === 'auto' && service === 's3' && hmac(signingKey, text).toString('hex') === signature;
}
