import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** What is typed on the terminal after a question, without showing it; empty where it is given up. */
export async function askUnseen(question: string): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: true, historySize: 0 });
  process.stderr.write(question);
  const answer = await new Promise<string>((resolve) => lines.once('line', resolve).once('close', () => resolve('')));
  lines.close();
  process.stderr.write('\n');
  return answer;
}
