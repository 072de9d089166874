import { setMaxListeners } from 'node:events';
import { type Env, SYSTEM } from '../env.js';
import { createConnections } from './connections.js';
import { MalformedListing } from './cutter.js';
import { headerOf } from './exchange.js';
import { formatKey, type GroupingKey, groupPath } from './grouping-key.js';
import type { Listing, Take } from './listing.js';
import { createListingReader } from './listing-reader.js';
import type { GzipPolicy } from './payload.js';
import { oneLine, PushError } from './push-error.js';
import { type Call, type SendOptions, send } from './send.js';
import { parseTarget, type TargetOptions } from './target.js';
import type { TlsOptions } from './tls.js';

export interface PushClientOptions extends TargetOptions, TlsOptions {
  /** The system's by default. */
  clock?: Pick<Env, 'now' | 'monotonic' | 'sleep'> | undefined;
  /** Uniform in [0, 1): the jitter of retries. The system's by default. */
  random?: (() => number) | undefined;
  /** Connections, and so requests under way, at most; 8 by default. */
  concurrency?: number | undefined;
  /**
   * For one attempt, from connecting to the end of the answer; 10,000 by default. A listing can be
   * long, and gateways write it whole before they send any of it: for one, this is for connecting
   * and for each silence between its bytes, and its first byte may take all of `totalTimeoutMs`.
   */
  timeoutMs?: number | undefined;
  /** Attempts after the first; 5 by default. */
  retries?: number | undefined;
  /**
   * For all attempts of one call and the waits between them, from its first attempt on; three
   * times `timeoutMs` by default. Waiting for a connection before that does not count while the
   * gateway answers anyone: slow is not dead, and giving up would starve the last in line. Once
   * it has answered nobody for this long, those who wait are given up too.
   */
  totalTimeoutMs?: number | undefined;
  /**
   * For the groups of one listing to arrive, all its attempts together; 600,000 by default.
   * `totalTimeoutMs` does not run meanwhile.
   */
  listingTimeoutMs?: number | undefined;
  /** `auto` by default: never on loopback, elsewhere from about 1,400 bytes on. */
  gzip?: GzipPolicy | undefined;
}

export interface CallOptions {
  /** Ends the call at once; it then rejects with a PushError that is `aborted`. */
  signal?: AbortSignal | undefined;
}

export interface Receipt {
  attempts: number;
  /** Of the last request body, as sent. */
  bytes: number;
  /** From the call to the answer, with every wait. */
  seconds: number;
}

/**
 * The text format, ending in a line end. A function is called whenever an attempt is about to be
 * sent, so that a retry can carry something newer.
 */
export type Body = string | (() => string);

/** Every method rejects with a PushError, or with a UsageError for an impossible key. */
export interface PushClient {
  /** Where it pushes to, without credentials. */
  readonly url: string;
  /** Replaces the group. An empty body empties it. */
  put(key: GroupingKey, body: Body, options?: CallOptions): Promise<Receipt>;
  /** Replaces the families that the body names, whole, and leaves the others. */
  post(key: GroupingKey, body: Body, options?: CallOptions): Promise<Receipt>;
  /** Deletes exactly this group; no error when there is none. Seen by `list` soon, not at once. */
  delete(key: GroupingKey, options?: CallOptions): Promise<Receipt>;
  list(options?: CallOptions): Promise<Listing>;
  /**
   * The same, but keeps of each group only what `take` takes. The answer is read as it comes, so
   * memory grows with what is kept alone. An attempt that breaks off is forgotten and begun anew:
   * `take` then sees its groups again. What `take` throws ends the call, and is what it rejects with.
   */
  pick<T>(take: Take<T>, options?: CallOptions): Promise<Listing<T>>;
  /** Closes all connections; calls under way reject as `aborted`. */
  close(): Promise<void>;
}

const LISTING_TIMEOUT_MS = 10 * 60_000;

/** Throws a UsageError for a URL, credentials or headers that cannot be sent. */
export function createPushClient(options: PushClientOptions): PushClient {
  const { clock = SYSTEM, random = SYSTEM.random } = options;
  const { ca, cert, key: privateKey, gzip = 'auto' } = options;
  const { concurrency = 8, timeoutMs = 10_000, retries = 5 } = options;
  const { totalTimeoutMs = 3 * timeoutMs, listingTimeoutMs = LISTING_TIMEOUT_MS } = options;
  const target = parseTarget(options);
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const connections = createConnections(target.origin, {
    max: concurrency,
    silenceMs: totalTimeoutMs,
    tls: { ca, cert, key: privateKey },
    monotonic: clock.monotonic,
  });
  const sending: SendOptions = {
    ...{
      target,
      connections,
      clock,
      random,
      timeoutMs,
      retries,
      totalTimeoutMs,
      listingTimeoutMs,
      gzip,
    },
    closing: closing.signal,
  };

  const change = async (
    method: Call['method'],
    verb: string,
    key: GroupingKey,
    body: Body | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Receipt> => {
    const { attempts, bytes, seconds } = await send(sending, {
      method,
      path: target.prefix + groupPath(key),
      what: () => `${verb} ${formatKey(key)} at ${target.name}`,
      body: typeof body === 'string' ? () => body : body,
      signal,
    });
    return { attempts, bytes, seconds };
  };

  const pick = async <T>(take: Take<T>, { signal }: CallOptions = {}): Promise<Listing<T>> => {
    const what = `listing the groups at ${target.name}`;
    const takeNext: Take<T> = (key, read) => {
      signal?.throwIfAborted();
      return take(key, read);
    };
    let reader = createListingReader(takeNext);
    const { answer, attempts } = await send(sending, {
      method: 'GET',
      path: `${target.prefix}/api/v1/metrics`,
      what: () => what,
      receiver: () => {
        reader = createListingReader(takeNext);
        return reader.write;
      },
      signal,
    });
    try {
      return reader.end(headerOf(answer, 'date'));
    } catch (cause) {
      if (!(cause instanceof MalformedListing)) throw cause;
      throw new PushError(`${what} failed: ${oneLine(target.redact(cause.message))}`, {
        ...{ attempts, cause, status: answer.status },
        hint: 'is this URL a Pushgateway? check the path prefix',
      });
    }
  };

  return {
    url: target.name,
    put: (key, body, { signal } = {}) => change('PUT', 'push of', key, body, signal),
    post: (key, body, { signal } = {}) => change('POST', 'push (POST) of', key, body, signal),
    delete: (key, { signal } = {}) => change('DELETE', 'deletion of', key, undefined, signal),

    list: (options) => pick((_, read) => read(), options),
    pick,

    async close() {
      closing.abort();
      await connections.close();
    },
  };
}
