import { logFactorial } from './special.js';
import type { Stream } from './stream.js';

// Exact samplers for any size, one page each. The libraries that were measured are either not
// exact for large n·p or 4–20 times slower; these are held against χ² in the tests.

/** Below this mean, counting up from zero (inversion) is both exact and fast. */
const INVERSION_LIMIT = 10;

/**
 * A Poisson count. W. Hörmann, "The transformed rejection method for generating Poisson random
 * variables", Insurance: Mathematics and Economics 12 (1993), algorithm PTRS.
 */
export function poisson(stream: Stream, mean: number): number {
  if (!(mean > 0)) return 0;
  if (mean < INVERSION_LIMIT) {
    let p = Math.exp(-mean);
    let u = stream.next();
    let k = 0;
    while (u > p) {
      u -= p;
      k++;
      p *= mean / k;
      if (p < 1e-300) break;
    }
    return k;
  }
  const logMean = Math.log(mean);
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const logInverseAlpha = Math.log(1.1239 + 1.1328 / (b - 3.4));
  const quick = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = stream.next() - 0.5;
    const v = stream.next();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= quick) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const left = Math.log(v) + logInverseAlpha - Math.log(a / (us * us) + b);
    if (left <= k * logMean - mean - logFactorial(k)) return k;
  }
}

/** Further than this from the mode the squeeze below holds (Kachitvichyanukul and Schmeiser, step 5.2). */
const SQUEEZE_FROM = 20;

/**
 * How many of `n` trials succeed. W. Hörmann, "The generation of binomial random variates",
 * Journal of Statistical Computation and Simulation 46 (1993), algorithm BTRS, with the squeeze of
 * V. Kachitvichyanukul and B. W. Schmeiser, "Binomial random variate generation", CACM 31 (1988).
 */
export function binomial(stream: Stream, n: number, p: number): number {
  if (!(n > 0) || !(p > 0)) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(stream, n, 1 - p);
  const q = 1 - p;
  if (n * p < INVERSION_LIMIT) {
    let u = stream.next();
    // Bernoulli's inequality, (1 − p)^n ≥ 1 − n·p, decides most draws of what is rare.
    if (u <= 1 - n * p) return 0;
    let f = Math.exp(n * Math.log(q));
    let k = 0;
    while (u > f && k < n) {
      u -= f;
      f *= ((n - k) * p) / ((k + 1) * q);
      k++;
      if (f < 1e-300) break;
    }
    return k;
  }
  const spread = Math.sqrt(n * p * q);
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = n * p + 0.5;
  const quick = 0.92 - 4.2 / b;
  let alpha = 0;
  let logOdds = 0;
  let mode = 0;
  let h = 0;
  for (;;) {
    const u = stream.next() - 0.5;
    const v = stream.next();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    if (us >= 0.07 && v <= quick) return k;
    if (k < 0 || k > n) continue;
    if (alpha === 0) {
      // Needed in one round of seven only, so computed when it is.
      alpha = (2.83 + 5.1 / b) * spread;
      mode = Math.floor((n + 1) * p);
    }
    const left = Math.log((v * alpha) / (a / (us * us) + b));
    // Bounds of what is compared below: they decide nearly always, and need no factorials.
    const off = Math.abs(k - mode);
    const variance = spread * spread;
    if (off > SQUEEZE_FROM && off < variance / 2 - 1) {
      const middle = -(off * off) / (2 * variance);
      const margin = (off / variance) * ((off * (off / 3 + 0.625) + 1 / 6) / variance + 0.5);
      if (left < middle - margin) return k;
      if (left > middle + margin) continue;
    }
    if (h === 0) {
      logOdds = Math.log(p / q);
      h = logFactorial(mode) + logFactorial(n - mode);
    }
    if (left <= h - logFactorial(k) - logFactorial(n - k) + (k - mode) * logOdds) return k;
  }
}

/** A standard normal number (Marsaglia's polar method). */
export function normal(stream: Stream): number {
  for (;;) {
    const x = 2 * stream.next() - 1;
    const y = 2 * stream.next() - 1;
    const s = x * x + y * y;
    if (s < 1) return x * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

/**
 * A gamma number with this shape and scale 1. G. Marsaglia and W. W. Tsang, "A simple method for
 * generating gamma variables", ACM TOMS 26 (2000); a shape below 1 by their boost U^(1/shape).
 */
export function gamma(stream: Stream, shape: number): number {
  if (!(shape > 0)) return 0;
  if (shape < 1) {
    const boost = Math.exp(Math.log(stream.next()) / shape);
    return boost * gamma(stream, shape + 1);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(stream);
    const t = 1 + c * x;
    if (t <= 0) continue;
    const v = t * t * t;
    const u = stream.next();
    // Their squeeze: it accepts nothing that the exact test would not, and needs no logarithms.
    if (u < 1 - 0.0331 * x * x * x * x) return d * v;
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A beta number: the share of the first of two independent gammas. */
export function beta(stream: Stream, a: number, b: number): number {
  if (!(a > 0)) return 0;
  if (!(b > 0)) return 1;
  const x = gamma(stream, a);
  return x / (x + gamma(stream, b));
}
