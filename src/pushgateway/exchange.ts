import type { Dispatcher } from 'undici';
import type { Connection } from './connections.js';

export interface Request {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  path: string;
  /** Names and values in turn. */
  headers: string[];
  body?: string | Buffer | undefined;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface Limits {
  /** For everything: connecting, sending, headers, body. */
  timeoutMs: number;
  /** Of the answer's body. */
  maxBytes: number;
  signal?: AbortSignal | undefined;
}

/**
 * One request, one answer. Rejects when there is no whole answer within the limits; of an answer
 * that is already known to be a refusal, what came of its body is enough. Never follows anything.
 */
export function exchange(
  { client, stopConnecting }: Connection,
  request: Request,
  { timeoutMs, maxBytes, signal }: Limits,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new Error('stopped'));
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: Answer['headers'] = {};
    let size = 0;
    let ended = false;
    const chunks: Buffer[] = [];

    const end = (error?: Error) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      const refused = status >= 300 && !signal?.aborted;
      if (error && !refused) reject(error);
      else resolve({ status, headers, body: Buffer.concat(chunks).toString() });
    };
    const stop = (error: Error) => {
      end(error);
      if (controller) controller.abort(error);
      else stopConnecting(error);
    };
    const onTimeout = () => {
      const phase = status ? 'no end of the answer' : controller ? 'no answer' : 'no connection';
      stop(new Error(`${phase} within ${Math.round(timeoutMs) / 1000} s`));
    };
    const onAbort = () => stop(new Error('stopped'));

    const timer = setTimeout(onTimeout, timeoutMs);
    signal?.addEventListener('abort', onAbort);
    client.dispatch(
      { ...request, body: request.body ?? null },
      {
        onRequestStart(started) {
          controller = started;
          if (ended) started.abort(new Error('stopped'));
        },
        onResponseStart(_, code, fields) {
          if (code < 200) return; // 1xx: the answer is still to come.
          status = code;
          headers = fields;
        },
        onResponseData(_, chunk) {
          size += chunk.length;
          if (size <= maxBytes) chunks.push(chunk);
          else stop(new Error(`the answer is longer than ${maxBytes} bytes`));
        },
        onResponseEnd: () => end(),
        onResponseError: (_, error) => end(error),
      },
    );
  });
}

/** The first header of that name, given in lower case. */
export function headerOf(answer: Answer | undefined, name: string): string | undefined {
  const value = answer?.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
