/** What the live view, the plain lines and the summary are drawn from. */
export interface Progress {
  /** World seconds played, and to be played; undefined where the run has no end. */
  readonly elapsed: number;
  readonly duration: number | undefined;
  /** World seconds per wall second. */
  readonly speed: number;
  /** World time reached, milliseconds since the epoch. */
  readonly worldTime: number;
  /** Incidents that hold in this minute. */
  readonly incidents: readonly string[];
  readonly services: readonly ServiceProgress[];
}

export interface ServiceProgress {
  readonly name: string;
  readonly jobs: number;
  /** Since the start of the run. */
  readonly requests: number;
  readonly errors: number;
  /** US dollars since the start; undefined for a service that costs nothing of its own. */
  readonly cost: number | undefined;
  /** Requests per world second in the last tick. */
  readonly rate: number;
  /** Seconds, from the buckets of the whole run; undefined before the first request. */
  readonly p95: number | undefined;
  /** Rates of the latest ticks, oldest first, for the sparkline. */
  readonly rates: readonly number[];
  readonly pushes: {
    readonly ok: number;
    readonly failed: number;
    readonly retried: number;
    readonly overtaken: number;
  };
}
