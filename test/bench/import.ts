import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { COPY_HEADER, COPY_TRAILER } from '../../src/registry/row-encoder.ts';
import { connect } from '../../src/registry/sql.ts';
import type { BenchContext } from './context.ts';
import { measure, median, round } from './tools.ts';

/** Import of the whole and of a tenth, through the command line; and a bare COPY plus primary key of as many tags. */
export async function benchImport({ keys, create, sample, say, rows, imports }: BenchContext) {
  const tenth = Math.round(rows / 10);
  const [whole, part] = [await sample(rows), await sample(tenth)];
  const importFile = async (file: string, database: string) => {
    const url = await create(database);
    const command = [
      '--max-semi-space-size=4',
      'src/cli.ts',
      'import',
      file,
      '--source',
      '32.01',
      '--as-of',
      '2018-01-12T17:00:00+07:00',
      '--json',
    ];
    const { seconds, peakMb, out } = await measure(command, { ...keys, HAKPILIH_DATABASE_URL: url });
    // The whole command: start, import, and settling the table afterwards.
    const { residents } = JSON.parse(out);
    say(`import of ${residents} residents: ${round(seconds, 1)} s, peak ${round(peakMb)} MB`);
    return { url, seconds, peakMb, residents: residents as number };
  };
  const wholes = [];
  const bares = [];
  for (let i = 0; i < imports; i += 1) {
    bares.push(await bareCopy(await create('bench_bare'), rows));
    say(`bare COPY and primary key: ${round(bares.at(-1) as number, 1)} s`);
    wholes.push(await importFile(whole, 'bench_large'));
  }
  const parts = [await importFile(part, 'bench_tenth'), await importFile(part, 'bench_tenth')];
  const seconds = median(wholes.map((one) => one.seconds));
  const bare = median(bares);
  const peakMb = Math.max(...wholes.map((one) => one.peakMb));
  const result = {
    rows,
    seconds: round(seconds, 1),
    rowsPerSecond: round(rows / seconds),
    peakMb: round(peakMb),
    peakMbAtATenth: round(Math.max(...parts.map((one) => one.peakMb))),
    memoryRatio: round(peakMb / Math.max(...parts.map((one) => one.peakMb)), 2),
    bareSeconds: round(bare, 1),
    ratioToBare: round(seconds / bare, 2),
    runs: wholes.map((one) => round(one.seconds, 1)),
  };
  const { runs: _, ...shown } = result;
  return { url: wholes.at(-1)?.url as string, result, table: [shown] };
}

/** COPY of `rows` random tags into a bare table, then its primary key. Seconds. */
async function bareCopy(url: string, rows: number): Promise<number> {
  const sql = connect(url, { max: 1 });
  await sql.unsafe('CREATE TABLE bare (tag uuid)');
  const batch = 10_000;
  const tags = async function* (): AsyncGenerator<Uint8Array> {
    yield COPY_HEADER;
    for (let done = 0; done < rows; done += batch) {
      const count = Math.min(batch, rows - done);
      const buffer = Buffer.alloc(count * 22);
      crypto.getRandomValues(new Uint8Array(buffer.buffer, buffer.byteOffset, Math.min(buffer.length, 65_536)));
      for (let i = 0; i < count; i += 1) {
        buffer.writeInt16BE(1, i * 22);
        buffer.writeInt32BE(16, i * 22 + 2);
        buffer.writeUInt32BE((Math.random() * 0x1_0000_0000) >>> 0, i * 22 + 6);
        buffer.writeUInt32BE((Math.random() * 0x1_0000_0000) >>> 0, i * 22 + 10);
        buffer.writeUInt32BE(done + i, i * 22 + 14);
      }
      yield buffer;
    }
    yield COPY_TRAILER;
  };
  const started = performance.now();
  await pipeline(
    Readable.from(tags(), { objectMode: true }),
    await sql.unsafe('COPY bare FROM STDIN (FORMAT binary)').writable(),
  );
  await sql.unsafe('ALTER TABLE bare ADD PRIMARY KEY (tag)');
  const seconds = (performance.now() - started) / 1000;
  await sql.end();
  return seconds;
}
