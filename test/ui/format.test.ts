import { expect, test } from 'vitest';
import * as format from '../../src/ui/format.js';

test.each([
  [0, '0', '0'],
  [999, '999', '999'],
  [12_345, '12,345', '12,345'],
  [99_999, '99,999', '99,999'],
  [100_000, '100,000', '100k'],
  [999_499, '999,499', '999k'],
  [999_500, '999,500', '1.0M'],
  [1_234_567, '1,234,567', '1.2M'],
  [45_600_000_000, '45,600,000,000', '45.6B'],
  [9_876_543_210_000_000, '9,876,543,210,000,000', '9877T'],
])('count %d', (n, long, short) => {
  expect(format.count(n)).toBe(long);
  expect(format.shortCount(n)).toBe(short);
});

test.each([
  [0, '0.0/s'],
  [0.001, '<0.01/s'],
  [0.04, '0.04/s'],
  [0.0949, '0.09/s'],
  [0.096, '0.1/s'],
  [1, '1.0/s'],
  [99.94, '99.9/s'],
  [99.96, '100/s'],
  [1234, '1,234/s'],
  [2_500_000, '2.5M/s'],
])('rate %d', (n, text) => {
  expect(format.rate(n)).toBe(text);
});

test.each([
  [0, 0, '–'],
  [0, 10, '0.0%'],
  [1, 10_000, '<0.1%'],
  [13, 1000, '1.3%'],
  [999, 1000, '99.9%'],
  [10, 10, '100%'],
])('percent %d of %d', (part, whole, text) => {
  expect(format.percent(part, whole)).toBe(text);
});

test.each([
  [undefined, '–'],
  [null, '–'],
  [Number.NaN, '–'],
  [Number.POSITIVE_INFINITY, '–'],
  [0, '0ms'],
  [0.0042, '4.2ms'],
  [0.00996, '10ms'],
  [0.087, '87ms'],
  [0.9994, '999ms'],
  [0.9996, '1.00s'],
  [1.24, '1.24s'],
  [9.996, '10.0s'],
  [12.44, '12.4s'],
  [99.96, '1m40s'],
  [125, '2m05s'],
])('latency %s', (seconds, text) => {
  expect(format.latency(seconds)).toBe(text);
});

test.each([
  [undefined, '–'],
  [null, '–'],
  [0, '$0.00'],
  [0.00001, '<$0.0001'],
  [0.0312, '$0.0312'],
  [0.99996, '$1.00'],
  [12.3, '$12.30'],
  [999.999, '$1,000.00'],
  [1_234_567.8, '$1,234,567.80'],
])('dollars %s', (amount, text) => {
  expect(format.dollars(amount)).toBe(text);
});

test.each([
  [0, '0s'],
  [35, '35s'],
  [59.6, '1m00s'],
  [65, '1m05s'],
  [3599.7, '1h00m'],
  [7800, '2h10m'],
  [86_399.9, '1d00h'],
  [273_600, '3d04h'],
])('duration %d', (seconds, text) => {
  expect(format.duration(seconds)).toBe(text);
});

test.each([
  [25, undefined, '00:25'],
  [25.9, 60, '00:25'],
  [25, 3600, '00:00:25'],
  [7800, undefined, '02:10:00'],
  [7800, 86_400, '02:10:00'],
  [86_400, undefined, '24:00:00'],
  [359_999, undefined, '99:59:59'],
  [7800, 360_000, '0d 02:10:00'],
  [446_401, undefined, '5d 04:00:01'],
])('clock %d of %s', (seconds, longest, text) => {
  expect(format.clock(seconds, longest)).toBe(text);
});

test('an instant is written in UTC', () => {
  expect(format.instant(Date.UTC(2026, 0, 5, 10, 0, 25))).toBe('2026-01-05 10:00:25');
});
