// Numbers between 0 and 1 with density ∝ e^(a·x): of all with their mean the least presumptuous, and
// those that stay so when only their sum is known as well. `a` is the tilt; 0 is the uniform one.

/** Tilts of less than this are none: the formulas divide by them. */
const FLAT = 1e-3;

/** The number below which a share `u` of them lies: ln(1 + u·(e^a − 1)) / a. */
export function tilted(a: number, u: number): number {
  if (Math.abs(a) < FLAT) return u + (a * u * (1 - u)) / 2;
  if (a < 0) return Math.log(1 - u * (1 - Math.exp(a))) / a;
  return 1 + Math.log(u + (1 - u) * Math.exp(-a)) / a;
}

/** The share of them that lies below `x`. */
export function below(a: number, x: number): number {
  if (Math.abs(a) < FLAT) return x - (a * x * (1 - x)) / 2;
  if (a < 0) return (1 - Math.exp(a * x)) / (1 - Math.exp(a));
  return (Math.exp(a * (x - 1)) - Math.exp(-a)) / (1 - Math.exp(-a));
}

/** How fast the number with this share below it grows with the tilt. */
export function slope(a: number, u: number): number {
  if (Math.abs(a) < FLAT) return (u * (1 - u)) / 2;
  const e = Math.exp(-Math.abs(a));
  const share = a > 0 ? u / (u + (1 - u) * e) : (u * e) / (1 - u * (1 - e));
  return (share - tilted(a, u)) / a;
}

/** The tilt of the numbers with this mean: a first guess (A. Cohen, 1991) and Newton's steps. */
export function tiltOf(mean: number): number {
  const held = Math.max(LEAST, Math.min(1 - LEAST, mean));
  const y = 2 * held - 1;
  let a = (2 * y * (3 - y * y)) / (1 - y * y);
  for (let step = 0; step < 3 && Math.abs(a) > FLAT; step++) {
    // Mean 1/(1 − e^−a) − 1/a, variance 1/a² − e^−a/(1 − e^−a)².
    const e = Math.exp(-Math.abs(a));
    const left = 1 / (1 - e);
    const here = a > 0 ? left - 1 / a : 1 - left - 1 / a;
    a += (held - here) / Math.max(1e-12, 1 / (a * a) - e * left * left);
  }
  return a;
}

const LEAST = 1e-5;
