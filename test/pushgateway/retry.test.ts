import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTransient, parseRetryAfter, waitMs } from '../../src/pushgateway/retry.js';

test.each([
  [200, false],
  [301, false],
  [400, false],
  [401, false],
  [404, false],
  [408, false],
  [413, false],
  [429, true],
  [500, true],
  [503, true],
  [599, true],
])('%i is worth a retry: %s', (status, expected) => {
  expect(isTransient(status)).toBe(expected);
});

test('the ceiling doubles from 250 ms to 10 s, and the jitter is full', () => {
  const ceilings = [1, 2, 3, 4, 5, 6, 7, 100].map((retry) => waitMs({ retry, random: () => 1 }));
  expect(ceilings).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  expect(waitMs({ retry: 5, random: () => 0 })).toBe(0);
  expect(waitMs({ retry: 5, random: () => 0.25 })).toBe(1000);
});

test('never earlier than the server asked for', () => {
  fc.assert(
    fc.property(
      fc.nat(20),
      fc.nat(100_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, asked, r) => {
        const wait = waitMs({ retry: n + 1, random: () => r, retryAfterMs: asked });
        expect(wait).toBeGreaterThanOrEqual(asked);
        expect(wait).toBeLessThanOrEqual(Math.max(asked, 10_000));
      },
    ),
  );
});

const NOW = Date.parse('2026-03-01T00:00:00Z');
test.each([
  ['7', undefined, 7000],
  ['0', undefined, 0],
  [' 3 ', undefined, 3000],
  // The gateway's clock is a day ahead: only its own Date counts.
  ['Mon, 02 Mar 2026 00:00:30 GMT', 'Mon, 02 Mar 2026 00:00:10 GMT', 20_000],
  ['Sun, 01 Mar 2026 00:00:30 GMT', undefined, 30_000],
  ['Sun, 01 Mar 2026 00:00:30 GMT', 'nonsense', 30_000],
  ['Sat, 28 Feb 2026 00:00:30 GMT', undefined, 0],
  [undefined, undefined, undefined],
  ['', undefined, undefined],
  ['-5', undefined, undefined],
  ['1.5', undefined, undefined],
  ['soon', undefined, undefined],
  ['Tomorrow', undefined, undefined],
])('Retry-After %j with Date %j is %j ms', (value, date, expected) => {
  expect(parseRetryAfter(value, date, NOW)).toBe(expected);
});
