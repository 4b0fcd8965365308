/** Data, not rules: their strings are checked by counts and samples, and a mutant of each would say nothing. */
const TABLES = new Set(['PROVINCES', 'CONTESTS', 'OTHER_COUNTRIES', 'REASON_BASIS']);

type Node = { isVariableDeclarator(): boolean; node: { id?: { name?: string } } };

/** Stryker's plugin of this name leaves them out. */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'tables',
    value: {
      shouldIgnore: (path: Node): string | undefined =>
        path.isVariableDeclarator() && TABLES.has(path.node.id?.name ?? '') ? 'a table of data' : undefined,
    },
  },
];
