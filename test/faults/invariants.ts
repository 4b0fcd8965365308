/** What must hold, whatever fails; each is broken by a bug that is planted for it (plants.ts). */
export const INVARIANTS = {
  answer: 'an answer is that of the oracle, for the copy that its source may show then',
  neither: 'who is unknown, absent, unclear or contradictory never has the document NEITHER, nor is NOT_ELIGIBLE',
  current: 'what says REGISTRY is of the current copy',
  published: 'what says SNAPSHOT is of a copy that was published, and not superseded for long',
  revoked:
    'a revoked client gets no answer: from the database at once, from a snapshot by the list that was read last',
  audited: 'every answer that was given has its row in the audit in the end',
  once: 'the audit has no more rows than were answered or asked in vain',
  recorded: 'the row says what was answered',
  sealed: 'the audit can be sealed and verified',
  status: 'what cannot be answered is 503 with Retry-After, never another 5xx',
  refused: 'nobody is refused who may ask',
  bulk: 'a bulk answer has a line for each line, all of one state',
  list: 'counts of a list are those of the oracle, and its changes lead from one state to the other',
  form: 'the form answers who knows the second fact, and nobody else',
  drained: 'nothing is left in the journal after recovery',
} as const;
export type Invariant = keyof typeof INVARIANTS;

const KEPT_EXAMPLES = 5;

/** What was found broken, by invariant, and what else is counted. */
export function createFindings() {
  const counts = new Map<Invariant, number>();
  const examples: string[] = [];
  const numbers = new Map<string, number>();
  return {
    broken(invariant: Invariant, detail: unknown): void {
      counts.set(invariant, (counts.get(invariant) ?? 0) + 1);
      if ((counts.get(invariant) as number) <= KEPT_EXAMPLES)
        examples.push(`${invariant}: ${JSON.stringify(detail)}`);
    },
    count(name: string, by = 1): void {
      numbers.set(name, (numbers.get(name) ?? 0) + by);
    },
    of: (name: string): number => numbers.get(name) ?? 0,
    numbers: (): Record<string, number> => Object.fromEntries([...numbers].sort(([a], [b]) => (a < b ? -1 : 1))),
    brokenInvariants: (): Invariant[] => [...counts.keys()],
    total: (): number => [...counts.values()].reduce((sum, count) => sum + count, 0),
    counts: (): Record<string, number> => Object.fromEntries(counts),
    examples: (): readonly string[] => examples,
  };
}
export type Findings = ReturnType<typeof createFindings>;
