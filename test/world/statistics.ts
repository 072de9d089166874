// Statistics for the tests. Streams are seeded, so a test that holds today holds for ever.

/** One bin of a χ² test. */
export interface Bin {
  readonly observed: number;
  readonly expected: number;
}

/**
 * How far a χ² statistic lies above its mean, as a standard normal number (E. B. Wilson and
 * M. M. Hilferty, 1931). Neighbouring bins are joined until each expects at least ten.
 */
export function chiSquareZ(bins: Iterable<Bin>): number {
  const joined: { observed: number; expected: number }[] = [];
  let open = { observed: 0, expected: 0 };
  for (const { observed, expected } of bins) {
    open = { observed: open.observed + observed, expected: open.expected + expected };
    if (open.expected < 10) continue;
    joined.push(open);
    open = { observed: 0, expected: 0 };
  }
  const last = joined.at(-1);
  if (last) {
    last.observed += open.observed;
    last.expected += open.expected;
  }
  const k = joined.length - 1;
  if (k < 1) return 0;
  const chi = joined.reduce(
    (sum, { observed: o, expected: e }) => sum + ((o - e) * (o - e)) / e,
    0,
  );
  return (Math.cbrt(chi / k) - (1 - 2 / (9 * k))) / Math.sqrt(2 / (9 * k));
}

/** χ² of counted values against the chances of the values from `low` to `high`; tails are bins. */
export function discreteZ(
  values: readonly number[],
  chance: (value: number) => number,
  low: number,
  high: number,
): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let covered = 0;
  let seen = 0;
  const bins: Bin[] = [];
  for (let value = low; value <= high; value++) {
    const expected = chance(value);
    const observed = counts.get(value) ?? 0;
    covered += expected;
    seen += observed;
    bins.push({ observed, expected: expected * values.length });
  }
  bins.push({
    observed: values.length - seen,
    expected: Math.max(0, 1 - covered) * values.length,
  });
  return chiSquareZ(bins);
}

/** Kolmogorov's D·√n of values against a distribution function; above 1.95 once in a thousand. */
export function kolmogorov(values: readonly number[], cdf: (x: number) => number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  let d = 0;
  sorted.forEach((x, i) => {
    const f = cdf(x);
    d = Math.max(d, f - i / n, (i + 1) / n - f);
  });
  return d * Math.sqrt(n);
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

export function varianceOf(values: readonly number[]): number {
  const m = meanOf(values);
  return values.reduce((sum, x) => sum + (x - m) * (x - m), 0) / (values.length - 1);
}

export function correlation(a: readonly number[], b: readonly number[]): number {
  const [ma, mb] = [meanOf(a), meanOf(b)];
  const covariance = a.reduce((sum, x, i) => sum + (x - ma) * (b[i]! - mb), 0) / (a.length - 1);
  return covariance / Math.sqrt(varianceOf(a) * varianceOf(b));
}

/** ln Γ(x) by Stirling's series after x has been raised above 20. */
export function logGamma(x: number): number {
  let shift = 0;
  while (x < 20) {
    shift += Math.log(x);
    x += 1;
  }
  const r = 1 / x;
  const series = r * (1 / 12 - r * r * (1 / 360 - r * r * (1 / 1260 - (r * r) / 1680)));
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/** Regularised lower incomplete gamma function P(a, x): series, or continued fraction (Lentz). */
export function gammaCdf(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; Math.abs(term) > sum * 1e-15; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return sum * front;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 100_000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return 1 - front * h;
}

/** Regularised incomplete beta function I_x(a, b) by its continued fraction (Lentz). */
export function betaCdf(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCdf(b, a, 1 - x);
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return (front * h) / a;
}
