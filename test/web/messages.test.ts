import { expect, it } from 'vitest';
import { PILKADA_2018 } from '../../src/core/pilkada-2018.ts';
import { messagesFor } from '../../src/web/messages/messages.ts';
import { passage, text } from '../../src/web/messages/passage.ts';

const ID = messagesFor('id', PILKADA_2018.date);
const EN = messagesFor('en', PILKADA_2018.date);

it('a text is one line, on however many it is written', () => {
  expect(text`One ${'line'},
    and no - more.`).toBe('One line, and no - more.');
});

it('a passage is a title, a lead and points, each on however many lines it is written', () => {
  expect(passage`A title
    A lead that goes
    on
    - One ${'point'},
      which goes on - so far
    - Another`).toEqual({
    title: 'A title',
    lead: 'A lead that goes on',
    points: ['One point, which goes on - so far', 'Another'],
  });
  expect(passage`
    A title
    - A point`).toEqual({ title: 'A title', lead: '', points: ['A point'] });
});

it('the passages of both languages have a title, a lead and as many points', () => {
  for (const messages of [ID, EN]) {
    for (const { title, lead } of [...Object.values(messages.notices), ...Object.values(messages.result.summaries)]) {
      expect(title).not.toBe('');
      expect(lead).not.toBe('');
    }
  }
  for (const [kind, { points }] of Object.entries(ID.notices)) {
    expect(points).toHaveLength(EN.notices[kind as keyof typeof EN.notices].points.length);
  }
  expect(ID.form.about.map(({ points }) => points.length)).toEqual(EN.form.about.map(({ points }) => points.length));
});

it('no text holds a line break or a blank too many', () => {
  for (const messages of [ID, EN]) expect(JSON.stringify(messages)).not.toMatch(/\\n|\s\s|" | "/);
});
