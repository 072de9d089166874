import { setMaxListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { messageOf } from '../errors.js';
import { answer } from './answers.js';
import { BodyError } from './body.js';
import { toBytes } from './bytes.js';
import type { Observer } from './observer.js';
import { malformed, problem, type Reply } from './reply.js';
import type { Site } from './site.js';
import type { Turns } from './turns.js';

/** Sends the answer to a request. Never rejects. */
export async function respond(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  answerMs: number,
  turns: Turns,
  observer: Observer | undefined,
): Promise<void> {
  response.setTimeout(answerMs);
  const answered = observer?.request(request, response);
  let reply: Reply | undefined;
  try {
    reply = (await turns.take(request, response)) ? await replyTo(site, request) : TOO_MANY;
    answered?.(reply);
    await send(reply, request, response);
  } catch {
    // The client has gone, or its body ended too early: nobody is left to be told.
    request.destroy();
  } finally {
    reply?.reading?.end();
  }
}

const TOO_MANY: Reply = {
  ...problem(429, 'too many requests at once on this connection'),
  close: true,
};

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
  { status, headers, body, close, reading }: Reply,
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
    const { signal } = reading ?? {};
    // One for a thousand readers, perhaps.
    if (signal) setMaxListeners(0, signal);
    await pipeline([pieces, ...stages, response], { ...(signal && { signal }) });
  }
}

function* buffers(pieces: Iterable<string>): Iterable<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece, 'latin1');
}

/** What is no HTTP, or too much of it; after the answers that are due. Never rejects. */
export async function refuse(
  error: Error & { code?: string },
  socket: Socket,
  turns: Turns,
  observer: Observer | undefined,
): Promise<void> {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  // Each piece that follows is no HTTP either.
  if (refusing.has(socket)) return;
  refusing.add(socket);
  await turns.sent(socket);
  if (!socket.writable) return;
  const [status, reason] = CLIENT_ERRORS[error.code ?? ''] ?? [400, 'Bad Request'];
  observer?.refused(socket, status, reason);
  const { headers, body } = malformed(status, reason);
  const head = Object.entries({ ...headers, Connection: 'close' }).map(
    ([k, v]) => `${k}: ${v}\r\n`,
  );
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${head.join('')}\r\n${body}`, 'latin1');
}

const refusing = new WeakSet<Socket>();

const CLIENT_ERRORS: Record<string, [number, string]> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
};
