import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closest, slipsBetween } from '../src/closest.js';
import { PARAMETER_NAMES } from '../src/world/parameters.js';

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

test('what is near is suggested, and nothing else', () => {
  expect(closest('chatapi.latencey', PARAMETER_NAMES)).toBe('chatapi.latency');
  expect(closest('Trafic', PARAMETER_NAMES)).toBe('traffic');
  expect(closest('weather', PARAMETER_NAMES)).toBeUndefined();
});

test.each([
  ['ratget', ['target'], 'target'],
  ['tragte', ['target'], 'target'],
  ['latency-psike', ['latency-spike'], 'latency-spike'],
  ['up', ['upp'], 'upp'],
  ['a', ['b'], undefined],
  ['four-letters-off', ['abcd-letters-off'], undefined],
  ['alerts', ['up', 'ALERTS'], 'ALERTS'],
  ['request', ['requester', 'requests'], 'requests'],
  ['model', [], undefined],
])('%s of %j: %s', (name, names, meant) => {
  expect(closest(name, names)).toBe(meant);
});
