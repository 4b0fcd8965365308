/** A heading, what it says, and its points. */
export type Passage = { title: string; lead: string; points: string[] };

const joined = (lines: string): string => lines.trim().replace(/\s*\n\s*/g, ' ');

/** One text, written on as many lines as it takes. */
export const text = (parts: TemplateStringsArray, ...values: string[]): string =>
  joined(String.raw({ raw: parts }, ...values));

/** Written as in Markdown: the first line is the title, the next ones are the lead, and points have a dash. */
export function passage(parts: TemplateStringsArray, ...values: string[]): Passage {
  const [head = '', ...points] = String.raw({ raw: parts }, ...values)
    .trim()
    .split(/\n\s*- /);
  const [title = '', ...lead] = head.split('\n');
  return { title, lead: joined(lead.join('\n')), points: points.map(joined) };
}
