export type BenchContext = {
  directory: string;
  keys: Record<string, string>;
  create(name: string): Promise<string>;
  sample(count: number): Promise<string>;
  say(line: string): void;
  rows: number;
  rounds: number;
  imports: number;
};
