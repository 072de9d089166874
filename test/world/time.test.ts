import { expect, test } from 'vitest';
import { dayOf, newYear, yearOf } from '../../src/world/time.js';

test('a year begins on its first of January and ends before the next', () => {
  for (let year = 1960; year < 2110; year++) {
    expect(newYear(year)).toBe(dayOf(`${year}-01-01`));
    expect([yearOf(newYear(year)), yearOf(newYear(year + 1) - 1)]).toEqual([year, year]);
  }
});
