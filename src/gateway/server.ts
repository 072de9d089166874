import { createServer, type Server } from 'node:http';
import { type AddressInfo, isIPv6, type Socket } from 'node:net';
import { type Env, SYSTEM } from '../env.js';
import { messageOf, RagmonError, UsageError } from '../errors.js';
import { createBodyReader } from './body.js';
import { closer } from './closer.js';
import { isLoopback, strangeHost } from './host.js';
import {
  checkWhole,
  type GatewayLimits,
  type GatewayTimeouts,
  limitsOf,
  timeoutsOf,
} from './limits.js';
import { createObserver, type OnRequest } from './observer.js';
import type { Persistence, PersistenceEnv, PersistenceOptions } from './persistence.js';
import { refuse, respond } from './respond.js';
import type { Site } from './site.js';
import { createSnapshots } from './snapshots.js';
import { createStore } from './store.js';
import { createTurns } from './turns.js';

export interface GatewayOptions {
  /** `127.0.0.1` by default: no one else can push, and no one else can read. `''`: all there are. */
  host?: string | undefined;
  /** 0, the default, takes a free one. */
  port?: number | undefined;
  /** Path before `/metrics` and the others: `/push`. */
  routePrefix?: string | undefined;
  /** `PUT /api/v1/admin/wipe`, and deletion from the pages; off by default. */
  enableAdminApi?: boolean | undefined;
  limits?: Partial<GatewayLimits> | undefined;
  timeouts?: Partial<GatewayTimeouts> | undefined;
  /** The system's by default. */
  clock?: Pick<Env, 'now'> | undefined;
  /** Closes the gateway. */
  signal?: AbortSignal | undefined;
  /** Without it what was pushed is gone with the gateway. */
  persistence?: PersistenceOptions | undefined;
  /** Called once a request has its answer, or its connection is gone; what it throws is ignored. */
  onRequest?: OnRequest | undefined;
}

export interface Gateway {
  /** Without a final slash, with the route prefix; of a link-local address without its zone. */
  readonly url: string;
  readonly port: number;
  /** The address that it listens on. */
  readonly host: string;
  /** Groups held now. */
  groups(): number;
  /**
   * Ends what is under way within `timeouts.closeMs`, frees the port, and writes the persistence
   * file. Rejects, with a RagmonError, only where that cannot be written.
   */
  close(): Promise<void>;
}

/**
 * A Pushgateway in this process; as many as wanted, with nothing in common. It answers what
 * Prometheus's own answers where a client can tell. Rejects with a RagmonError when it cannot
 * listen, cannot load its persistence file, or `signal` has aborted; with a UsageError naming the
 * option that cannot be, or for a file that cannot be written.
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { host = '127.0.0.1', port = 0, clock = SYSTEM, signal } = options;
  const limits = limitsOf(options.limits);
  const timeouts = timeoutsOf(options.timeouts);
  checkWhole('port', port, 0, 65_535);
  checkGoing(signal);
  let persistence: Persistence | undefined;
  let address: AddressInfo | undefined;
  const store = createStore(limits, () => {
    snapshots.stale();
    persistence?.changed();
  });
  const snapshots = createSnapshots(store);
  const site: Site = {
    store,
    snapshots,
    bodies: createBodyReader(limits),
    now: ticking(clock),
    prefix: prefixOf(options.routePrefix),
    admin: options.enableAdminApi ?? false,
    limits,
    startTime: clock.now(),
    refuseHost: (given) =>
      isLoopback(address?.address ?? '') ? strangeHost(given, host) : undefined,
  };
  if (options.persistence) {
    // Imported when needed: most gateways hold what they have in memory.
    const { openPersistence } = await import('./persistence.js');
    const env: PersistenceEnv = options.persistence.env ?? SYSTEM;
    const all = { ...options.persistence, env, maxLabels: limits.labels };
    persistence = await openPersistence(store, all);
  }
  const turns = createTurns();
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: timeouts.requestMs,
      requestTimeout: timeouts.requestMs,
      keepAliveTimeout: timeouts.idleMs,
      connectionsCheckingInterval: Math.min(1000, timeouts.requestMs),
    },
    (request, response) =>
      void respond(site, request, response, timeouts.answerMs, turns, observer),
  );
  const shut = closer(server);
  server.maxConnections = limits.connections;
  const { onRequest } = options;
  const observer = onRequest && createObserver(server, limits.connections, onRequest);
  server.on('clientError', (error, socket) => {
    void refuse(error, socket as Socket, turns, observer);
  });
  await listen(server, host, port);
  address = server.address() as AddressInfo;

  let closed: Promise<void> | undefined;
  // One of its own: the signal given may be that of many gateways.
  const stop = signal && AbortSignal.any([signal]);
  const close = () => {
    stop?.removeEventListener('abort', abort);
    closed ??= shut(timeouts.closeMs).then(() => persistence?.close());
    return closed;
  };
  // Whoever wants to know whether the file was written calls `close` too, or has `onPersist`.
  const abort = () => void close().catch(() => {});
  stop?.addEventListener('abort', abort);
  if (stop?.aborted) await close();
  checkGoing(signal);
  return {
    url: `http://${reachable(address.address)}:${address.port}${site.prefix}`,
    host: address.address,
    port: address.port,
    close,
    groups: () => store.groups.size,
  };
}

function checkGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new RagmonError('the gateway was stopped before it was started');
}

/** A host to reach it at, as it stands in a URL, which has no place for a zone. */
function reachable(address: string): string {
  if (address === '::' || address === '0.0.0.0') return '127.0.0.1';
  return isIPv6(address) ? `[${address.replace(/%.*/, '')}]` : address;
}

/**
 * Never twice the same: of a success and a failure in one millisecond it must be told which was the
 * last. A clock that is set back is followed.
 */
function ticking(clock: Pick<Env, 'now'>): () => number {
  let last = 0;
  return () => {
    const now = clock.now();
    last = now > last || now < last - 1 ? now : last + 0.001;
    return last;
  };
}

function prefixOf(given = ''): string {
  if (given === '' || given === '/') return '';
  const prefix = `/${String(given).replace(/^\/|\/$/g, '')}`;
  const plain = /^(\/[\w.~-]+)+$/.test(prefix) && !/\/\.\.?(\/|$)/.test(prefix);
  if (plain && typeof given === 'string') return prefix;
  throw new UsageError(`not a route prefix: ${JSON.stringify(given)}`, { hint: 'such as /push' });
}

const FREE_PORT = 'port 0 takes any that is free';
const OWN_ADDRESS = 'it must be an address of this machine, such as 127.0.0.1';
const LISTEN_HINTS: Readonly<Record<string, string>> = {
  EADDRINUSE: FREE_PORT,
  EACCES: FREE_PORT,
  ENOTFOUND: OWN_ADDRESS,
  EAI_AGAIN: OWN_ADDRESS,
  EADDRNOTAVAIL: OWN_ADDRESS,
  EAFNOSUPPORT: OWN_ADDRESS,
};

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Without a host node takes IPv4 where there is no IPv6.
    server.listen(host === '' ? { port } : { host, port }, resolve);
  }).catch((cause: unknown) => {
    const reason = messageOf(cause).replace(/^listen (.*?)(?: \S+:\d+)?$/, '$1');
    const place = isIPv6(host) ? `[${host}]` : host;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const hint = LISTEN_HINTS[code];
    throw new RagmonError(`the gateway cannot listen on ${place}:${port}: ${reason}`, {
      cause,
      ...(hint !== undefined && { hint }),
    });
  });
  server.removeAllListeners('error');
  // A connection that could not be taken, for want of file descriptors: the others go on.
  server.on('error', () => {});
}
