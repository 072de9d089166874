import { connect } from 'node:net';

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  /** One character a byte. */
  body: string;
}

/**
 * One request over a connection of its own, its path and headers sent byte for byte: node's client
 * would refuse or rewrite some. `cut` closes the connection after that many bytes of the body.
 */
export async function rawRequest(
  port: number,
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
): Promise<RawAnswer> {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const all = {
    Host: 'localhost',
    Connection: 'close',
    ...(bytes && { 'Content-Length': String(bytes.length) }),
    ...headers,
  };
  // A header without a value is left out.
  const lines = Object.entries(all).map(([name, value]) => (value ? `${name}: ${value}\r\n` : ''));
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
  return parseAnswer(await exchangeBytes(port, bytes ? Buffer.concat([head, bytes]) : head));
}

/** Sends `bytes`, and reads until the other side closes. */
export async function exchangeBytes(
  port: number,
  bytes: Buffer,
  endAfter = false,
): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      if (endAfter) socket.end(bytes);
      else socket.write(bytes);
    });
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer within 10 s')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // An answer before the whole request was read may end so.
      if (chunks.length > 0 && /ECONNRESET|EPIPE/.test(`${error.code}`)) return;
      reject(error);
    });
    socket.on('close', () => resolve(Buffer.concat(chunks)));
  });
}

export function parseAnswer(bytes: Buffer): RawAnswer {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end < 0 ? undefined : end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split(': ');
      return [name.toLowerCase(), value.join(': ')];
    }),
  );
  let body = end < 0 ? '' : text.slice(end + 4);
  if (headers['transfer-encoding'] === 'chunked') body = unchunked(body);
  return { status: Number(first.split(' ')[1]), headers, body };
}

function unchunked(text: string): string {
  let body = '';
  for (let at = 0; ; ) {
    const line = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, line), 16);
    if (!(size > 0)) return body;
    body += text.slice(line + 2, line + 2 + size);
    at = line + 4 + size;
  }
}
