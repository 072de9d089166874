/** Any value of JSON that is an object. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands under these keys, one below the other; undefined where nothing does. */
export function at(node: unknown, ...keys: readonly string[]): unknown {
  let value = node;
  for (const key of keys) value = isObject(value) ? value[key] : undefined;
  return value;
}
