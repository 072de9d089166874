import { BURN_RATES, burnThreshold } from '../../src/stack/rules/windows.js';
import { LEAST, THRESHOLDS } from '../../src/stack/thresholds.js';
import { logFactorial } from '../../src/world/special.js';
import { minutesOf, type Span, spansOf, waitOf } from './spans.js';

// The alerts of the catalogue that watch the world, evaluated once a minute on sums over whole
// minutes. Windows and waits are those of the rules. Those on jobs and on the gateway watch no world.

/** What the alerts look at: one column a quantity, one number a minute. */
export const COLUMNS = [
  ...(['requests', 'errors', 'searches', 'slowSearches', 'answers', 'slowAnswers'] as const),
  ...(['firstTokens', 'slowFirstTokens', 'lookups', 'hits', 'operations', 'calls'] as const),
  ...(['cost', 'limitsNear'] as const),
] as const;
export type Column = (typeof COLUMNS)[number];
export type Columns = Readonly<Record<Column, readonly number[]>>;

/** The sum of a column over some minutes. */
type Sum = (column: Column, span: Span) => number;

interface Alert {
  /** As `variantOf` has it. */
  readonly name: string;
  holds(sum: Sum): boolean;
}

/** A p95 lies above a bucket's bound just when more than 5 % of the observations do. */
const P95 = 0.05;

/** An alert on a p95: of which observations, those above its threshold, and how many it wants. */
export interface Slow {
  readonly name: string;
  readonly of: 'searches' | 'answers' | 'firstTokens';
  readonly above: Column;
  readonly least: number;
}

export const SLOW: readonly Slow[] = [
  { name: 'HighLatency', of: 'searches', above: 'slowSearches', least: LEAST.timedRequests },
  { name: 'HighAnswerLatency', of: 'answers', above: 'slowAnswers', least: LEAST.timedRequests },
  {
    ...{ name: 'HighTimeToFirstToken', of: 'firstTokens', above: 'slowFirstTokens' },
    least: LEAST.firstTokens,
  },
];

function slow({ name, of, above, least }: Slow): Alert {
  const [quantile] = spansOf(name, /:p95_/);
  const [samples] = spansOf(name, /:increase/);
  return {
    name,
    holds: (sum) => sum(of, samples) >= least && sum(above, quantile) > P95 * sum(of, quantile),
  };
}

function highErrorRate(name: string): Alert {
  const [ratio] = spansOf(name, /:ratio_rate/);
  const [samples] = spansOf(name, /:increase/);
  return {
    name,
    holds: (sum) =>
      sum('requests', samples) >= LEAST.requests &&
      sum('errors', ratio) > THRESHOLDS.errorRate * sum('requests', ratio),
  };
}

function errorBudgetBurn({ long, factor }: (typeof BURN_RATES)[number]): Alert {
  const name = `ErrorBudgetBurn ${long}`;
  const ratios = spansOf(name, /:ratio_rate/);
  const [most, least] = spansOf(name, /:increase/);
  const [covered] = spansOf(name, /:covered/);
  const over = (sum: Sum, span: Span) =>
    sum('errors', span) > burnThreshold(factor) * sum('requests', span);
  return {
    name,
    holds: (sum) =>
      sum('requests', most) >= LEAST.budgetRequests &&
      sum('requests', least!) >= LEAST.stillGoingOn &&
      sum('requests', covered) > 0 &&
      ratios.every((span) => over(sum, span)),
  };
}

function lowCacheHitRate(name: string): Alert {
  const [ratio] = spansOf(name, /:ratio_rate/);
  const [samples] = spansOf(name, /:increase/);
  return {
    name,
    holds: (sum) =>
      sum('lookups', samples) >= LEAST.observations &&
      sum('hits', ratio) < THRESHOLDS.cacheHitRate * sum('lookups', ratio),
  };
}

function costADay(name: string): Alert {
  const [day] = spansOf(name, /:cost_dollars:increase/);
  return { name, holds: (sum) => sum('cost', day) > THRESHOLDS.costPerDay };
}

/** What the last hour, and the last minutes, would make of a whole day. */
function costToCome(name: string): Alert {
  const spans = spansOf(name, /:cost_dollars:increase/);
  const [samples] = spansOf(name, /:paid_request:/);
  const [covered] = spansOf(name, /:covered/);
  return {
    name,
    holds: (sum) =>
      spans.every(
        (span) => (minutesOf('1d') / span.minutes) * sum('cost', span) > THRESHOLDS.costPerDay,
      ) &&
      sum('operations', samples) + sum('calls', samples) >= LEAST.observations &&
      sum('cost', covered) > 0,
  };
}

function trafficMissing(name: string, column: Column): Alert {
  const [before, now] = spansOf(name, /:request:/);
  return {
    name,
    holds: (sum) => sum(column, before) >= LEAST.observations && sum(column, now!) === 0,
  };
}

export const ALERTS: readonly Alert[] = [
  ...SLOW.map(slow),
  highErrorRate('HighErrorRate'),
  ...BURN_RATES.map(errorBudgetBurn),
  lowCacheHitRate('LowCacheHitRate'),
  costADay('HighCostBurn critical'),
  costToCome('HighCostBurn warning'),
  {
    name: 'RateLimitLow',
    holds: (sum) => sum('limitsNear', { minutes: 1, ago: 0 }) > 0,
  },
  ...(['requests', 'operations', 'calls'] as const).map((column) =>
    trafficMissing('RagTrafficMissing', column),
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
    const wait = waitOf(alert.name);
    let held = 0;
    let minute = 0;
    const sum: Sum = (column, { minutes, ago }) => {
      const end = Math.max(0, minute + 1 - ago);
      return upTo[column]![end]! - upTo[column]![Math.max(0, end - minutes)]!;
    };
    for (; minute < columns.requests.length; minute++) {
      held = alert.holds(sum) ? held + 1 : 0;
      if (held <= wait) continue;
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
 * above its threshold and `likely` more do on average. To hold for as long as it waits, windows that
 * have nothing in common must all be over, two where the wait is as long as the window; the chance
 * of that is the product of their tails. A sum of independent trials has a lighter tail than the
 * Poisson number of the same mean (W. Hoeffding, 1956).
 */
export function chanceOfFiring(
  { name, least }: Slow,
  n: readonly number[],
  certain: readonly number[],
  likely: readonly number[],
): number {
  const [{ minutes }] = spansOf(name, /:p95_/);
  const known = rolling(certain, minutes);
  const means = rolling(likely, minutes);
  const tails = rolling(n, minutes).map((count, minute) => {
    const missing = Math.floor(P95 * count) + 1 - known[minute]!;
    return count < least ? 0 : poissonTail(means[minute]!, missing);
  });
  const apart = Array.from({ length: 1 + Math.floor(waitOf(name) / minutes) }, (_, i) => i);
  return tails.reduce((total, _, minute) => {
    const all = apart.reduce((chance, i) => chance * (tails[minute + i * minutes] ?? 0), 1);
    return total + all;
  }, 0);
}

/** P(X ≥ k), from above: the first term and a geometric series. */
function poissonTail(mean: number, k: number): number {
  if (k <= mean) return 1;
  const first = Math.exp(k * Math.log(mean) - mean - logFactorial(k));
  return Math.min(1, first / (1 - mean / (k + 1)));
}
