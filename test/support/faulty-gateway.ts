import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll } from 'vitest';

/** How it misbehaves; each request gets the mode that is set when it has been read. */
export type FaultyMode =
  /** 200, as it should be. */
  | 'ok'
  /** The connection is reset. */
  | 'reset'
  /** Nothing ever comes. */
  | 'no headers'
  /** 200, and then a body that trickles for ever. */
  | 'endless body'
  /** 200, and then a body that floods. */
  | 'flood'
  /** Bytes that are not HTTP. */
  | 'garbage'
  /** A right answer, after which the connection is closed without a word of warning. */
  | 'close after reply'
  /** 200 after `delayMs`. */
  | 'slow'
  /** A right listing, but for having no end. */
  | 'endless listing'
  /** `endless`: nothing comes after the body; `cut`: the connection is closed in its midst. */
  | {
      status: number;
      headers?: Record<string, string>;
      body?: string;
      endless?: boolean;
      cut?: boolean;
    };

export interface Received {
  method: string;
  /** As it came over the wire. */
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
  /** `performance.now()` when it had been read. */
  at: number;
  /** Numbered from 1, in the order in which they were opened. */
  connection: number;
}

export interface FaultyGateway {
  readonly url: string;
  readonly requests: Received[];
  /** Requests under way at the same time, at most. */
  peak(): number;
  /** Connections that were opened so far. */
  connections(): number;
  /** From the next answer on. With several: one for each answer, the last one for ever. */
  mode(...modes: FaultyMode[]): void;
  delayMs: number;
  stop(): Promise<void>;
}

export interface FaultyOptions {
  mode?: FaultyMode | FaultyMode[];
  delayMs?: number;
  tls?: ServerOptions;
}

const running = new Set<FaultyGateway>();
afterAll(async () => {
  await Promise.all([...running].map((gateway) => gateway.stop()));
});

/** A gateway that exists only to misbehave, on a free port of loopback. */
export async function startFaultyGateway(options: FaultyOptions = {}): Promise<FaultyGateway> {
  let modes: FaultyMode[] = [options.mode ?? 'ok'].flat();
  let opened = 0;
  let under = 0;
  let peak = 0;
  const numbers = new WeakMap<Socket, number>();
  const sockets = new Set<Socket>();

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    under += 1;
    peak = Math.max(peak, under);
    response.on('close', () => {
      under -= 1;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    gateway.requests.push({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks),
      at: performance.now(),
      connection: numbers.get(request.socket) ?? 0,
    });
    const mode = modes.length > 1 ? modes.shift() : modes[0];
    misbehave(mode ?? 'ok', response, gateway.delayMs);
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    // The client may hang up while it is being read: that is no fault here.
    answer(request, response).catch(() => {});
  };
  const server: Server = options.tls
    ? createTlsServer(options.tls, listener)
    : createServer(listener);
  server.keepAliveTimeout = 60_000;
  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    opened += 1;
    numbers.set(socket, opened);
    socket.on('error', () => {});
  });
  // Also those whose handshake fails.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const gateway: FaultyGateway = {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    peak: () => peak,
    connections: () => opened,
    mode: (...next) => {
      modes = next;
    },
    delayMs: options.delayMs ?? 0,
    stop: async () => {
      running.delete(gateway);
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  running.add(gateway);
  return gateway;
}

function misbehave(mode: FaultyMode, response: ServerResponse, delayMs: number): void {
  const { socket } = response;
  if (typeof mode === 'object') {
    response.writeHead(mode.status, mode.headers);
    if (mode.endless) response.write(mode.body ?? '');
    else if (mode.cut) response.write(mode.body ?? '', () => socket?.end());
    else response.end(mode.body);
    return;
  }
  switch (mode) {
    case 'ok':
      response.end();
      return;
    case 'slow':
      setTimeout(() => response.end(), delayMs);
      return;
    case 'reset':
      socket?.resetAndDestroy();
      return;
    case 'no headers':
      return;
    case 'endless body': {
      const trickle = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(trickle));
      return;
    }
    case 'flood':
      pour(response, Buffer.alloc(64 * 1024, '.'));
      return;
    case 'endless listing':
      response.write('{"status":"success","data":[{}');
      pour(response, Buffer.from(`,${JSON.stringify(SOME_GROUP)}`.repeat(100)));
      return;
    case 'garbage':
      socket?.end('\u0000\u0001 SSH-2.0-OpenSSH_9.2\r\n\r\n');
      return;
    case 'close after reply':
      response.end(() => socket?.end());
      return;
  }
}

/** Sends the same for ever, as fast as it is taken. */
function pour(response: ServerResponse, chunk: Buffer): void {
  const more = () => {
    while (!response.destroyed && response.write(chunk)) {}
  };
  response.on('drain', more);
  more();
}

const SOME_GROUP = {
  labels: { job: 'a' },
  ...Object.fromEntries(
    ['push_time_seconds', 'push_failure_time_seconds', 'x_total'].map((name) => [
      name,
      { type: 'GAUGE', help: 'x'.repeat(500), metrics: [{ labels: {}, value: '1' }] },
    ]),
  ),
};
