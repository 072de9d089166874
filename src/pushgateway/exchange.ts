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
  signal?: AbortSignal | undefined;
  /** Without one, the body is kept. With one, `timeoutMs` is for connecting only. */
  receiver?: Receiver | undefined;
}

/** Takes a long answer, which has limits of its own. Refusals are short, and are kept. */
export interface Receiver {
  /** The next piece of the body; false when no more of it is wanted. May throw: that rejects. */
  receive(chunk: Buffer): boolean;
  /** From the request to the headers: a gateway may write the whole before it sends any of it. */
  headersMs: number;
  /** For each silence from then on. */
  silenceMs: number;
}

/** The answer to a push is a sentence or two, and so is a refusal. */
const MAX_BYTES = 64 * 1024;

/**
 * One request, one answer. Rejects when there is no whole answer within the limits; of an answer
 * that is already known to be a refusal, what came of its body is enough, as is what a receiver
 * wanted. Never follows anything.
 */
export function exchange(
  { client, stopConnecting }: Connection,
  request: Request,
  { timeoutMs, signal, receiver }: Limits,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new Error('stopped'));
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: Answer['headers'] = {};
    let size = 0;
    let ended = false;
    let receive: Receiver['receive'] | undefined;
    let timer: NodeJS.Timeout | undefined;
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
    const wait = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const silence = receive ? 'no more of the answer' : 'no end of the answer';
        const phase = status ? silence : controller ? 'no answer' : 'no connection';
        stop(new Error(`${phase} within ${Math.round(ms) / 1000} s`));
      }, ms);
    };
    const onAbort = () => stop(new Error('stopped'));

    wait(timeoutMs);
    signal?.addEventListener('abort', onAbort);
    client.dispatch(
      { ...request, body: request.body ?? null },
      {
        onRequestStart(started) {
          controller = started;
          if (ended) started.abort(new Error('stopped'));
          else if (receiver) wait(receiver.headersMs);
        },
        onResponseStart(_, code, fields) {
          if (code < 200) return; // 1xx: the answer is still to come.
          status = code;
          headers = fields;
          if (!receiver) return;
          wait(receiver.silenceMs);
          if (status < 300) receive = receiver.receive;
        },
        onResponseData(_, chunk) {
          if (ended) return;
          size += chunk.length;
          if (receive?.(chunk)) timer?.refresh();
          else if (receive) {
            end();
            stop(new Error('no more of the answer is wanted'));
          } else if (size <= MAX_BYTES) chunks.push(chunk);
          else stop(new Error(`the answer is longer than ${MAX_BYTES} bytes`));
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
