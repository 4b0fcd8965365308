import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** The arrows of the house. A room may import itself, libraries unless it is pure, and the rooms named here. */
const ROOMS: Record<string, readonly string[]> = {
  core: [],
  registry: ['core'],
  intake: ['core'],
  access: ['core'],
  checks: ['core', 'registry', 'intake', 'access'],
  coverage: ['core', 'registry', 'intake', 'access'],
  snapshot: ['core', 'registry', 'access', 'checks'],
  http: ['core', 'registry', 'intake', 'access', 'checks', 'coverage', 'snapshot'],
  web: ['core', 'registry', 'intake', 'access', 'checks', 'coverage', 'snapshot'],
  platform: ['core', 'registry', 'intake', 'access', 'checks', 'coverage', 'snapshot', 'http', 'web', 'doors'],
  doors: ['core', 'registry', 'intake', 'access', 'checks', 'coverage', 'snapshot', 'http', 'web'],
};
/** Only these doors stand on Node alone, and only they open `platform/`. */
const NODE_DOORS = ['src/node.ts', 'src/cli.ts'];
const MAX_LINES = 250;
const TOP_LEVEL =
  `package.json package-lock.json tsconfig.json drizzle.config.ts src drizzle test wrangler.toml README.md LICENSE
  node_modules dist`.split(/\s+/);

const OUTSIDE_ONLY = /^node:(fs|child_process|worker_threads)(\/|$)/;
const PROCESS = /\bprocess\s*\.\s*(env|argv|exit|exitCode|cwd|kill|on|stdin|stdout|stderr)\b/;
const IMPURE =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bMath\.random\b|\bfetch\s*\(|\bperformance\.|\bcrypto\.|\bset(Timeout|Interval)\b/;
const IMPORT =
  /(?:^|[\s;}])(?:import|export)\b[^'"`;]*?\bfrom\s*(['"])([^'"]+)\1|(?:^|[\s;}])import\s*(['"])([^'"]+)\3|\bimport\s*\(\s*(['"`])([^'"`]+)\5/g;

type Files = ReadonlyMap<string, string>;

/** Lines of nothing but comment may say what they like. */
const withoutComments = (text: string): string => text.replace(/^\s*(\/\/|\/?\*).*$/gm, '');
const importsOf = (text: string): string[] =>
  [...withoutComments(text).matchAll(IMPORT)].map((match) => (match[2] ?? match[4] ?? match[6]) as string);
const roomOf = (path: string): string => (path.split('/').length > 2 ? (path.split('/')[1] as string) : 'doors');
const resolved = (path: string, specifier: string): string => posix.join(posix.dirname(path), specifier);

/** What one file does that its room may not. */
function faultsOf(path: string, text: string): string[] {
  const room = roomOf(path);
  const allowed = ROOMS[room];
  if (!allowed) return [`${path}: no such room`];
  const faults: string[] = [];
  const outermost = room === 'platform' || room === 'doors';
  for (const specifier of importsOf(text)) {
    if (!specifier.startsWith('.')) {
      if (room === 'core') faults.push(`${path}: core imports ${specifier}`);
      if (OUTSIDE_ONLY.test(specifier) && !outermost) faults.push(`${path}: ${room} imports ${specifier}`);
      continue;
    }
    const target = resolved(path, specifier);
    if (!target.startsWith('src/')) {
      // The registry owns the schema and with it the list of its migrations.
      if (!(room === 'registry' && target.startsWith('drizzle/')))
        faults.push(`${path}: imports ${target} outside src`);
      continue;
    }
    const other = roomOf(target);
    const opensPlatform = other === 'platform' && NODE_DOORS.includes(path);
    if (other !== room && !allowed.includes(other) && !opensPlatform)
      faults.push(`${path}: ${room} imports ${other}`);
  }
  const code = withoutComments(text);
  if (!outermost && PROCESS.test(code)) faults.push(`${path}: ${room} touches process`);
  if (room === 'core' && IMPURE.test(code)) faults.push(`${path}: core is not pure`);
  if (text.split('\n').length - 1 > MAX_LINES) faults.push(`${path}: more than ${MAX_LINES} lines`);
  return faults;
}

/** Every file of `src` that an entry pulls in, itself included. */
function graphOf(files: Files, entry: string): string[] {
  const reached = new Set<string>();
  const waiting = files.has(entry) ? [entry] : [];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    const local = importsOf(files.get(path) ?? '').filter((specifier) => specifier.startsWith('.'));
    waiting.push(...local.map((specifier) => resolved(path as string, specifier)));
  }
  return [...reached];
}

function workerFaults(files: Files): string[] {
  return graphOf(files, 'src/worker.ts').flatMap((path) => [
    ...(roomOf(path) === 'platform' ? [`the Worker reaches ${path}`] : []),
    ...importsOf(files.get(path) ?? '')
      .filter((specifier) => OUTSIDE_ONLY.test(specifier))
      .map((specifier) => `the Worker reaches ${specifier} by ${path}`),
  ]);
}

const faultsIn = (files: Files): string[] =>
  [...files].flatMap(([path, text]) => faultsOf(path, text)).concat(workerFaults(files));

const topLevelFaults = (names: readonly string[]): string[] =>
  names.filter((name) => !name.startsWith('.') && !TOP_LEVEL.includes(name));

const root = fileURLToPath(new URL('..', import.meta.url));
const house = (): Files =>
  new Map(
    readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `src/${name.replaceAll('\\', '/')}`)
      .map((path) => [path, readFileSync(root + path, 'utf8')]),
  );

describe('the house', () => {
  it('keeps to its arrows, its purity and its limits', () => {
    const files = house();
    expect(files.size).toBeGreaterThan(10);
    expect(faultsIn(files)).toEqual([]);
  });

  it('holds nothing else at the top level', () => {
    expect(topLevelFaults(readdirSync(root))).toEqual([]);
  });
});

describe('the inspection itself', () => {
  const faults = (path: string, text: string) => faultsIn(new Map([[path, text]]));

  it.each([
    ['a library in core', 'src/core/a.ts', "import { z } from 'zod';"],
    ['a node module in core', 'src/core/a.ts', "import { createHash } from 'node:crypto';"],
    ['core reaching out, if only for a type', 'src/core/a.ts', "import type { Sql } from '../registry/sql.ts';"],
    ['an import over several lines', 'src/core/a.ts', "import {\n  a,\n  b,\n} from '../registry/sql.ts';"],
    ['a re-export', 'src/core/a.ts', "export * from '../checks/check.ts';"],
    ['an import for its effect', 'src/core/a.ts', "import '../checks/check.ts';"],
    ['an import in passing', 'src/core/a.ts', "const a = await import('../checks/check.ts');"],
    ['the clock in core', 'src/core/a.ts', 'const now = Date.now();'],
    ['today in core', 'src/core/a.ts', 'const now = new Date();'],
    ['chance in core', 'src/core/a.ts', 'const dice = Math.random();'],
    ['the network in core', 'src/core/a.ts', "await fetch('https://example.org');"],
    ['the environment in a room', 'src/core/a.ts', 'const home = process.env.HOME;'],
    ['two rooms side by side', 'src/registry/a.ts', "import { a } from '../intake/a.ts';"],
    ['files in a room', 'src/intake/a.ts', "import { readFile } from 'node:fs/promises';"],
    ['access reaching up', 'src/access/a.ts', "import { a } from '../checks/a.ts';"],
    ['checks and coverage side by side', 'src/checks/a.ts', "import { a } from '../coverage/a.ts';"],
    ['checks reaching up', 'src/checks/a.ts', "import { a } from '../http/a.ts';"],
    ['http reaching into web', 'src/http/a.ts', "import { a } from '../web/a.ts';"],
    ['web reaching into http', 'src/web/messages/a.ts', "import { a } from '../../http/a.ts';"],
    ['a room reaching for a door', 'src/web/a.ts', "import { a } from '../worker.ts';"],
    ['a room reaching into platform', 'src/http/a.ts', "import { a } from '../platform/a.ts';"],
    ['threads in a room', 'src/http/a.ts', "import { Worker } from 'node:worker_threads';"],
    ['an import from outside src', 'src/http/a.ts', "import { a } from '../../test/a.ts';"],
    ["the Worker's door opening platform", 'src/worker.ts', "import { a } from './platform/a.ts';"],
    ['what doors share opening platform', 'src/service.ts', "import { a } from './platform/a.ts';"],
    ['a room the plan does not have', 'src/helpers/a.ts', 'export {};'],
    ['a file too long', 'src/web/a.ts', 'export {};\n'.repeat(MAX_LINES + 1)],
  ])('finds %s', (_what, path, text) => {
    expect(faults(path, text)).not.toEqual([]);
  });

  it.each([
    [
      'src/core/a.ts',
      "import { a } from './b.ts';\nconst day = new Date(0);\n// fetch( and Date.now() are for others",
    ],
    ['src/registry/a.ts', "import postgres from 'postgres';\nimport { a } from '../core/a.ts';"],
    ['src/checks/a.ts', "import { a } from '../registry/a.ts';\nimport { createHmac } from 'node:crypto';"],
    [
      'src/http/a.ts',
      "import { a } from '../checks/a.ts';\nimport { b } from '../coverage/a.ts';\nconst now = Date.now();",
    ],
    [
      'src/platform/a/b.ts',
      "import { a } from '../../web/a.ts';\nimport { readFile } from 'node:fs/promises';\nprocess.exit();",
    ],
    ['src/node.ts', "import { a } from './platform/a.ts';\nprocess.env.PORT;"],
    ['src/web/a.ts', 'export {};\n'.repeat(MAX_LINES)],
  ])('lets pass what is allowed in %s', (path, text) => {
    expect(faults(path, text)).toEqual([]);
  });

  it('follows the Worker through every room to what only Node has', () => {
    const files = new Map([
      ['src/worker.ts', "import { a } from './http/a.ts';"],
      ['src/http/a.ts', "import { b } from '../checks/b.ts';"],
      ['src/checks/b.ts', "export { c } from '../registry/c.ts';"],
      ['src/registry/c.ts', "export { d } from '../platform/d.ts';"],
      ['src/platform/d.ts', "import 'node:fs';"],
    ]);
    expect(workerFaults(files)).toEqual([
      'the Worker reaches src/platform/d.ts',
      'the Worker reaches node:fs by src/platform/d.ts',
    ]);
  });

  it('finds what does not belong at the top level', () => {
    expect(topLevelFaults(['src', '.gitignore', 'vitest.config.ts', 'docs'])).toEqual(['vitest.config.ts', 'docs']);
  });
});
