import type { Bytes } from './bytes.js';
import { empty, problem, type Reply, redirect } from './reply.js';
import { encodePath, type Target } from './target.js';

/** One kind of path, and what each method does there. */
export interface Route<Action> {
  /** The path as this route spells it; `undefined` where it is another one's. */
  matches(path: Bytes): boolean;
  /** The same, whatever the case of its fixed parts. */
  fixed(path: Bytes): Bytes | undefined;
  readonly methods: Readonly<Record<string, Action>>;
}

export function exactly<Action>(path: Bytes, methods: Record<string, Action>): Route<Action> {
  return {
    matches: (given) => given === path,
    fixed: (given) => (given.toLowerCase() === path ? path : undefined),
    methods,
  };
}

/**
 * What to do, or the answer where there is nothing to do: as Go's `httprouter` redirects, refuses a
 * method, or finds nothing. `prefix` is put before a path that it redirects to.
 */
export function route<Action>(
  routes: readonly Route<Action>[],
  method: string,
  { path, query }: Target,
  prefix: Bytes,
): { action: Action } | { reply: Reply } {
  const here = routes.filter(({ matches }) => matches(path));
  for (const { methods } of here) {
    const action = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (action !== undefined) return { action };
  }
  const elsewhere = correction(routes, method, path);
  if (elsewhere !== undefined) {
    const location = encodePath(prefix + elsewhere) + query;
    return { reply: redirect(method === 'GET' ? 301 : 307, method, location) };
  }
  const names = here.flatMap(({ methods }) => Object.keys(methods));
  // OPTIONS alone is an answer to itself, and makes no path.
  if (names.every((name) => name === 'OPTIONS'))
    return { reply: problem(404, '404 page not found') };
  const allow = { Allow: [...new Set([...names, 'OPTIONS'])].sort().join(', ') };
  if (method === 'OPTIONS') return { reply: empty(200, allow) };
  return { reply: problem(405, 'Method Not Allowed', allow) };
}

/** The path that was meant: one slash less at its end, or in another case. */
function correction<Action>(
  routes: readonly Route<Action>[],
  method: string,
  path: Bytes,
): Bytes | undefined {
  const served = routes.filter(({ methods }) => Object.hasOwn(methods, method));
  const short = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  for (const given of [path, short]) {
    for (const { fixed } of served) {
      const meant = fixed(given);
      if (meant !== undefined && meant !== path) return meant;
    }
  }
  return undefined;
}
