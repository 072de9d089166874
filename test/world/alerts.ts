import { BURN_RATES, burnThreshold } from '../../src/stack/rules/windows.js';
import { LEAST, THRESHOLDS } from '../../src/stack/thresholds.js';
import { logFactorial } from '../../src/world/special.js';

// The alerts of the catalogue that watch the world, evaluated once a minute on sums over whole
// minutes. Those on jobs and on the gateway watch no world.

/** What the alerts look at: one column a quantity, one number a minute. */
export const COLUMNS = [
  ...(['requests', 'errors', 'searches', 'slowSearches', 'answers', 'slowAnswers'] as const),
  ...(['firstTokens', 'slowFirstTokens', 'lookups', 'hits', 'operations', 'calls'] as const),
  ...(['cost', 'limitsNear'] as const),
] as const;
export type Column = (typeof COLUMNS)[number];
export type Columns = Readonly<Record<Column, readonly number[]>>;

/** The sum of a column over the minutes up to now, or up to so many minutes ago. */
type Sum = (column: Column, minutes: number, ago?: number) => number;

interface Alert {
  readonly name: string;
  /** For how many minutes the condition must have held. */
  readonly for: number;
  holds(sum: Sum): boolean;
}

/** A p95 lies above a bucket's bound just when more than 5 % of the observations do. */
const P95 = 0.05;

function slow(name: string, of: Column, above: Column): Alert {
  return {
    name,
    for: 5,
    holds: (sum) => sum(of, 5) >= LEAST.observations && sum(above, 5) > P95 * sum(of, 5),
  };
}

const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };
const minutesOf = (span: string) => Number.parseInt(span, 10) * MINUTES[span.at(-1)!]!;

export const ALERTS: readonly Alert[] = [
  slow('HighLatency', 'searches', 'slowSearches'),
  slow('HighAnswerLatency', 'answers', 'slowAnswers'),
  slow('HighTimeToFirstToken', 'firstTokens', 'slowFirstTokens'),
  {
    name: 'HighErrorRate',
    for: 5,
    holds: (sum) =>
      sum('requests', 5) >= LEAST.requests &&
      sum('errors', 5) > THRESHOLDS.errorRate * sum('requests', 5),
  },
  ...BURN_RATES.map(({ long, short, factor, ...burn }): Alert => {
    const [most, least] = [minutesOf(long), minutesOf(short)];
    const over = (sum: Sum, window: number) =>
      sum('errors', window) > burnThreshold(factor) * sum('requests', window);
    return {
      name: 'ErrorBudgetBurn',
      for: minutesOf(burn.for),
      holds: (sum) =>
        sum('requests', most) >= LEAST.requests &&
        sum('requests', least) >= LEAST.stillGoingOn &&
        sum('requests', Math.floor(most / 12), most - Math.floor(most / 12)) > 0 &&
        over(sum, most) &&
        over(sum, least),
    };
  }),
  {
    name: 'LowCacheHitRate',
    for: 15,
    holds: (sum) =>
      sum('lookups', 15) >= LEAST.observations &&
      sum('hits', 15) < THRESHOLDS.cacheHitRate * sum('lookups', 15),
  },
  {
    name: 'HighCostBurn',
    for: 0,
    holds: (sum) => sum('cost', 1440) > THRESHOLDS.costPerDay,
  },
  {
    name: 'HighCostBurn',
    for: 15,
    holds: (sum) =>
      24 * sum('cost', 60) > THRESHOLDS.costPerDay &&
      288 * sum('cost', 5) > THRESHOLDS.costPerDay &&
      sum('operations', 60) + sum('calls', 60) >= LEAST.observations &&
      sum('cost', 5, 55) > 0,
  },
  {
    name: 'RateLimitLow',
    for: 5,
    holds: (sum) => sum('limitsNear', 1) > 0,
  },
  ...(['requests', 'operations', 'calls'] as const).map(
    (column): Alert => ({
      name: 'RagTrafficMissing',
      for: 5,
      holds: (sum) => sum(column, 10, 60) >= LEAST.observations && sum(column, 10) === 0,
    }),
  ),
];

/** Sums up to each minute, nothing before the first. */
function sums(values: readonly number[]): Float64Array {
  const upTo = new Float64Array(values.length + 1);
  values.forEach((value, i) => {
    upTo[i + 1] = upTo[i]! + value;
  });
  return upTo;
}

/** The alerts that fire, with the first minute in which each does. */
export function firing(columns: Columns): Record<string, number> {
  const upTo = Object.fromEntries(COLUMNS.map((name) => [name, sums(columns[name])]));
  const fired: Record<string, number> = {};
  for (const alert of ALERTS) {
    let held = 0;
    let minute = 0;
    const sum: Sum = (column, minutes, ago = 0) => {
      const end = Math.max(0, minute + 1 - ago);
      return upTo[column]![end]! - upTo[column]![Math.max(0, end - minutes)]!;
    };
    for (; minute < columns.requests.length; minute++) {
      held = alert.holds(sum) ? held + 1 : 0;
      if (held <= alert.for) continue;
      fired[alert.name] = Math.min(minute, fired[alert.name] ?? minute);
      break;
    }
  }
  return fired;
}

/** The sum of the `window` minutes that end at each minute; what came before counts as nothing. */
export function rolling(values: readonly number[], window: number): number[] {
  const upTo = sums(values);
  return values.map((_, i) => upTo[i + 1]! - upTo[Math.max(0, i + 1 - window)]!);
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
    return count < LEAST.observations ? 0 : poissonTail(means[minute]!, missing);
  });
  return tails.reduce((sum, tail, minute) => sum + tail * (tails[minute + 5] ?? 0), 0);
}

/** P(X ≥ k), from above: the first term and a geometric series. */
function poissonTail(mean: number, k: number): number {
  if (k <= mean) return 1;
  const first = Math.exp(k * Math.log(mean) - mean - logFactorial(k));
  return Math.min(1, first / (1 - mean / (k + 1)));
}
