/** Latencies in a fixed 1.4 KB, however many: counts in classes that grow by a factor. */
export interface Latencies {
  record(seconds: number): void;
  count(): number;
  /** Seconds, within 5 % of the true quantile from 0.1 ms to 3 min; NaN when there are none. */
  quantile(q: number): number;
  /** Takes over the counts of another one. */
  add(other: Latencies): void;
  /** For `add`. */
  readonly counts: Float64Array;
}

const FIRST_SECONDS = 1e-4;
/** Eight classes an octave: neighbours differ by 9 %, the middle of one is off by at most 4.5 %. */
const CLASSES_PER_OCTAVE = 8;
const CLASSES = 21 * CLASSES_PER_OCTAVE;

export function createLatencies(): Latencies {
  const counts = new Float64Array(CLASSES);
  const total = () => counts.reduce((sum, count) => sum + count, 0);
  return {
    counts,
    record(seconds) {
      const position = Math.floor(Math.log2(seconds / FIRST_SECONDS) * CLASSES_PER_OCTAVE);
      counts[Math.min(CLASSES - 1, Math.max(0, position))]! += 1;
    },
    count: total,
    quantile(q) {
      const rank = Math.max(1, Math.ceil(q * total()));
      let below = 0;
      for (let i = 0; i < CLASSES; i++) {
        below += counts[i]!;
        if (below >= rank) return FIRST_SECONDS * 2 ** ((i + 0.5) / CLASSES_PER_OCTAVE);
      }
      return Number.NaN;
    },
    add(other) {
      for (let i = 0; i < CLASSES; i++) counts[i]! += other.counts[i]!;
    },
  };
}
