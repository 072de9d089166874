/** From when to when an alert fired. Seconds. */
export interface Fired {
  /** When its expression began to hold. */
  readonly pending: number;
  readonly from: number;
  /** The first evaluation at which it did not; undefined where it fires to the end. */
  readonly to: number | undefined;
}

export interface Firing extends Fired {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Evaluations {
  /** From one to the next. */
  readonly interval: number;
  /** The last. */
  readonly end: number;
  /** How long the expression has to hold. */
  readonly for: number;
}

/**
 * As Prometheus does: an alert is pending from the first evaluation at which its expression gives
 * something, and fires from the first that is `for` later, if it did so at every one between. An
 * evaluation at which it does not ends both.
 * @param times of the evaluations at which it does, in order
 */
export function firings(
  times: readonly number[],
  { interval, end, for: wait }: Evaluations,
): readonly Fired[] {
  const found: Fired[] = [];
  for (let i = 0; i < times.length; ) {
    const pending = times[i]!;
    let last = pending;
    let from: number | undefined;
    for (; i < times.length && times[i]! - last <= interval; i++) {
      last = times[i]!;
      if (from === undefined && last - pending >= wait) from = last;
    }
    const to = last + interval > end ? undefined : last + interval;
    if (from !== undefined) found.push({ pending, from, to });
  }
  return found;
}
