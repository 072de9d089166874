import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Bytes } from './bytes.js';
import type { GatewayLimits } from './limits.js';
import { problem, type Reply } from './reply.js';

/** A body that is not taken: `reply` says why. */
export class BodyError extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(typeof reply.body === 'string' ? reply.body : '');
    this.reply = reply;
  }
}

/** Reads bodies, of which only so much may be under way at once. */
export interface BodyReader {
  /** Unpacked, and whole: rejects with a BodyError, or with the connection's error. */
  read(request: IncomingMessage): Promise<Bytes>;
}

type Bounds = Pick<GatewayLimits, 'bodyBytes' | 'pendingBytes'>;

export function createBodyReader({ bodyBytes, pendingBytes }: Bounds): BodyReader {
  let pending = 0;

  const receive = async (request: IncomingMessage): Promise<Buffer> => {
    if (Number(request.headers['content-length'] ?? 0) > bodyBytes) throw tooLarge(bodyBytes);
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        size += chunk.length;
        pending += chunk.length;
        if (size > bodyBytes) throw tooLarge(bodyBytes);
        if (pending > pendingBytes) throw busy();
        chunks.push(chunk);
      }
    } finally {
      pending -= size;
    }
    // Without this a body that was cut off would be stored as if it were whole.
    if (!request.complete) throw new Error('the body ended too early');
    return Buffer.concat(chunks);
  };

  return {
    async read(request) {
      if (encodingOf(request) === 'snappy') throw unsupported();
      const body = await receive(request);
      if (!isGzip(request)) return body.toString('latin1');
      checkGzipHeader(body);
      return unpack(body, bodyBytes);
    },
  };
}

export function isGzip(request: IncomingMessage): boolean {
  return encodingOf(request) === 'gzip';
}

function encodingOf({ headers }: IncomingMessage): string | undefined {
  return headers['content-encoding']?.toLowerCase();
}

/** With Go's words, which looks at the header before anything else. */
function checkGzipHeader(body: Buffer): void {
  if (body.length === 0) throw refused('EOF');
  if (body.length < 10) throw refused('unexpected EOF');
  if (body.readUIntBE(0, 3) !== 0x1f8b08) throw refused('gzip: invalid header');
}

/**
 * At a stretch, so that only one body is unpacked at a time, however many small ones wait that
 * would become large. Parsing it takes longer than this.
 */
function unpack(body: Buffer, maxOutputLength: number): Bytes {
  try {
    const options = { maxOutputLength, info: true };
    const { buffer, engine } = gunzipSync(body, options) as unknown as Unpacked;
    // Node leaves alone what follows the last member.
    if (engine.bytesWritten !== body.length) throw refused('gzip: invalid header');
    return buffer.toString('latin1');
  } catch (error) {
    if (error instanceof BodyError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxOutputLength);
    if (code === 'Z_BUF_ERROR') throw refused('unexpected EOF');
    throw refused(`gzip: ${error instanceof Error ? error.message : error}`);
  }
}

interface Unpacked {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function refused(reason: string): BodyError {
  return new BodyError(problem(400, reason));
}

function tooLarge(limit: number): BodyError {
  const reply = problem(413, `the body is larger than this gateway's limit of ${limit} bytes`);
  return new BodyError({ ...reply, close: true });
}

function busy(): BodyError {
  const reply = problem(429, 'too many bodies at once, try again', { 'Retry-After': '1' });
  return new BodyError({ ...reply, close: true });
}

function unsupported(): BodyError {
  const reason = 'this gateway does not unpack snappy: send gzip, or the body as it is';
  return new BodyError({ ...problem(415, reason, { 'Accept-Encoding': 'gzip' }), close: true });
}
