import type { Bytes } from './bytes.js';
import type { Reading } from './snapshots.js';

/** An answer. `body` in pieces is made while it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Bytes | Iterable<Bytes>;
  /** Whether the connection is closed after it: the rest of the request is not read. */
  readonly close?: boolean;
  /** What `body` is made from. */
  readonly reading?: Reading;
}

const PLAIN = 'text/plain; charset=utf-8';

export function empty(status: number, headers: Reply['headers'] = {}): Reply {
  return { status, headers, body: '' };
}

export function text(status: number, body: Bytes): Reply {
  return { status, headers: { 'Content-Type': PLAIN }, body };
}

/** As Go's `http.Error`. */
export function problem(status: number, message: Bytes, headers: Reply['headers'] = {}): Reply {
  const all = { 'Content-Type': PLAIN, 'X-Content-Type-Options': 'nosniff', ...headers };
  return { status, headers: all, body: `${message}\n` };
}

/** As Go's server where a request is no HTTP; the connection ends with it. */
export function malformed(status: number, reason: string): Reply {
  return { ...text(status, `${status} ${reason}`), close: true };
}

/** As Go's `http.Redirect`: with a body for readers only. */
export function redirect(status: 301 | 307, method: string, location: string): Reply {
  if (method !== 'GET' && method !== 'HEAD') return empty(status, { Location: location });
  const reason = status === 301 ? 'Moved Permanently' : 'Temporary Redirect';
  const href = location
    .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
    .replaceAll('&#38;', '&amp;');
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', Location: location },
    body: `<a href="${href}">${reason}</a>.\n\n`,
  };
}
