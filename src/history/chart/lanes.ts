/** Text of which so much is known that it can be placed beside others. */
export interface Label {
  /** Where its incident begins, in pixels. */
  readonly x: number;
  readonly width: number;
}

export interface Place {
  /** From the top. */
  readonly lane: number;
  /** Whether it is written to the left of x: there is no room to the right. */
  readonly leftward: boolean;
}

const GAP = 10;

/**
 * A lane for each label, the first that is free; labels come by x. What finds none in `most` lanes
 * gets undefined: its incident is marked without its name.
 */
export function placeLabels(
  labels: readonly Label[],
  right: number,
  most: number,
): readonly (Place | undefined)[] {
  const lanes: { from: number; to: number }[][] = Array.from({ length: most }, () => []);
  return labels.map(({ x, width }) => {
    const leftward = x + width > right;
    const from = leftward ? x - width : x;
    const to = from + width + GAP;
    for (let lane = 0; lane < most; lane++) {
      const taken = lanes[lane]!;
      if (taken.some((other) => other.from < to && from < other.to)) continue;
      taken.push({ from, to });
      return { lane, leftward };
    }
    return undefined;
  });
}
