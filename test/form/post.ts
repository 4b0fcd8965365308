import { Agent, request } from 'node:http';

export type Reply = { status: number; headers: [string, string][]; text: string; ms: number };

/** A client on one keep-alive connection, which posts the form like a browser and takes the time to the last byte. */
export function createClient(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const body = new URLSearchParams(fields).toString();
      const sent = {
        'Content-Type': 'application/x-www-form-urlencoded',
        'Content-Length': String(Buffer.byteLength(body)),
        Accept: 'text/html,*/*;q=0.8',
        ...headers,
      };
      const start = performance.now();
      const outgoing = request(new URL(path, url), { method: 'POST', agent, headers: sent }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const ms = performance.now() - start;
          const pairs: [string, string][] = [];
          for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
            pairs.push([incoming.rawHeaders[i] as string, incoming.rawHeaders[i + 1] as string]);
          }
          resolve({
            status: incoming.statusCode ?? 0,
            headers: pairs,
            text: Buffer.concat(chunks).toString('utf8'),
            ms,
          });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return { post, close: () => agent.destroy() };
}
