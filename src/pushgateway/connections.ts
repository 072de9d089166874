import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { buildConnector, Client } from 'undici';
import { secureContextOf, type TlsOptions } from './tls.js';

/** One keep-alive connection, opened when first used and reopened when lost. */
export interface Connection {
  readonly client: Client;
  /** Fails a request that has not been written yet with `reason`. */
  stopConnecting(reason: Error): void;
}

export interface Connections {
  /** A connection of one's own until `release`, if one is free. */
  takeIdle(): Connection | undefined;
  /**
   * The next one to be free. Newcomers queue; a retry, whose time is running, goes first. Rejects
   * when `signal` aborts, and when the gateway has answered nobody for `silenceMs`.
   */
  wait(options: { retry: boolean; signal?: AbortSignal | undefined }): Promise<Connection>;
  /** `answered`: whether the gateway gave any answer, good or bad. */
  release(connection: Connection, answered: boolean): void;
  /** Drops every connection and everyone who waits. */
  close(): Promise<void>;
}

// Longer than a usual push interval, so that a tick finds its connections open.
const KEEP_ALIVE_MS = 60_000;

export interface ConnectionsOptions {
  max: number;
  /** How long one may wait for a connection while nobody gets an answer, milliseconds. */
  silenceMs: number;
  tls: TlsOptions;
  monotonic: () => number;
}

interface Waiter {
  since: number;
  resolve: (connection: Connection) => void;
  reject: (reason: Error) => void;
}

/**
 * At most `max` connections to `origin`, one request at a time on each. Throws a UsageError for
 * certificates that cannot be used.
 *
 * Why no pipelining: pushes of one group must not overtake each other. A request that is piped
 * behind another stays unread in the server's buffer; when the client gives up on the connection
 * and pushes again elsewhere, the old one may still be read, and stored, after the new one. It
 * would also make a slow group delay its neighbours. And nothing is gained: pushes of 10 KB to the
 * real gateway, 16 at a time on 2 cores, ran at 0.91 of wrk's rate with 16 × 1, 0.89 with 8 × 2 and
 * 0.88 with 4 × 4 (connections × requests on each), for 0.16, 0.19 and 0.16 ms of CPU a push.
 *
 * Why not undici's Pool: a request that waits in its queue cannot tell waiting from being served,
 * so a time limit would hit requests that were never sent.
 */
export function createConnections(
  origin: string,
  { max, silenceMs, tls, monotonic }: ConnectionsOptions,
): Connections {
  // The last one released is the first one used: at low load few connections stay open.
  const idle: Connection[] = [];
  const waiting: Waiter[] = [];
  const all: Connection[] = [];
  const secureContext = secureContextOf(tls);
  let answeredAt = monotonic();
  let closed = false;

  const rejectStarved = (now: number) => {
    for (const waiter of [...waiting]) {
      if (now - Math.max(answeredAt, waiter.since) < silenceMs) continue;
      waiting.splice(waiting.indexOf(waiter), 1);
      waiter.reject(new Error(`it answered nobody for ${silenceMs / 1000} s`));
    }
  };

  return {
    takeIdle() {
      if (closed) return undefined;
      const free = idle.pop();
      if (free || all.length >= max) return free;
      const opened = openConnection(origin, secureContext);
      all.push(opened);
      return opened;
    },

    wait({ retry, signal }) {
      if (closed) return Promise.reject(new Error('the client is closed'));
      return new Promise((resolve, reject) => {
        const done = () => signal?.removeEventListener('abort', abort);
        const waiter: Waiter = {
          since: monotonic(),
          resolve: (connection) => {
            done();
            resolve(connection);
          },
          reject: (reason) => {
            done();
            reject(reason);
          },
        };
        const abort = () => {
          waiting.splice(waiting.indexOf(waiter), 1);
          waiter.reject(new Error('stopped'));
        };
        signal?.addEventListener('abort', abort);
        if (retry) waiting.unshift(waiter);
        else waiting.push(waiter);
      });
    },

    release(connection, answered) {
      const now = monotonic();
      if (answered) answeredAt = now;
      else rejectStarved(now);
      const next = waiting.shift();
      if (next) next.resolve(connection);
      else idle.push(connection);
    },

    async close() {
      closed = true;
      for (const waiter of waiting.splice(0)) waiter.reject(new Error('the client is closed'));
      await Promise.all(
        all.map((connection) => {
          connection.stopConnecting(new Error('the client is closed'));
          return connection.client.destroy();
        }),
      );
    },
  };
}

function openConnection(origin: string, secureContext: SecureContext | undefined): Connection {
  let socket: Socket | undefined;
  // Every timeout is the caller's, one for the whole exchange: those of undici tick only every
  // half second, and none of them bounds an answer that trickles.
  const connector = buildConnector({ ...(secureContext && { secureContext }), timeout: 0 });
  const client = new Client(origin, {
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (options, callback) => {
      // It returns the socket, which its type does not say.
      socket = connector(options, callback) as unknown as Socket;
    },
  });
  return { client, stopConnecting: (reason) => void socket?.destroy(reason) };
}
