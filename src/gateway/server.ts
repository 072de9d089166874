import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIPv6, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { type Env, SYSTEM } from '../env.js';
import { messageOf, RagmonError, UsageError } from '../errors.js';
import { answer, type Site } from './answers.js';
import { BodyError, createBodyReader } from './body.js';
import { toBytes } from './bytes.js';
import {
  DEFAULT_LIMITS,
  DEFAULT_TIMEOUTS,
  type GatewayLimits,
  type GatewayTimeouts,
} from './limits.js';
import { malformed, problem, type Reply } from './reply.js';
import { createStore } from './store.js';

export interface GatewayOptions {
  /** `127.0.0.1` by default: no one else can push, and no one else can read. */
  host?: string | undefined;
  /** 0, the default, takes a free one. */
  port?: number | undefined;
  /** Path before `/metrics` and the others: `/push`. */
  routePrefix?: string | undefined;
  /** `PUT /api/v1/admin/wipe`; off by default. */
  enableAdminApi?: boolean | undefined;
  limits?: Partial<GatewayLimits> | undefined;
  timeouts?: Partial<GatewayTimeouts> | undefined;
  /** The system's by default. */
  clock?: Pick<Env, 'now'> | undefined;
  /** Closes the gateway. */
  signal?: AbortSignal | undefined;
}

export interface Gateway {
  /** Without a final slash, with the route prefix. */
  readonly url: string;
  readonly port: number;
  /** Ends what is under way within `timeouts.closeMs`, and frees the port. Never rejects. */
  close(): Promise<void>;
}

/**
 * A Pushgateway in this process; as many as wanted, with nothing in common. It answers what
 * Prometheus's own answers where a client can tell, in memory only. Rejects with a RagmonError when
 * it cannot listen, or `signal` has aborted; with a UsageError for an impossible prefix.
 */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { host = '127.0.0.1', port = 0, clock = SYSTEM, signal } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  if (signal?.aborted) throw new RagmonError('the gateway was stopped before it was started');
  const site: Site = {
    ...{ store: createStore(limits), bodies: createBodyReader(limits) },
    ...{ now: ticking(clock), maxLabels: limits.labels, startTime: clock.now() },
    ...{ prefix: prefixOf(options.routePrefix), admin: options.enableAdminApi ?? false },
  };
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: timeouts.requestMs,
      requestTimeout: timeouts.requestMs,
      keepAliveTimeout: timeouts.idleMs,
      connectionsCheckingInterval: Math.min(1000, timeouts.requestMs),
    },
    (request, response) => void respond(site, request, response, timeouts),
  );
  server.maxConnections = limits.connections;
  server.on('clientError', refuse);
  await listen(server, host, port);
  const address = server.address() as AddressInfo;

  let closed: Promise<void> | undefined;
  const close = () => {
    signal?.removeEventListener('abort', close);
    closed ??= shut(server, timeouts.closeMs);
    return closed;
  };
  signal?.addEventListener('abort', close);
  const name = isIPv6(address.address) ? `[${address.address}]` : address.address;
  return { url: `http://${name}:${address.port}${site.prefix}`, port: address.port, close };
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
  const prefix = given === '/' || given === '' ? '' : `/${given.replace(/^\/|\/$/g, '')}`;
  if (/^(\/[\w.~-]+)*$/.test(prefix) && !/\/\.\.?(\/|$)/.test(prefix)) return prefix;
  throw new UsageError(`not a route prefix: ${JSON.stringify(given)}`, { hint: 'such as /push' });
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  }).catch((cause: unknown) => {
    const reason = messageOf(cause).replace(/^listen /, '');
    throw new RagmonError(`the gateway cannot listen on ${host}:${port}: ${reason}`, {
      ...{ cause, hint: 'port 0 takes any that is free' },
    });
  });
  server.removeAllListeners('error');
}

async function shut(server: Server, graceMs: number): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const forced = setTimeout(() => server.closeAllConnections(), graceMs);
  await ended;
  clearTimeout(forced);
}

async function respond(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  { answerMs }: GatewayTimeouts,
): Promise<void> {
  response.setTimeout(answerMs);
  try {
    await send(await replyTo(site, request), request, response);
  } catch {
    // The client has gone, or its body ended too early: nobody is left to be told.
    request.destroy();
  }
}

async function replyTo(site: Site, request: IncomingMessage): Promise<Reply> {
  try {
    return await answer(site, request);
  } catch (error) {
    if (error instanceof BodyError) return error.reply;
    if (!request.complete) throw error;
    return problem(500, toBytes(`the gateway failed: ${messageOf(error)}`));
  }
}

async function send(
  { status, headers, body, close }: Reply,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const whole = typeof body === 'string';
  const packed = !whole && /(^|,)\s*gzip\s*(;|,|$)/.test(`${request.headers['accept-encoding']}`);
  response.writeHead(status, {
    ...headers,
    ...(whole && { 'Content-Length': body.length }),
    ...(packed && { 'Content-Encoding': 'gzip' }),
    ...(close && { Connection: 'close' }),
  });
  if (whole) response.end(body, 'latin1');
  else {
    const pieces = Readable.from(buffers(body), { highWaterMark: 2 });
    // Speed before size: it mostly goes to Prometheus next door.
    const stages = packed ? [createGzip({ level: constants.Z_BEST_SPEED })] : [];
    await pipeline([pieces, ...stages, response]);
  }
}

function* buffers(pieces: Iterable<string>): Iterable<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece, 'latin1');
}

/** What is no HTTP, or too much of it. */
function refuse(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, reason] = CLIENT_ERRORS[error.code ?? ''] ?? [400, 'Bad Request'];
  const { headers, body } = malformed(status, reason);
  const head = Object.entries({ ...headers, Connection: 'close' }).map(
    ([k, v]) => `${k}: ${v}\r\n`,
  );
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${head.join('')}\r\n${body}`, 'latin1');
}

const CLIENT_ERRORS: Record<string, [number, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};
