import { expect, test } from 'vitest';
import { type Labels, nearest, union } from '../../src/stack/promql-known.js';

test.each([
  ['modle', ['model', 'status'], 'model'],
  ['model_name', ['model', 'status'], 'model'],
  ['requests', ['requests_total', 'cost'], 'requests_total'],
  ['a', ['b'], undefined],
  ['requests', ['requests_total', 'request'], 'request'],
  ['', ['_a'], undefined],
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
