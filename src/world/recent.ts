/** A pure function of one argument that remembers its latest `size` results. */
export function recent<A, R>(compute: (argument: A) => R, size: number): (argument: A) => R {
  const results = new Map<A, R>();
  return (argument) => {
    const known = results.get(argument);
    if (known !== undefined) return known;
    const result = compute(argument);
    if (results.size >= size) results.delete(results.keys().next().value!);
    results.set(argument, result);
    return result;
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
