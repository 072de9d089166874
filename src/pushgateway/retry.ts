const BASE_MS = 250;
const CAP_MS = 10_000;

/**
 * Which HTTP statuses may go away by themselves: 429 and 5xx. Every other failure (3xx, 4xx) says
 * that the same request would fail again.
 */
export function isTransient(status: number): boolean {
  return status === 429 || status >= 500;
}

export interface Wait {
  /** 1 before the first retry. */
  retry: number;
  /** Uniform in [0, 1). */
  random: () => number;
  /** What the server asked for, if it did. */
  retryAfterMs?: number | undefined;
}

/**
 * Milliseconds to wait before a retry: exponential backoff with full jitter,
 * `random · min(10 s, 250 ms · 2^(retry − 1))`, and never less than the server asked for.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function waitMs({ retry, random, retryAfterMs = 0 }: Wait): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** (retry - 1));
  return Math.max(random() * ceiling, retryAfterMs);
}

/**
 * The header `Retry-After` (RFC 9110 §10.2.3) in milliseconds from now: a number of seconds, or a
 * date, counted from the answer's own `Date` so that clocks need not agree. `undefined` when it is
 * missing or makes no sense.
 */
export function parseRetryAfter(
  value: string | undefined,
  date: string | undefined,
  now: number,
): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // An HTTP-date begins with the day of the week; Date.parse alone would take `-5` for a year.
  if (!/^[A-Z][a-z]/.test(text)) return undefined;
  const until = Date.parse(text);
  const sent = Date.parse(date ?? '');
  const wait = until - (Number.isNaN(sent) ? now : sent);
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
