import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { SYSTEM } from '../env.js';
import { toText } from './bytes.js';
import type { Reply } from './reply.js';

/** One request, as it ended. What the client wrote is made printable; headers are never in it. */
export interface RequestEntry {
  /** Of what was no request, or a connection that was not taken: none. */
  readonly method?: string;
  /** As the client wrote it, without host and query. */
  readonly path?: string;
  /** Without one the connection was gone before there was an answer. */
  readonly status?: number;
  /** Why it was refused; or that the client did not take the answer to its end. */
  readonly reason?: string;
  /** From its head to the end of the answer. */
  readonly ms: number;
  /** On the connection since the last answer, heads included. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export type OnRequest = (entry: RequestEntry) => void;

/** Tells of every request and of what is not let in. Without `onRequest` none of this is called. */
export interface Observer {
  /** Before a request is answered; returns what to call with the answer. */
  request(request: IncomingMessage, response: ServerResponse): (reply: Reply) => void;
  /** What is answered on the socket itself: to what is no HTTP, or comes too late. */
  refused(socket: Socket, status: number, reason: string): void;
}

interface Meter {
  bytesIn: number;
  bytesOut: number;
  /** Requests without their answer. */
  open: number;
  refused?: { status: number; reason: string };
}

export function createObserver(server: Server, limit: number, onRequest: OnRequest): Observer {
  const meters = new WeakMap<Socket, Meter>();
  const meterOf = (socket: Socket): Meter => {
    const meter = meters.get(socket) ?? { bytesIn: 0, bytesOut: 0, open: 0 };
    meters.set(socket, meter);
    return meter;
  };
  const tell = (socket: Socket, entry: Omit<RequestEntry, 'bytesIn' | 'bytesOut'>) => {
    const meter = meterOf(socket);
    const [bytesIn, bytesOut] = [socket.bytesRead, socket.bytesWritten];
    const sizes = { bytesIn: bytesIn - meter.bytesIn, bytesOut: bytesOut - meter.bytesOut };
    Object.assign(meter, { bytesIn, bytesOut });
    emit({ ...entry, ...sizes });
  };
  const emit = (entry: RequestEntry) => {
    try {
      onRequest(entry);
    } catch {} // An observer's own mistake, which is to harm no answer.
  };
  server.on('drop', () => {
    emit({ reason: `more than ${limit} connections`, ms: 0, bytesIn: 0, bytesOut: 0 });
  });

  return {
    request(request, response) {
      const { socket, method = '', url = '' } = request;
      const started = SYSTEM.monotonic();
      const meter = meterOf(socket);
      let reason: string | undefined;
      meter.open++;
      response.once('close', () => {
        meter.open--;
        const status = response.headersSent ? response.statusCode : meter.refused?.status;
        const cut = response.headersSent && !response.writableFinished ? CUT : undefined;
        const why = response.headersSent ? (cut ?? reason) : meter.refused?.reason;
        tell(socket, {
          method,
          path: pathOf(url),
          ms: SYSTEM.monotonic() - started,
          ...(status !== undefined && { status }),
          ...(why !== undefined && { reason: why }),
        });
      });
      return ({ status, body }) => {
        if (status >= 400 && typeof body === 'string') reason = toText(body.trimEnd());
      };
    },
    refused(socket, status, reason) {
      const meter = meterOf(socket);
      if (meter.open > 0) meter.refused = { status, reason };
      else tell(socket, { status, reason, ms: 0 });
    },
  };
}

const CUT = 'the connection was gone before the answer was whole';

/** Whoever has a secret in a URL has it before the host or in the query. */
function pathOf(url: string): string {
  return toText(url.replace(/^[a-z]+:\/\/[^/?]*/i, '').replace(/\?.*$/s, ''));
}
