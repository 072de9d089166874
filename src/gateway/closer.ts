import type { Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

/**
 * For a server that has no connection yet: what closes it. Every answer that is due is sent whole;
 * connections without one are closed at once, and after `graceMs` all the others. Resolves when the
 * port is free and the last connection gone.
 */
export function closer(server: Server): (graceMs: number) => Promise<void> {
  const due = new Map<Socket, number>();
  let closing = false;
  server.on('connection', (socket) => {
    due.set(socket, 0);
    socket.once('close', () => due.delete(socket));
  });
  server.on('request', ({ socket }, response) => {
    const add = (n: number) => due.set(socket, (due.get(socket) ?? 0) + n);
    add(1);
    response.once('close', () => {
      if (!socket.destroyed) add(-1);
      if (closing && due.get(socket) === 0) socket.destroySoon();
    });
  });
  return async (graceMs) => {
    closing = true;
    // Not the method of `http`: to that an answer is done that waits in a buffer for a slow reader.
    const ended = new Promise<void>((resolve) => {
      NetServer.prototype.close.call(server, () => resolve());
    });
    for (const [socket, answers] of due) if (answers === 0) socket.destroySoon();
    const forced = setTimeout(() => server.closeAllConnections(), graceMs);
    await ended;
    clearTimeout(forced);
    server.close(); // Its timers.
  };
}
