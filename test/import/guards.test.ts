import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askedOf } from '../../src/checks/check.ts';
import type { Nik } from '../../src/core/nik.ts';
import { type ImportReport, importExport } from '../../src/platform/import-file.ts';
import { summaryOf } from '../../src/platform/import-summary.ts';
import { type Finding, findPrepared } from '../../src/registry/find.ts';
import { deriveKeys } from '../../src/registry/registry-keys.ts';
import { DEFAULTS, exportOf, importBytes, people, person } from '../support/exports.ts';
import { createTestRegistry, nikOf, type TestRegistry } from '../support/registry.ts';
import { createTestKeys, runCli } from '../support/server.ts';

const FIRST = '2018-01-12T17:00:00+07:00';
const SECOND = '2018-02-01T17:00:00+07:00';
const QUIET = { progress: () => {}, reject: () => {} };

describe('an import is held to', () => {
  let registry: TestRegistry;
  beforeEach(async () => {
    registry = await createTestRegistry();
    return () => registry.close();
  });
  const find = async (n: number, name?: string): Promise<Finding> => {
    const keys = deriveKeys(registry.registryKey);
    const question = { nik: nikOf(n) as Nik, ...(name === undefined ? {} : { name }) };
    const asked = askedOf(keys, crypto.randomUUID(), question, { client: 'test', region: null });
    return (await findPrepared(registry.sql, [asked]))[0]?.finding as Finding;
  };

  it('a moment that has come: an as-of later than the clock is refused, to the millisecond', async () => {
    const at = (now: number) => {
      const chunks = (async function* () {
        yield exportOf(people(10));
      })();
      return importExport({ ...registry, now: () => now }, chunks, { ...DEFAULTS, asOf: FIRST }, QUIET);
    };
    await expect(at(Date.parse(FIRST) - 1)).rejects.toThrow('--as-of is later than the clock');
    expect(await at(Date.parse(FIRST))).toMatchObject({ inserted: 10 });
  });

  it('its own region: a file of another regency is refused by its name, unless that is wanted', async () => {
    const others = people(20).map((one) => ({ ...one, region: '32;71;1;1001' }));
    const refused = importBytes(registry, exportOf(others), { otherRegion: false });
    await expect(refused).rejects.toThrow(/NO_PROP and NO_KAB most are of 32\.71.*Choose the right file or --source/);
    const mixed = [...others.slice(0, 18), ...people(2, 100)];
    expect(await importBytes(registry, exportOf(mixed), { otherRegion: false, dryRun: true })).toMatchObject({
      residents: 20,
    });
    expect(await importBytes(registry, exportOf(others), { otherRegion: true })).toMatchObject({ inserted: 20 });
  });

  it('two residents in a hundred who may be missing, if nothing else is said', async () => {
    await importBytes(registry, exportOf(people(100)), { asOf: FIRST });
    const { maxLost: _, ...rest } = DEFAULTS;
    const without = (missing: number) =>
      runImport(registry, exportOf(people(100 - missing)), ['--as-of', SECOND, '--source', rest.source]);
    expect(await without(3)).toMatchObject({ code: 1, report: { error: { code: 'TOO_MANY_LOST' } } });
    expect(await without(2)).toMatchObject({ code: 0, report: { absent: 2 } });
  });

  it('people, not rows: whose row is rejected is not absent, and is answered of his own date', async () => {
    await importBytes(registry, exportOf(people(50)), { asOf: FIRST });
    const file = exportOf(people(50)).toString().split('\r\n');
    const torn = file.map((line) => (line.startsWith(nikOf(7)) ? line.replace(' ', ';X ') : line));
    const report = await importBytes(registry, Buffer.from(torn.join('\r\n')), { asOf: SECOND });
    expect(report).toMatchObject({ rejected: 1, absent: 0, byReason: { COLUMNS_SURPLUS: 1 } });
    expect(await find(7)).toMatchObject({ facts: { status: 6 }, asOfMs: Date.parse(FIRST) });
    expect(await find(8)).toMatchObject({ asOfMs: Date.parse(SECOND) });
    // A later copy that has him again is the date of his answer, and one that lacks him makes him absent.
    await importBytes(registry, exportOf(people(50)), { asOf: '2018-02-02T17:00:00+07:00' });
    expect(await find(7)).toMatchObject({ asOfMs: Date.parse('2018-02-02T17:00:00+07:00') });
    const gone = people(50).filter(({ nik }) => nik !== nikOf(7));
    expect(await importBytes(registry, exportOf(gone), { asOf: '2018-02-03T17:00:00+07:00' })).toMatchObject({
      absent: 1,
    });
    expect((await find(7)).facts).toBeNull();
  });

  it('the same bytes once, but again where that is wanted or the reader was older', async () => {
    const file = exportOf(people(10));
    await importBytes(registry, file);
    expect(await importBytes(registry, file)).toMatchObject({ alreadyImported: true, dataset: 1, unchanged: 10 });
    expect(await importBytes(registry, file, { again: true })).toMatchObject({ alreadyImported: false, dataset: 2 });
    await registry.sql`UPDATE copies SET reader_version = 1`;
    expect(await importBytes(registry, file)).toMatchObject({ alreadyImported: false, dataset: 3, unchanged: 10 });
    expect(await importBytes(registry, file)).toMatchObject({ alreadyImported: true, dataset: 3 });
  });

  it('its version of names: those of another one match nothing until the export is imported again', async () => {
    const file = exportOf([person(1, { name: 'Asep Hidayat' }), ...people(9, 2)]);
    await importBytes(registry, file);
    expect(await find(1, 'H. ASEP HIDAYAT, S.E')).toMatchObject({ nameMatches: true });
    await registry.sql`UPDATE sources SET name_version = 1`;
    expect(await find(1, 'Asep Hidayat')).toMatchObject({ nameMatches: null });
    const partial = { asOf: SECOND, partial: true };
    await importBytes(registry, exportOf([person(1, { name: 'Asep Hidayat' })]), partial);
    expect(await find(1, 'Asep Hidayat')).toMatchObject({ nameMatches: null });
    const said = await runImport(registry, exportOf(people(10, 1)), [
      '--as-of',
      '2018-03-01T00:00:00+07:00',
      '--max-lost',
      '1',
    ]);
    expect(said.err).toContain('Names of 32.01 were made comparable by another version');
    await importBytes(registry, file, { asOf: '2018-03-02T00:00:00+07:00' });
    expect(await find(1, 'Asep Hidayat')).toMatchObject({ nameMatches: true });
  });

  it('one resident where two rows differ in the Suket only: the one that ends last counts', async () => {
    const sukets = ['471/1/2017;10-07-2017', '471/9/2018;08-01-2018', ';'];
    for (const [i, order] of [sukets, sukets.toReversed()].entries()) {
      const rows = [...order.map((suket) => person(1, { suket })), ...people(9, 2)];
      const report = await importBytes(registry, exportOf(rows), { asOf: `2018-01-1${2 + i}T17:00:00+07:00` });
      expect(report).toMatchObject({ residents: 10, duplicates: 2, conflicts: 0 });
      expect(await find(1)).toMatchObject({ facts: { suketIssued: '2018-01-08', suketEnds: '2018-07-08' } });
    }
    const differing = [person(1), person(1, { status: 'CARD_ISSUED' }), ...people(9, 2)];
    expect(await importBytes(registry, exportOf(differing), { asOf: SECOND })).toMatchObject({ conflicts: 1 });
  });
});

/** `hakpilih import` of these bytes on the registry, with --json. */
async function runImport(registry: TestRegistry, bytes: Uint8Array, args: string[], name = 'export.csv') {
  const directory = await mkdtemp(join(tmpdir(), 'hakpilih-guards-'));
  const file = join(directory, name);
  await writeFile(file, bytes);
  const env = { ...(await createTestKeys(registry.registryKey)), HAKPILIH_DATABASE_URL: registry.url };
  const source = args.includes('--source') ? [] : ['--source', '32.01'];
  const done = await runCli(['import', file, ...source, ...args, '--json'], env);
  const files = await readdir(directory);
  await rm(directory, { recursive: true });
  return { ...done, report: JSON.parse(done.out) as unknown, files };
}

describe('the report of an import', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await createTestRegistry();
  });
  afterAll(() => registry.close());

  it('is refused with where rows were rejected and the file for them cannot be written, before anything is committed', async () => {
    const wrong = exportOf([...people(30), person(99, { nik: '3201' })]);
    const refused = await runImport(registry, wrong, ['--as-of', FIRST, '--rejects', '/proc/none/rejected.csv']);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.report).toMatchObject({
      error: { message: expect.stringMatching(/rejected rows cannot be written.*nothing was changed/) },
    });
    expect(await registry.sql`SELECT 1 FROM copies`).toHaveLength(0);
    // Where nothing is rejected no file is needed.
    const fine = await runImport(registry, exportOf(people(30)), [
      '--as-of',
      FIRST,
      '--dry-run',
      '--rejects',
      '/proc/none/x.csv',
    ]);
    expect(fine.code).toBe(0);
  });

  it('names the file of the rejected rows where it is refused for them, with counts and first lines', async () => {
    const wrong = exportOf([...people(10), ...[1, 2, 3].map((n) => person(90 + n, { nik: `320${n}` }))]);
    const refused = await runImport(registry, wrong, ['--as-of', FIRST]);
    expect(refused).toMatchObject({ code: 1, files: ['export.csv', 'export.csv.rejected.csv'] });
    expect(refused.report).toMatchObject({
      error: {
        code: 'TOO_MANY_REJECTED',
        message: expect.stringMatching(
          /3 of 13: NIK_NOT_16_DIGITS 3 \(first in line 12\).*export\.csv\.rejected\.csv$/,
        ),
      },
    });
  });

  it('tells what was read of each column, is kept in the ledger, and is the same of a dry run', async () => {
    const rows = people(20).map((one, n) => (n < 2 ? { ...one, born: 'ENTAH' } : one));
    const text = exportOf(rows).toString().replace('NAMA_LGKP', 'Nama Lengkap').replace('STAT_KWN', 'WARNA');
    const dry = (await importBytes(registry, Buffer.from(`DAFTAR PENDUDUK\r\n${text}20 rows selected.\r\n`), {
      dryRun: true,
    })) as ImportReport;
    const report = await importBytes(registry, Buffer.from(`DAFTAR PENDUDUK\r\n${text}20 rows selected.\r\n`));
    expect(report.reading).toMatchObject({
      readerVersion: 2,
      headerLine: 2,
      rows: 20,
      unusedHeaders: ['WARNA'],
      passedOver: { TITLE: 1, FOOTER: 1 },
      columns: expect.arrayContaining([
        {
          column: 'NAMA_LGKP',
          header: 'Nama Lengkap',
          form: null,
          blank: 0,
          read: 20,
          unreadable: 0,
          firstUnreadableLine: null,
        },
        {
          column: 'TGL_LHR',
          header: 'TGL_LHR',
          form: '99-99-9999, day first',
          blank: 0,
          read: 18,
          unreadable: 2,
          firstUnreadableLine: 3,
        },
        { column: 'STAT_KWN', header: null, form: null, blank: 0, read: 0, unreadable: 0, firstUnreadableLine: null },
      ]),
    });
    expect(report.byVoter).toEqual({ ELIGIBLE: 18, NOT_ELIGIBLE: 0, UNDETERMINED: 2 });
    const same = ({ reading, byDocument, byVoter, residents }: ImportReport) => ({
      reading,
      byDocument,
      byVoter,
      residents,
    });
    expect(same(dry)).toEqual(same(report));
    const [kept] = await registry.sql`SELECT report FROM copies WHERE id = ${report.dataset as number}`;
    expect(kept?.report).toMatchObject(same(report));
    const summary = summaryOf(report, null, false).join('\n');
    expect(summary).toContain('COLUMN TGL_LHR (99-99-9999, day first): 2 of 20 cells unreadable, first in line 3');
    expect(summary).toContain('NAMA_LGKP (as "Nama Lengkap")');
    expect(summary).toMatch(/missing: .*STAT_KWN/);
    expect(summary).toContain('not used: WARNA');
  });

  it('says first where more than half of a first copy comes out undetermined', async () => {
    const own = await createTestRegistry();
    const odd = people(20).map((one, n) => (n < 11 ? { ...one, born: '' } : one));
    const even = people(20).map((one, n) => (n < 10 ? { ...one, born: '' } : one));
    const report = await importBytes(own, exportOf(odd), { dryRun: true });
    expect(summaryOf(report, null, true)[0]).toMatch(
      /^CAUTION: the right to vote of 11 of 20 residents is UNDETERMINED/,
    );
    const unknown = people(20).map((one) => ({ ...one, status: 'XYZ' }));
    const documents = await importBytes(own, exportOf(unknown), { dryRun: true, maxUnreadable: 1 });
    expect(summaryOf(documents, null, true)[0]).toMatch(
      /^CAUTION: the document of 20 of 20 residents is UNDETERMINED/,
    );
    expect(summaryOf(await importBytes(own, exportOf(even)), null, false).join()).not.toContain('CAUTION');
    const later = await importBytes(own, exportOf(odd), { asOf: SECOND });
    expect(summaryOf(later, null, false).join()).not.toContain('CAUTION');
    await own.close();
  });
});
