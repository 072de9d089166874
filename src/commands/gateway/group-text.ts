import { quote, toText } from '../../gateway/bytes.js';
import { groupOf, PathError, parseGroupPath } from '../../gateway/path.js';
import { cleanPath, parseTarget } from '../../gateway/target.js';

/** The group that a path names, as `{job="a",instance="i"}`; `undefined` where it names none. */
export function groupText(path: string | undefined, prefix: string): string | undefined {
  const target = path === undefined ? undefined : parseTarget(path);
  const clean = target && cleanPath(target.path);
  const given = clean?.startsWith(`${prefix}/`)
    ? parseGroupPath(clean.slice(prefix.length))
    : undefined;
  if (!given) return undefined;
  try {
    const pairs = groupOf(given).pairs.map(([name, value]) => `${name}=${quote(value)}`);
    return toText(`{${pairs.join(',')}}`);
  } catch (error) {
    if (error instanceof PathError) return undefined;
    throw error;
  }
}
