import { UsageError } from '../errors.js';

/** What one gateway takes in, so that no client can make it run out of memory. */
export interface GatewayLimits {
  /** Of one request's body, as sent and as unpacked: 413 above. */
  readonly bodyBytes: number;
  /** Of all bodies that are being received at one time: 429 above. */
  readonly pendingBytes: number;
  /** Of a request's line and headers: 431 above. */
  readonly headerBytes: number;
  /** Open connections; further ones are closed at once. */
  readonly connections: number;
  /** Groups held: a push that would make one more is answered 422. */
  readonly groups: number;
  /** Series held, each bucket and quantile counting as one: 422 above. */
  readonly series: number;
  /** Bytes of labels, help and values held, roughly: 422 above. */
  readonly storedBytes: number;
  /** Metrics and families that one push may bring: 400 above. */
  readonly pushMetrics: number;
  /** Labels of one series without those of its group, and of one group: 400 above. */
  readonly labels: number;
}

export const DEFAULT_LIMITS: GatewayLimits = {
  bodyBytes: 16 * 1024 * 1024,
  pendingBytes: 64 * 1024 * 1024,
  headerBytes: 64 * 1024,
  connections: 1024,
  groups: 20_000,
  series: 2_000_000,
  storedBytes: 512 * 1024 * 1024,
  pushMetrics: 200_000,
  labels: 64,
};

/** What the parsers of a push hold to. */
export type ParseLimits = Pick<GatewayLimits, 'labels' | 'pushMetrics'>;

export const UNLIMITED: ParseLimits = { labels: Infinity, pushMetrics: Infinity };

export function tooMany(pushMetrics: number): string {
  return `more than this gateway's limit of ${pushMetrics} metrics in one push`;
}

export interface GatewayTimeouts {
  /** For a request to arrive whole. */
  readonly requestMs: number;
  /** For the next request on an open connection. */
  readonly idleMs: number;
  /** For an answer to be taken up by whoever asked, without any progress. */
  readonly answerMs: number;
  /** For requests under way when the gateway is closed. */
  readonly closeMs: number;
}

export const DEFAULT_TIMEOUTS: GatewayTimeouts = {
  requestMs: 30_000,
  // Longer than a client keeps its connections (src/pushgateway: 60 s): it should close first.
  idleMs: 75_000,
  answerMs: 30_000,
  closeMs: 2_000,
};

/** What a timer of Node can hold; a longer one would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The defaults where nothing, or `undefined`, is given. Throws a UsageError naming what cannot be. */
export function limitsOf(given: Partial<GatewayLimits> | undefined): GatewayLimits {
  return settings('limits', DEFAULT_LIMITS, given, Number.MAX_SAFE_INTEGER);
}

/** As `limitsOf`. */
export function timeoutsOf(given: Partial<GatewayTimeouts> | undefined): GatewayTimeouts {
  return settings('timeouts', DEFAULT_TIMEOUTS, given, LONGEST_TIMER);
}

function settings<T extends { readonly [name in keyof T]: number }>(
  what: string,
  defaults: T,
  given: Partial<T> = {},
  most: number,
): T {
  const all = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof T & string)[]) {
    const value = given[name];
    if (value === undefined) continue;
    checkWhole(`${what}.${name}`, value, 1, most);
    all[name] = value;
  }
  return all;
}

export function checkWhole(name: string, value: unknown, least: number, most: number): void {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return;
  throw new UsageError(`${name}: ${value} is not a whole number from ${least} to ${most}`);
}
