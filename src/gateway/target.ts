import type { Bytes } from './bytes.js';

/** What a request names, as Go's `net/http` takes it apart. */
export interface Target {
  /** Percent-decoded once: `%2F` is a slash from here on, as on the real server. */
  readonly path: Bytes;
  /** With its question mark; empty where there is none. */
  readonly query: Bytes;
}

/** `undefined` for what Go answers 400: no path, a control character, a broken escape. */
export function parseTarget(target: Bytes): Target | undefined {
  const origin = target.replace(/^https?:\/\/[^/?]*/i, '');
  const question = origin.indexOf('?');
  const raw = question < 0 ? origin : origin.slice(0, question);
  const query = question < 0 ? '' : origin.slice(question);
  if (/[\0-\x20\x7f]/.test(origin) || /%(?![0-9a-fA-F]{2})/.test(raw)) return undefined;
  if (raw !== '' && !raw.startsWith('/')) return undefined;
  const path = raw.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number(`0x${hex}`)));
  return { path, query };
}

/** Go's `path.Clean` with a final slash kept: no `//`, no `.` and `..`. */
export function cleanPath(path: Bytes): Bytes {
  const clean: Bytes[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') clean.pop();
    else if (segment !== '' && segment !== '.') clean.push(segment);
  }
  const end = clean.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${clean.join('/')}${end}`;
}

/** A path as it stands in a `Location`. */
export function encodePath(path: Bytes): string {
  return path.replace(
    /[^a-zA-Z0-9_.~$&+,/:;=@-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
