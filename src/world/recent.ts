/**
 * A pure function of one argument that remembers its latest few results, in a ring. A Map would do,
 * but what is deleted from Maps survives their garbage collections for long.
 */
export function recent<A, R>(compute: (argument: A) => R, size: number): (argument: A) => R {
  const known: A[] = [];
  const results: R[] = [];
  let oldest = 0;
  return (argument) => {
    const at = known.indexOf(argument);
    if (at >= 0) return results[at]!;
    const result = compute(argument);
    known[oldest] = argument;
    results[oldest] = result;
    oldest = (oldest + 1) % size;
    return result;
  };
}

/** A value that is computed when it is first asked for. */
export function lazy<R extends object>(compute: () => R): () => R {
  let known: R | undefined;
  return () => {
    known ??= compute();
    return known;
  };
}

/** A pure function of an object, computed once for each for as long as the object lives. */
export function derived<A extends WeakKey, R>(compute: (argument: A) => R): (argument: A) => R {
  const results = new WeakMap<A, R>();
  return (argument) => {
    const known = results.get(argument);
    if (known !== undefined) return known;
    const result = compute(argument);
    results.set(argument, result);
    return result;
  };
}
