import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLatencies } from '../../src/pushgateway/latencies.js';

test('quantiles are within 5 % of the true ones', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1e-4, max: 180, noNaN: true }), { minLength: 1, maxLength: 300 }),
      fc.constantFrom(0, 0.5, 0.9, 0.99, 1),
      (values, q) => {
        const latencies = createLatencies();
        for (const value of values) latencies.record(value);
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
        expect(latencies.quantile(q) / exact).toBeGreaterThan(0.95);
        expect(latencies.quantile(q) / exact).toBeLessThan(1.05);
        expect(latencies.count()).toBe(values.length);
      },
    ),
  );
});

test('none, too short, too long', () => {
  const latencies = createLatencies();
  expect(latencies.quantile(0.5)).toBeNaN();
  latencies.record(0);
  expect(latencies.quantile(0.5)).toBeCloseTo(1e-4, 5);
  latencies.record(1e9);
  expect(latencies.quantile(1)).toBeGreaterThan(190);
});

test('two add up', () => {
  const [a, b] = [createLatencies(), createLatencies()];
  a.record(0.01);
  b.record(1);
  b.record(2);
  a.add(b);
  expect(a.count()).toBe(3);
  expect(a.quantile(0.5)).toBeCloseTo(1, 1);
});
