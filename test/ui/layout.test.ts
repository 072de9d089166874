import { expect, test } from 'vitest';
import { createPalette } from '../../src/ui/colours.js';
import { clip, joinParts, wrap } from '../../src/ui/line.js';
import { bar, sparkline } from '../../src/ui/marks.js';
import { type Column, drawTable, splitTable, tableWidth } from '../../src/ui/table.js';

const plain = createPalette(false);

test.each([
  [[], 8, ''],
  [[0, 0], 8, '▁▁'],
  [[0, 1, 2, 3, 4, 5, 6, 7], 8, '▁▂▃▄▅▆▇█'],
  [[0.001, 1000], 8, '▂█'],
  [[9, 1, 2], 2, '▅█'],
  [[1, 2], 0, ''],
])('sparkline of %j', (values, width, text) => {
  expect(sparkline(values, width)).toBe(text);
});

test.each([
  [0, '────'],
  [0.49, '━───'],
  [1, '━━━━'],
  [7, '━━━━'],
])('bar of %d', (share, text) => {
  const { done, left } = bar(share, 4);
  expect(done + left).toBe(text);
});

test('parts go by importance, and what is left is cut', () => {
  const parts = [
    { text: 'first', importance: 0 },
    { text: '', importance: 0 },
    { text: 'third', importance: 2 },
    { text: 'second', importance: 1, paint: (text: string) => `<${text}>` },
  ];
  expect(joinParts(parts, ' ', 18)).toBe('first third <second>');
  expect(joinParts(parts, ' ', 17)).toBe('first <second>');
  expect(joinParts(parts, ' ', 11)).toBe('first');
  expect(joinParts(parts, ' ', 4)).toBe('fir…');
  expect(clip('abc', 1)).toBe('…');
});

test('text breaks between words, and long words stay whole', () => {
  expect(wrap('see http://localhost:9091/metrics for it', 10)).toEqual([
    'see',
    'http://localhost:9091/metrics',
    'for it',
  ]);
});

type Row = { name: string; n: number };
const name: Column<Row> = { header: 'name', align: 'left', cell: (row) => row.name };
const column = (header: string): Column<Row> => ({ header, cell: (row) => String(row.n) });
const rows = [
  { name: 'a', n: 1 },
  { name: 'longer', n: 12_345 },
];

test('a table stands straight, painted or not', () => {
  const columns = [name, { ...column('n'), min: 6 }];
  expect(drawTable(columns, rows, plain)).toEqual([
    'name         n',
    'a            1',
    'longer   12345',
  ]);
  expect(tableWidth(columns, rows)).toBe(14);
  expect(drawTable(columns, [], createPalette(true))).toEqual([
    '\x1b[2mname\x1b[22m       \x1b[2mn\x1b[22m',
  ]);
});

test('a wide table is cut between groups, and within one only where it must be', () => {
  const groups = [[column('b'), column('c')], [column('d')]];
  const headers = (width: number) =>
    splitTable(name, groups, rows, width).map((table) =>
      table.map(({ header }) => header).join(''),
    );
  expect(headers(27)).toEqual(['namebcd']);
  expect(headers(26)).toEqual(['namebc', 'named']);
  expect(headers(19)).toEqual(['nameb', 'namec', 'named']);
  expect(headers(1)).toEqual(['nameb', 'namec', 'named']);
});
