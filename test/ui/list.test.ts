import { expect, test } from 'vitest';
import { createPalette } from '../../src/ui/colours.js';
import { type List, listLines } from '../../src/ui/list.js';

interface Dish {
  readonly name: string;
  readonly price: string;
  readonly tags: readonly string[];
  readonly story: string;
}
const SOUP: Dish = {
  ...{ name: 'soup', price: '4', tags: ['hot', 'made of what the garden has'] },
  story: 'it has been on the fire since the morning',
};
const BREAD: Dish = { name: 'rye bread', price: '12', tags: [], story: '' };

const list = (rows: readonly Dish[]): List<Dish> => ({
  ...{ rows, alike: [SOUP, BREAD] },
  columns: [
    { header: 'dish', align: 'left', importance: 0, cell: ({ name }) => name },
    { header: 'price', importance: 1, cell: ({ price }) => price },
  ],
  notes: [
    { header: 'tags', short: true, texts: ({ tags }) => tags },
    { header: 'story', lead: 'story: ', texts: ({ story }) => [story] },
  ],
});
const shown = (width: number, ...rows: Dish[]) =>
  listLines(list(rows), { palette: createPalette(false), width });

test('without a terminal a row is a line', () => {
  expect(shown(Number.POSITIVE_INFINITY, SOUP, BREAD)).toEqual([
    'dish       price  tags                              story',
    'soup           4  hot; made of what the garden has  it has been on the fire since the morning',
    'rye bread     12',
  ]);
});

test('beside a row, short notes have the room that the longest needs, the others the rest', () => {
  expect(shown(140, SOUP, BREAD)).toEqual([
    'dish       price  tags                         story',
    'soup           4  hot                          it has been on the fire since the morning',
    '                  made of what the garden',
    '                    has',
    'rye bread     12',
  ]);
});

test('under a row: short ones hang, those that are empty are left out', () => {
  expect(shown(26, SOUP, BREAD)).toEqual([
    'dish       price',
    'soup           4',
    '  hot',
    '  made of what the',
    '    garden has',
    '  story: it has been on',
    '  the fire since the',
    '  morning',
    'rye bread     12',
  ]);
  expect(shown(14, BREAD)).toEqual(['dish', 'rye bread']);
});

test('several lists stand alike', () => {
  for (const width of [26, 140, Number.POSITIVE_INFINITY]) {
    expect(shown(width, SOUP)[0]).toBe(shown(width, SOUP, BREAD)[0]);
  }
});
