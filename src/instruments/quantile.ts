/** Upper bound, and how many observations were at most that; smallest bound first, +Inf last. */
export type Bucket = readonly [upper: number, cumulative: number];

/**
 * The quantile that PromQL's `histogram_quantile` gives: linear interpolation within the bucket
 * that holds the rank, from 0 in the first one; in the last one its lower bound.
 * NaN without observations. Source: bucketQuantile in prometheus/promql/quantile.go, 2.42.
 */
export function histogramQuantile(q: number, buckets: readonly Bucket[]): number {
  const last = buckets.length - 1;
  const total = buckets[last]?.[1] ?? 0;
  if (last < 1 || !(total > 0)) return Number.NaN;
  const rank = q * total;
  const found = buckets.findIndex(([, cumulative]) => cumulative >= rank);
  if (found < 0 || found === last) return buckets[last - 1]![0];
  const [upper, cumulative] = buckets[found]!;
  if (found === 0 && upper <= 0) return upper;
  const [lower, below] = found > 0 ? buckets[found - 1]! : ([0, 0] as const);
  return lower + (upper - lower) * ((rank - below) / (cumulative - below));
}
