import { importResidents, nikOf, resident, type TestRegistry } from '../support/registry.ts';

const NAME = 'NENENG NURHASANAH';
const KK = '3201010503119001';
const AS_OF = '2018-01-12T17:00:00+07:00';
const LATER = '2018-01-13T17:00:00+07:00';

/** A question whose answer must not show what is behind it, and the fact that would be right where there is one. */
export type Question = { behind: string; nik: string; second: string; right: string };

/** Residents of one registry who are nobody else's: no test of the file meets another's. */
export function createResidents(registry: TestRegistry) {
  let niks = 0;
  let sources = 0;
  const freshNik = (): string => nikOf(niks++);
  const freshSource = (): string => `32.${String(10 + sources++)}`;

  /** So many residents of name and KK as above. */
  async function add(count = 1): Promise<string[]> {
    const fresh = Array.from({ length: count }, freshNik);
    await importResidents(
      registry,
      fresh.map((nik) => resident(nik)),
      { source: freshSource() },
    );
    return fresh;
  }

  async function addAbsent(): Promise<string> {
    const [nik, other] = [freshNik(), freshNik()];
    const source = freshSource();
    await importResidents(registry, [resident(nik), resident(other)], { source, asOf: AS_OF });
    await importResidents(registry, [resident(other)], { source, asOf: LATER, maxLost: 1 });
    return nik;
  }

  async function addConflicting(): Promise<string> {
    const nik = freshNik();
    await importResidents(registry, [resident(nik)], { source: freshSource() });
    await importResidents(registry, [resident(nik, { status: 'EMPTY' })], { source: freshSource() });
    return nik;
  }

  async function addWithout(proof: { name?: null; kk?: null }): Promise<string> {
    const nik = freshNik();
    await importResidents(registry, [resident(nik, {}, proof)], { source: freshSource() });
    return nik;
  }

  /** One of everything that gives the same page. */
  async function everyMiss(): Promise<Question[]> {
    const [first, second] = await add(2);
    const unproved = await addWithout({ name: null, kk: null });
    const nameless = await addWithout({ name: null });
    return [
      { behind: 'a wrong name', nik: first as string, second: 'SITI AMINAH', right: NAME },
      { behind: 'a wrong KK number', nik: second as string, second: '3201010503119002', right: KK },
      { behind: 'an unknown NIK', nik: freshNik(), second: NAME, right: NAME },
      { behind: 'an unknown NIK and a KK number', nik: freshNik(), second: KK, right: KK },
      { behind: 'an absent resident', nik: await addAbsent(), second: NAME, right: NAME },
      { behind: 'conflicting records', nik: await addConflicting(), second: NAME, right: KK },
      { behind: 'no proof on record', nik: unproved, second: KK, right: NAME },
      { behind: 'no name on record', nik: nameless, second: NAME, right: KK },
    ];
  }

  return { freshNik, add, everyMiss, name: NAME, kk: KK };
}
