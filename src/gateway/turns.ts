import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests on one connection that wait for the answers before theirs. */
const MAX_WAITING = 1000;

/** Keeps what is answered on a connection in order. */
export interface Turns {
  /**
   * Lets a request wait until the answers before its own on the connection are sent, as Go's server
   * does: begun at once, each of a thousand scrapes in one packet would hold a snapshot. Resolves to
   * false, at once, for one that is too many.
   */
  take(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Resolves when every answer is sent to a request that came whole, or that has begun. */
  sent(socket: Socket): Promise<void>;
}

interface Connection {
  waiting: number;
  last: { readonly request: IncomingMessage; readonly response: ServerResponse };
}

export function createTurns(): Turns {
  const connections = new WeakMap<Socket, Connection>();
  return {
    async take(request, response) {
      const { socket } = request;
      const connection = connections.get(socket) ?? { waiting: 0, last: { request, response } };
      connections.set(socket, connection);
      connection.last = { request, response };
      if (response.socket) return true;
      if (connection.waiting >= MAX_WAITING) return false;
      connection.waiting++;
      await once(response, 'socket');
      connection.waiting--;
      return true;
    },

    async sent(socket) {
      const { request, response } = connections.get(socket)?.last ?? {};
      if (!request || !response || response.closed) return;
      // What is no HTTP may be the rest of the last request: then its answer is not due.
      if (!request.complete && !response.socket) await once(response, 'socket');
      if (!request.complete && !response.headersSent) return;
      await new Promise((resolve) => response.once('close', resolve));
    },
  };
}
