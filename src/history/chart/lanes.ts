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

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * A lane for each label, the first that is free; labels come by x. Its line leads from there down
 * to the data, through no other label. What finds none in `most` lanes gets undefined: its incident
 * is marked without its name.
 */
export function placeLabels(
  labels: readonly Label[],
  right: number,
  most: number,
): readonly (Place | undefined)[] {
  const lanes: Stretch[][] = Array.from({ length: most }, () => []);
  return labels.map(({ x, width }) => {
    const leftward = x + width > right;
    const text = leftward ? { from: x - width, to: x + GAP } : { from: x, to: x + width + GAP };
    const line = { from: x - 2, to: x + 2 };
    const free = (own: Stretch, taken: readonly Stretch[]) =>
      taken.every(({ from, to }) => to <= own.from || own.to <= from);
    const lane = lanes.findIndex(
      (taken, index) =>
        free(text, taken) && lanes.slice(index + 1).every((lower) => free(line, lower)),
    );
    if (lane < 0) return undefined;
    lanes.forEach((taken, index) => {
      if (index >= lane) taken.push(index === lane ? text : line);
    });
    return { lane, leftward };
  });
}
