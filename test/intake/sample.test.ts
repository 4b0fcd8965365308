import { describe, expect, it } from 'vitest';
import type { CivilDate } from '../../src/core/dates.ts';
import { decide } from '../../src/core/decide.ts';
import type { Found } from '../../src/core/facts.ts';
import { normaliseName } from '../../src/core/names.ts';
import { type Nik, nikHints, parseNik } from '../../src/core/nik.ts';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { REASON_CODES } from '../../src/core/reasons.ts';
import { parseRegion } from '../../src/core/regions.ts';
import { parseStatus, statusRow } from '../../src/core/status.ts';
import { readDate } from '../../src/intake/dates.ts';
import { createBlockReader } from '../../src/intake/read-block.ts';
import { readExport } from '../../src/intake/read-export.ts';
import type { ResidentRecord } from '../../src/intake/record.ts';
import { SAMPLE_AS_OF, SAMPLE_FIGURES, SANDBOX, sampleHeader, sampleRows } from '../../src/intake/sample.ts';

const DAY_FIRST = { order: 'DMY', serial: false, epochIsBlank: false } as const;
const TODAY = SAMPLE_AS_OF.slice(0, 10) as CivilDate;
const COLUMNS = sampleHeader().trim().split(';');
type Row = Record<string, string>;

const text = (options: Parameters<typeof sampleRows>[0]): string => [...sampleRows(options)].join('');

function* rowsOf(options: Parameters<typeof sampleRows>[0]): Generator<Row> {
  for (const chunk of sampleRows(options)) {
    for (const line of chunk.split('\r\n').slice(0, -1)) {
      const cells = line.split(';');
      yield Object.fromEntries(COLUMNS.map((column, place) => [column, cells[place] ?? '']));
    }
  }
}

/** The sample as an import reads it. */
async function readSample(rows: number): Promise<{ residents: ResidentRecord[]; rejected: number }> {
  async function* bytes() {
    yield Buffer.from(sampleHeader());
    for (const chunk of sampleRows({ rows })) yield Buffer.from(chunk);
  }
  const { layout, profile, blocks } = await readExport(bytes());
  const readBlock = createBlockReader({ layout, profile, asOf: TODAY });
  const residents: ResidentRecord[] = [];
  let rejected = 0;
  const reject = () => {
    rejected += 1;
  };
  for await (const block of blocks)
    readBlock(block, { resident: (record) => residents.push(structuredClone(record)), reject });
  return { residents, rejected };
}

describe('sampleRows', () => {
  it('gives the same rows for the same seed, and others for another', () => {
    expect(text({ rows: 3_000 })).toBe(text({ rows: 3_000 }));
    expect(text({ rows: 3_000, seed: 2018 })).toBe(text({ rows: 3_000 }));
    expect(text({ rows: 3_000, seed: 7 })).not.toBe(text({ rows: 3_000 }));
  });

  it('continues exactly where another slice ends, and a larger sample begins with the smaller', () => {
    const whole = text({ rows: 5_000 });
    expect(text({ rows: 1_234 }) + text({ rows: 3_766, fromRow: 1_234 })).toBe(whole);
    expect(text({ rows: 10 }) + text({ rows: 4_975, fromRow: 25 })).toBe(whole);
    expect(text({ rows: 100, fromRow: 4_900_000 })).toBe(
      text({ rows: 200, fromRow: 4_899_900 }).split('\r\n').slice(100).join('\r\n'),
    );
  });

  it('comes in chunks of whole lines near 64 KiB', () => {
    const chunks = [...sampleRows({ rows: 5_000 })];
    expect(chunks.every((chunk) => chunk.endsWith('\r\n'))).toBe(true);
    expect(chunks.slice(0, -1).every(({ length }) => length >= 65_536 && length < 66_536)).toBe(true);
    expect(chunks.length).toBeGreaterThan(5);
  });

  it('keeps the proportions of the article', () => {
    const rows = 50_000;
    const found = { NOT_RECORDED: 0, RECORDED: 0, PRINTED: 0, withSuket: 0, printReady: 0 };
    for (const row of rowsOf({ rows })) {
      const status = parseStatus(row.EKTP_CURRENT_STATUS_CODE as string);
      const stage = statusRow(status)?.stage;
      if (stage) found[stage] += 1;
      if (stage === 'RECORDED' && row.NO_SUKET) found.withSuket += 1;
      if (status === 'PRINT_READY_RECORD') found.printReady += 1;
    }
    const { mustHold, recorded, printed } = SAMPLE_FIGURES;
    const expected = (figure: number) => (rows * figure) / mustHold;
    expect(Math.abs(found.PRINTED - expected(printed))).toBeLessThan(30);
    expect(Math.abs(found.RECORDED - expected(recorded - printed))).toBeLessThan(30);
    expect(Math.abs(found.NOT_RECORDED - expected(mustHold - recorded))).toBeLessThan(30);
    expect(found.withSuket / found.RECORDED).toBeCloseTo(1 / 3, 1);
    expect(found.printReady / found.RECORDED).toBeGreaterThan(0.4);
  });

  it('names nobody: serials are 9000–9999, and no NIK comes twice but the conflicting one', () => {
    const niks = new Set<string>();
    const kks = new Map<string, number>();
    const wrong: string[] = [];
    let rows = 0;
    for (const chunk of sampleRows({ rows: 300_000 })) {
      for (const [, nik, kk] of chunk.matchAll(/^([0-9]{16});([0-9]{16});/gm) as Iterable<[string, string, string]>) {
        rows += 1;
        niks.add(nik);
        kks.set(kk, (kks.get(kk) ?? 0) + 1);
        if (nik[12] !== '9' || kk[12] !== '9') wrong.push(nik);
      }
    }
    expect(wrong).toEqual([]);
    expect(rows).toBe(300_000);
    expect(niks.size).toBe(299_999);
    expect(rows / kks.size).toBeCloseTo(4, 1);
    expect(Math.max(...kks.values())).toBe(5);
    expect([...niks].filter((nik) => kks.has(nik))).toEqual([]);
  });

  it('keeps NIK, birth date, sex and region together as far as they are in life', () => {
    const count = { born: 0, movedIn: 0, under17: 0, noDay: 0 };
    const rows = 20_000;
    for (const row of rowsOf({ rows, fromRow: 1_000 })) {
      const hints = nikHints(row.NIK as Nik, TODAY);
      const read = readDate(row.TGL_LHR as string, DAY_FIRST, 7);
      const born = read.kind === 'DAY' ? read.date : null;
      expect(parseNik(row.NIK as string).ok && parseRegion(hints.region.slice(0, 5)) !== null).toBe(true);
      expect(hints.sex === 'WOMAN').toBe(row.JENIS_KLMIN === '2');
      expect(`${row.NO_PROP}.${row.NO_KAB}`).toBe('32.1');
      expect(row.NO_KEC).toMatch(/^([1-9]|[1-3][0-9]|40)$/);
      expect(row.NO_KEL).toMatch(/^(100[1-3]|20(0[1-9]|1[0-2]))$/);
      if (born === hints.birthDate) count.born += 1;
      if (born === null) count.noDay += 1;
      if (born !== null && born > '2001-06-27') count.under17 += 1;
      if (!hints.region.startsWith('32.01')) count.movedIn += 1;
    }
    expect(count.born / rows).toBeGreaterThan(0.99);
    expect(count.movedIn / rows).toBeCloseTo(0.02, 2);
    expect(count.under17 / rows).toBeGreaterThan(0.001);
    expect(count.under17 / rows).toBeLessThan(0.03);
    expect(count.noDay).toBeLessThan(rows / 1_000);
  });

  it('is read without a reject, with a name to compare in every row', async () => {
    const { residents, rejected } = await readSample(4_900);
    expect([residents.length, rejected]).toEqual([4_900, 0]);
    expect(residents.filter(({ name, kk }) => kk === null || name === null || normaliseName(name) === '')).toEqual(
      [],
    );
  });
});

describe('the sandbox', () => {
  it('has a resident for each document and each reason', () => {
    const outcomes = SANDBOX.map(({ outcome }) => outcome);
    expect(outcomes.toSorted()).toEqual(['EKTP', 'SUKET', 'NEITHER', ...REASON_CODES].toSorted());
    for (const key of ['nik', 'kk', 'name'] as const)
      expect(new Set(SANDBOX.map((one) => one[key])).size).toBe(SANDBOX.length);
    for (const { nik, kk } of SANDBOX) expect(`${nik} ${kk}`).toMatch(/^[0-9]{12}900[0-9] [0-9]{12}900[0-9]$/);
  });

  it('stands first in every sample, whatever its size and seed', () => {
    const sandbox = text({ rows: 1 });
    expect(sandbox.split('\r\n')).toHaveLength(SANDBOX.length + 1);
    for (const options of [{ rows: 0 }, { rows: 1_000 }, { rows: 1_000, seed: 7 }]) {
      expect(text(options).startsWith(sandbox)).toBe(true);
    }
  });

  it('gets the answer it is an example of, by the rules and from the rows as an import reads them', async () => {
    const { residents } = await readSample(1_000);
    for (const { outcome, nik, name, kk, suketNumber, document, voter, reasons } of SANDBOX) {
      const rows = residents.filter((record) => record.nik === nik);
      const decision = decide(foundOf(rows), PILKADA_2018, TODAY);
      expect({ document: decision.document, voter: decision.voter, reasons: decision.reasons }).toEqual({
        document,
        voter,
        reasons,
      });
      expect(REASON_CODES.includes(outcome as never) ? reasons : [document]).toContain(outcome);
      for (const record of rows)
        expect([record.name, record.kk, record.suketNumber]).toEqual([name, kk, suketNumber]);
    }
  });
});

function foundOf([first, ...others]: ResidentRecord[]): Found {
  if (!first) return { kind: 'NOT_FOUND' };
  const differs = others.some((other) => JSON.stringify(other) !== JSON.stringify(first));
  return differs ? { kind: 'CONFLICTING_RECORDS' } : { kind: 'RESIDENT', facts: first.facts };
}
