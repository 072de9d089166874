// Special functions from Math.exp, log and sqrt alone: those give the same last digit on Node
// 20, 22 and 24, which powers do not.

const SQRT_2PI = 2.5066282746310002;

/**
 * Standard normal distribution function Φ(x) to 1e-15, and to eight digits in the lower tail.
 * Hart's rational approximation (1968) as given by G. West, "Better approximations to cumulative
 * normal functions", Wilmott Magazine, 2005.
 */
export function normalCdf(x: number): number {
  const z = Math.abs(x);
  if (z > 37) return x > 0 ? 1 : 0;
  const e = Math.exp((-z * z) / 2);
  let tail: number;
  if (z < 7.07106781186547) {
    const numerator =
      ((((((3.52624965998911e-2 * z + 0.700383064443688) * z + 6.37396220353165) * z +
        33.912866078383) *
        z +
        112.079291497871) *
        z +
        221.213596169931) *
        z +
        220.206867912376) *
      e;
    const denominator =
      ((((((8.83883476483184e-2 * z + 1.75566716318264) * z + 16.064177579207) * z +
        86.7807322029461) *
        z +
        296.564248779674) *
        z +
        637.333633378831) *
        z +
        793.826512519948) *
        z +
      440.413735824752;
    tail = numerator / denominator;
  } else {
    tail = e / (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))) / SQRT_2PI;
  }
  return x > 0 ? 1 - tail : tail;
}

const HALF_LOG_2PI = 0.9189385332046727;
const SMALL = 128;
const LOG_FACTORIALS = logFactorials();

function logFactorials(): Float64Array {
  const table = new Float64Array(SMALL);
  for (let k = 2; k < SMALL; k++) table[k] = table[k - 1]! + Math.log(k);
  return table;
}

/** ln k! — a table for small k, Stirling's series beyond (error below 1e-15 relative). */
export function logFactorial(k: number): number {
  if (k < SMALL) return LOG_FACTORIALS[k]!;
  const n = k + 1;
  const r = 1 / n;
  return (
    (n - 0.5) * Math.log(n) - n + HALF_LOG_2PI + r * (1 / 12 - r * r * (1 / 360 - (r * r) / 1260))
  );
}
