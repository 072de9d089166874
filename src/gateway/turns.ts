import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests on one connection that wait for the answers before theirs. */
const MAX_WAITING = 1000;

/**
 * Lets a request wait until the answers before its own on the connection are sent, as Go's server
 * does: begun at once, each of a thousand scrapes in one packet would hold a snapshot. Resolves to
 * false, at once, for one that is too many.
 */
export function createTurns() {
  const waiting = new WeakMap<Socket, number>();
  return async ({ socket }: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (response.socket) return true;
    const before = waiting.get(socket) ?? 0;
    if (before >= MAX_WAITING) return false;
    waiting.set(socket, before + 1);
    await once(response, 'socket');
    waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
    return true;
  };
}
