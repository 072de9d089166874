import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Labels, nearest, slipsBetween, union } from '../../src/stack/promql-known.js';

test.each([
  ['status', 'status', 0],
  ['stauts', 'status', 1],
  ['statu', 'status', 1],
  ['statuss', 'status', 1],
  ['stAtus', 'status', 1],
  ['', 'abc', 3],
  ['search', 'answer', 6],
])('from %s to %s: %i slips', (a, b, slips) => {
  expect(slipsBetween(a, b)).toBe(slips);
});

test('slips are a distance, but for the triangle', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '_'), maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const slips = slipsBetween(a, b);
      expect(slips).toBe(slipsBetween(b, a));
      expect(slips === 0).toBe(a === b);
      expect(slips).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      expect(slips).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});

test.each([
  ['modle', ['model', 'status'], 'model'],
  ['model_name', ['model', 'status'], 'model'],
  ['requests', ['requests_total', 'cost'], 'requests_total'],
  ['a', ['b'], undefined],
  ['rag_requests_total', ['chatapi_request_total', 'vectorlens_request_total'], undefined],
  ['endpoint', [], undefined],
])('%s of %j: perhaps %s', (name, names, meant) => {
  expect(nearest(name, names)).toBe(meant);
});

test('a union has the values of both; any value stays any', () => {
  const a: Labels = new Map([
    ['x', new Set(['1'])],
    ['y', undefined],
  ]);
  const b: Labels = new Map([
    ['x', new Set(['2'])],
    ['y', new Set(['3'])],
    ['z', new Set(['4'])],
  ]);
  const both = new Map([
    ['x', new Set(['1', '2'])],
    ['y', undefined],
    ['z', new Set(['4'])],
  ]);
  expect(union([a, b])).toEqual(both);
  expect(union([b, a])).toEqual(both);
  expect(union([a, undefined])).toBeUndefined();
});
