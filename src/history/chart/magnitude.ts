import type { ChartRow, Measure } from './rows.js';

/** What an axis counts in, so that its labels stay short: `120M`, `$1.5B`. */
export interface Magnitude {
  readonly of: number;
  readonly letter: string;
}

const MAGNITUDES: readonly Magnitude[] = [
  { of: 1e12, letter: 'T' },
  { of: 1e9, letter: 'B' },
  { of: 1e6, letter: 'M' },
  { of: 1e3, letter: 'k' },
];

/** The same for a whole axis. Up to half a million there is room to write numbers out. */
export function magnitudeOf(rows: readonly ChartRow[], measure: Measure): Magnitude {
  const highest = Math.max(...rows.map((row) => row[measure]));
  const fits = highest < 500_000 ? undefined : MAGNITUDES.find(({ of }) => highest >= of);
  return fits ?? { of: 1, letter: '' };
}
