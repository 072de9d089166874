import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createPalette } from '../../src/ui/colours.js';
import { createProgressBar } from '../../src/ui/progress-bar.js';
import { recorder } from './samples.js';

function drawn(columns: number, done: number, total: number): string {
  const output = recorder(columns);
  const clock = { monotonic: () => 0 };
  createProgressBar(output, createPalette(false), { what: 'days', clock }).update(done, total);
  return stripVTControlCharacters(output.writes.join('')).replace('\r', '');
}

test('the numbers are always whole; the bar takes what is left, and goes when there is nothing', () => {
  expect(drawn(80, 1189, 6000)).toBe(`days ${'━'.repeat(5)}${'─'.repeat(25)}  1,189/6,000`);
  expect(drawn(40, 3000, 6000)).toBe(`days ${'━'.repeat(10)}${'─'.repeat(11)}  3,000/6,000`);
  expect(drawn(21, 3000, 6000)).toBe('days ━─  3,000/6,000');
  expect(drawn(19, 3000, 6000)).toBe('days 3,000/6,000');
  expect(drawn(9, 3000, 6000)).toBe('days 3,…');
  for (let columns = 2; columns < 90; columns++) {
    expect(drawn(columns, 5999, 6000).length).toBeLessThan(columns);
  }
});
