// Plain arrays: typed ones of these sizes cost more to make than everything that is done with them.

export function zeros(length: number): number[] {
  const values = new Array<number>(length);
  // For so few, `fill` takes twice as long.
  for (let i = 0; i < length; i++) values[i] = 0;
  return values;
}

/** The sum of the values at some indices. */
export function sumAt(values: ArrayLike<number>, indices: readonly number[]): number {
  let sum = 0;
  for (const index of indices) sum += values[index]!;
  return sum;
}

/** Adds values to others, place by place. */
export function addInto(target: Float64Array | number[], values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) target[i]! += values[i]!;
}
