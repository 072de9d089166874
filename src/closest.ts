const MOST = 3;

/**
 * The name that was probably meant: a few slips of the pen away, which are at most a third of the
 * letters, whatever their case. Undefined where none is near.
 */
export function closest(name: string, names: Iterable<string>): string | undefined {
  const [best] = [...names]
    .map((one) => ({ one, slips: slipsBetween(name.toLowerCase(), one.toLowerCase()) }))
    .filter(({ one, slips }) => slips <= Math.min(MOST, Math.max(name.length, one.length) / 3))
    .sort((a, b) => a.slips - b.slips);
  return best?.one;
}

/** Characters that are missing, too many, other ones or swapped: optimal string alignment. */
export function slipsBetween(a: string, b: string): number {
  let [last, line]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const other = line![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? last![j - 2]! + 1
          : Number.POSITIVE_INFINITY;
      next.push(Math.min(other, swapped, line![j]! + 1, next[j - 1]! + 1));
    }
    [last, line] = [line, next];
  }
  return line![b.length]!;
}
