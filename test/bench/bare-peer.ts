// The peer: a bare Fastify + pg handler that runs the same prepared SELECT and nothing else: no token, no validation, no audit.
import fastify from 'fastify';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.HAKPILIH_DATABASE_URL, max: Number(process.env.PEER_POOL) });
const text = `SELECT r.region, r.status, r.flags, r.suket_issued, r.suket_ends, r.of_age_on, r.name_proof, r.kk_proof, r.suket_proof,
  greatest(c.as_of, s.full_as_of) AS as_of
  FROM residents r JOIN copies c ON c.id = r.copy JOIN sources s ON s.name = c.source WHERE r.tag = $1`;

const app = fastify();
app.post('/v1/checks', async (request) => {
  const { rows } = await pool.query({ name: 'check', text, values: [(request.body as { tag: string }).tag] });
  return rows[0] ?? { found: false };
});
await app.listen({ host: '127.0.0.1', port: 0 });
const address = app.server.address();
console.log(`listens on http://127.0.0.1:${typeof address === 'object' && address ? address.port : ''}`);
process.once('SIGTERM', async () => {
  await app.close();
  await pool.end();
});
