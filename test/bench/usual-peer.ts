// The peer that does the same work the usual way: a token verified once and remembered, a body held against a schema, a tag made,
// and SELECT, INSERT of the audit's row and UPDATE of the quota in one transaction.
import { createHmac, createPublicKey, hkdfSync } from 'node:crypto';
import fastify from 'fastify';
import { jwtVerify } from 'jose';
import pg from 'pg';

const { HAKPILIH_DATABASE_URL, PEER_POOL, HAKPILIH_REGISTRY_KEY = '', HAKPILIH_SIGNING_KEYS = '' } = process.env;
const pool = new pg.Pool({ connectionString: HAKPILIH_DATABASE_URL, max: Number(PEER_POOL) });
const [jwk] = JSON.parse(HAKPILIH_SIGNING_KEYS).keys;
const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
const nikKey = Buffer.from(
  hkdfSync('sha256', Buffer.from(HAKPILIH_REGISTRY_KEY, 'base64'), new Uint8Array(0), 'hakpilih/1/nik', 32),
);

await pool.query(`CREATE TABLE IF NOT EXISTS bench_quota (client text PRIMARY KEY, asked bigint NOT NULL);
  INSERT INTO bench_quota VALUES ('bench', 0) ON CONFLICT DO NOTHING`);

const SELECT = `SELECT r.region, r.status, r.flags, r.suket_issued, r.suket_ends, r.of_age_on, r.copy,
  greatest(c.as_of, s.full_as_of) AS as_of
  FROM residents r JOIN copies c ON c.id = r.copy JOIN sources s ON s.name = c.source WHERE r.tag = $1`;
const AUDIT = `INSERT INTO audit (id, tag, region, copy, suket_ends, of_age_on, status, flags, asked, matched, found, source, client)
  VALUES (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, 0, 0, $8, 'REGISTRY', $9)`;
const QUOTA = 'UPDATE bench_quota SET asked = asked + 1 WHERE client = $1';

const verified = new Map<string, string>();
async function clientOf(authorization = ''): Promise<string> {
  const known = verified.get(authorization);
  if (known !== undefined) return known;
  const { payload } = await jwtVerify(authorization.slice('Bearer '.length), publicKey, { algorithms: ['ES256'] });
  verified.set(authorization, payload.sub as string);
  return payload.sub as string;
}

const body = {
  type: 'object',
  required: ['nik'],
  additionalProperties: false,
  properties: { nik: { type: 'string', pattern: '^[0-9]{16}$' } },
};
const app = fastify();
app.post('/v1/checks', { schema: { body } }, async (request) => {
  const client = await clientOf(request.headers.authorization);
  const mac = createHmac('sha256', nikKey)
    .update((request.body as { nik: string }).nik)
    .digest('hex');
  const tag = mac.slice(0, 32);
  const connection = await pool.connect();
  try {
    await connection.query('BEGIN');
    const { rows } = await connection.query({ name: 'check', text: SELECT, values: [tag] });
    const row = rows[0] ?? {};
    const { region, copy, suket_ends, of_age_on, status, flags } = row;
    const values = [tag, region, copy, suket_ends, of_age_on, status, flags, rows.length > 0, client];
    await connection.query({ name: 'audit', text: AUDIT, values });
    await connection.query({ name: 'quota', text: QUOTA, values: [client] });
    await connection.query('COMMIT');
    return rows[0] ?? { found: false };
  } finally {
    connection.release();
  }
});
await app.listen({ host: '127.0.0.1', port: 0 });
const address = app.server.address();
console.log(`listens on http://127.0.0.1:${typeof address === 'object' && address ? address.port : ''}`);
process.once('SIGTERM', async () => {
  await app.close();
  await pool.end();
});
