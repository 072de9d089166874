import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { below, slope, tilted, tiltOf } from '../../src/world/tilted.js';

const shares = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
const tilts = fc.double({ min: -200, max: 200, noNaN: true });

describe('numbers between 0 and 1 with density ∝ e^(a·x)', () => {
  test('the share below the number with this share below it is this share', () => {
    fc.assert(
      fc.property(tilts, shares, (a, u) => {
        const x = tilted(a, u);
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(1);
        expect(below(a, x)).toBeCloseTo(u, 6);
      }),
    );
  });

  test.each([0.001, 0.02, 0.2, 0.45, 0.4999, 0.5, 0.7, 0.99])('have the mean %d', (mean) => {
    const a = tiltOf(mean);
    const n = 20_000;
    let total = 0;
    for (let i = 0; i < n; i++) total += tilted(a, (i + 0.5) / n);
    expect(total / n).toBeCloseTo(mean, 4);
  });

  test('the slope is the difference quotient', () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), shares, (a, u) => {
        const h = 1e-4 * Math.max(1, Math.abs(a));
        const quotient = (tilted(a + h, u) - tilted(a - h, u)) / (2 * h);
        expect(slope(a, u)).toBeCloseTo(quotient, 3);
      }),
    );
  });
});
