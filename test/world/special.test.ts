import { describe, expect, test } from 'vitest';
import { logFactorial, normalCdf } from '../../src/world/special.js';
import { betaCdf, gammaCdf, logGamma } from './statistics.js';

// Reference values: mpmath 1.3 with 30 digits.

describe('normalCdf', () => {
  test.each([
    [-37, 5.72557122252458e-300],
    [-20, 2.75362411860623e-89],
    [-10, 7.61985302416053e-24],
    [-7.1, 6.23784446333159e-13],
    [-7.05, 8.94588955876992e-13],
    [-5, 2.86651571879194e-7],
    [-3.3, 0.000483424142383777],
    [-1, 0.158655253931457],
    [-0.5, 0.308537538725987],
    [0, 0.5],
  ])('Φ(%d) to 8 digits, and its mirror image to 1e-15', (x, expected) => {
    expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(1e-8);
    expect(Math.abs(normalCdf(-x) - (1 - expected))).toBeLessThan(1e-15);
  });

  test.each([
    [0.25, 0.598706325682924],
    [1, 0.841344746068543],
    [1.96, 0.97500210485178],
    [2.5, 0.993790334674224],
    [4, 0.999968328758167],
    [6, 0.999999999013412],
  ])('Φ(%d) to 1e-15', (x, expected) => {
    expect(Math.abs(normalCdf(x) - expected)).toBeLessThan(1e-15);
  });

  test('rises, and is 0 and 1 far out', () => {
    let before = 0;
    for (let x = -38; x <= 38; x += 0.01) {
      const here = normalCdf(x);
      expect(here).toBeGreaterThanOrEqual(before);
      before = here;
    }
    expect([normalCdf(-40), normalCdf(40)]).toEqual([0, 1]);
    expect([normalCdf(Number.NEGATIVE_INFINITY), normalCdf(Number.POSITIVE_INFINITY)]).toEqual([
      0, 1,
    ]);
  });
});

test.each([
  [0, 0],
  [1, 0],
  [2, Math.LN2],
  [10, 15.1044125730755],
  [20, 42.3356164607535],
  [127, 491.553448223298],
  [128, 496.405478487218],
  [129, 501.265290891579],
  [1000, 5912.12817848816],
  [1e5, 1051299.22189912],
  [1e6, 12815518.3846582],
  [3.6e9, 75615118868.5916],
  [1e12, 26631021115943.3],
])('ln %d! to 14 digits', (k, expected) => {
  expect(Math.abs(logFactorial(k) - expected)).toBeLessThanOrEqual(1e-14 * expected + 1e-300);
});

// The tests' own references are held to the same source.
test('distribution functions of the tests', () => {
  expect(logGamma(0.1)).toBeCloseTo(2.25271265173421, 13);
  expect(gammaCdf(0.5, 0.3)).toBeCloseTo(0.561421973919002, 12);
  expect(gammaCdf(60, 65)).toBeCloseTo(0.748937603023354, 12);
  expect(betaCdf(2, 5, 0.3)).toBeCloseTo(0.579825, 12);
  expect(betaCdf(0.5, 40, 0.01)).toBeCloseTo(0.628613976746015, 12);
});
