import { logFactorial } from '../../src/world/special.js';

// The numeric alerts of the catalogue, evaluated once a minute on sums over whole minutes.

/** What the alerts look at: one column a quantity, one number a minute. */
export type Column =
  | 'requests'
  | 'errors'
  | 'searches'
  | 'slowSearches'
  | 'answers'
  | 'slowAnswers'
  | 'firstTokens'
  | 'slowFirstTokens'
  | 'lookups'
  | 'hits'
  | 'cost'
  | 'limitsNear'
  | 'calls';

export type Columns = Readonly<Record<Column, readonly number[]>>;

interface Alert {
  readonly name: string;
  /** Minutes that are summed up, and for how many more the condition must hold. */
  readonly window: number;
  readonly for: number;
  readonly reads: readonly Column[];
  fires(sums: readonly number[]): boolean;
}

/** A p95 lies above a bucket's bound just when more than 5 % of the observations do. */
const P95 = 0.05;

/** Samples below which a ratio or a quantile means nothing. */
const LEAST_SAMPLES = 50;
const LEAST_REQUESTS = 100;

function slow(name: string, of: Column, above: Column): Alert {
  return {
    name,
    window: 5,
    for: 5,
    reads: [of, above],
    fires: ([n, over]) => n! >= LEAST_SAMPLES && over! > P95 * n!,
  };
}

export const ALERTS: readonly Alert[] = [
  slow('HighLatency', 'searches', 'slowSearches'),
  slow('HighAnswerLatency', 'answers', 'slowAnswers'),
  slow('HighTimeToFirstToken', 'firstTokens', 'slowFirstTokens'),
  {
    name: 'HighErrorRate',
    window: 5,
    for: 5,
    reads: ['requests', 'errors'],
    fires: ([n, errors]) => n! >= LEAST_REQUESTS && errors! > 0.05 * n!,
  },
  {
    name: 'LowCacheHitRate',
    window: 15,
    for: 15,
    reads: ['lookups', 'hits'],
    fires: ([n, hits]) => n! >= LEAST_SAMPLES && hits! < 0.3 * n!,
  },
  {
    name: 'HighCostBurn',
    window: 1440,
    for: 0,
    reads: ['cost'],
    fires: ([dollars]) => dollars! > 100,
  },
  {
    name: 'HighCostBurn (last hour)',
    window: 60,
    for: 0,
    reads: ['cost'],
    fires: ([dollars]) => 24 * dollars! > 100,
  },
  {
    name: 'RateLimitLow',
    window: 1,
    for: 5,
    reads: ['limitsNear'],
    fires: ([models]) => models! > 0,
  },
  {
    // Of all services chatapi has the fewest requests.
    name: 'RagTrafficMissing',
    window: 10,
    for: 10,
    reads: ['calls'],
    fires: ([calls]) => calls === 0,
  },
];

/** The sum of the `window` minutes that end at each minute; what came before counts as nothing. */
export function rolling(values: readonly number[], window: number): number[] {
  let open = 0;
  return values.map((value, i) => {
    open += value - (values[i - window] ?? 0);
    return open;
  });
}

/** The alerts that fire, with the number of minutes for which each does. */
export function firing(columns: Columns, alerts = ALERTS): Record<string, number> {
  const fired: Record<string, number> = {};
  for (const alert of alerts) {
    const sums = alert.reads.map((column) => rolling(columns[column], alert.window));
    let held = 0;
    for (let minute = 0; minute < columns.requests.length; minute++) {
      held = alert.fires(sums.map((values) => values[minute]!)) ? held + 1 : 0;
      if (held > alert.for) fired[alert.name] = (fired[alert.name] ?? 0) + 1;
    }
  }
  return fired;
}

/**
 * A bound on the chance that a p95 alert fires, when of `n` observations a minute `certain` lie
 * above its threshold and `likely` more do on average. To hold for 5 minutes, windows of 5 minutes
 * that have nothing in common must both be over; the chance of that is the product of two tails. A
 * sum of independent trials has a lighter tail than the Poisson number of the same mean
 * (W. Hoeffding, 1956).
 */
export function chanceOfFiring(
  n: readonly number[],
  certain: readonly number[],
  likely: readonly number[],
): number {
  const [counts, known, means] = [rolling(n, 5), rolling(certain, 5), rolling(likely, 5)];
  const tails = counts.map((count, minute) => {
    const missing = Math.floor(P95 * count) + 1 - known[minute]!;
    return count < LEAST_SAMPLES ? 0 : poissonTail(means[minute]!, missing);
  });
  return tails.reduce((sum, tail, minute) => sum + tail * (tails[minute + 5] ?? 0), 0);
}

/** P(X ≥ k), from above: the first term and a geometric series. */
function poissonTail(mean: number, k: number): number {
  if (k <= mean) return 1;
  const first = Math.exp(k * Math.log(mean) - mean - logFactorial(k));
  return Math.min(1, first / (1 - mean / (k + 1)));
}
