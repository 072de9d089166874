import { setMaxListeners } from 'node:events';
import type { Env } from '../env.js';
import type { Connection, Connections } from './connections.js';
import { type Answer, exchange, headerOf, type Receiver } from './exchange.js';
import { failed } from './failure.js';
import { type GzipPolicy, payloadOf } from './payload.js';
import { isTlsFailure, PushError } from './push-error.js';
import { isTransient, parseRetryAfter, waitMs } from './retry.js';
import type { Target } from './target.js';

export interface SendOptions {
  target: Target;
  connections: Connections;
  clock: Pick<Env, 'now' | 'monotonic' | 'sleep'>;
  random: () => number;
  timeoutMs: number;
  retries: number;
  totalTimeoutMs: number;
  listingTimeoutMs: number;
  gzip: GzipPolicy;
  /** Aborts everything, as the signal of each call does for that call. */
  closing: AbortSignal;
}

export interface Call {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  path: string;
  /** What would fail, for the message: `push of {…}`. */
  what(): string;
  /** Asked before each attempt. */
  body?: (() => string) | undefined;
  /** Asked before each attempt: takes the body of its answer, from the beginning. */
  receiver?: (() => Receiver['receive']) | undefined;
  signal?: AbortSignal | undefined;
}

export interface Sent {
  answer: Answer;
  attempts: number;
  bytes: number;
  seconds: number;
}

interface Attempt {
  bytes: number;
  answer?: Answer;
  /** Why there is no answer. */
  error?: unknown;
  /** For how long a receiver was given pieces of it. */
  receivedMs: number;
}

/** What is left of the limits of a call, milliseconds. */
interface Left {
  leftMs: number;
  /** For what receivers get. */
  receivingMs: number;
}

/** Sends a call until it has a 2xx answer, or rejects with a PushError (see PushClient). */
export async function send(options: SendOptions, call: Call): Promise<Sent> {
  const { clock, connections, target } = options;
  // Any number of calls may share one signal: that is no leak to be warned of.
  if (call.signal) setMaxListeners(0, call.signal);
  const started = clock.monotonic();
  const seconds = () => (clock.monotonic() - started) / 1000;
  let attempts = 0;
  let deadline: number | undefined;
  let receivingMs = options.listingTimeoutMs;
  let last: Attempt | undefined;

  const stopped = () => options.closing.aborted || call.signal?.aborted === true;
  const abort = (cause: unknown) =>
    new PushError(`${call.what()} was stopped`, { attempts, aborted: true, cause });
  const fail = (attempt: Attempt, note?: string) =>
    failed({
      ...attempt,
      ...{ attempts, note, what: call.what(), seconds: seconds(), redact: target.redact },
    });

  for (;;) {
    if (stopped()) throw abort(call.signal?.reason);
    let connection: Connection;
    try {
      connection =
        connections.takeIdle() ??
        (await connections.wait({ retry: attempts > 0, signal: call.signal }));
    } catch (error) {
      throw stopped() ? abort(error) : fail(last ?? { bytes: 0, receivedMs: 0, error });
    }
    deadline ??= clock.monotonic() + options.totalTimeoutMs;
    let attempt: Attempt | undefined;
    try {
      const leftMs = deadline - clock.monotonic();
      // A retry may have waited for its connection until no time was left.
      if (last && leftMs <= 0) throw fail(last);
      attempts += 1;
      attempt = await tryOnce(options, call, connection, { leftMs, receivingMs });
    } finally {
      const answered = attempt?.answer !== undefined || (attempt?.receivedMs ?? 0) > 0;
      connections.release(connection, answered);
    }
    last = attempt;
    // What comes is worth waiting for, within its own limit.
    deadline += attempt.receivedMs;
    receivingMs -= attempt.receivedMs;

    const { answer, bytes } = attempt;
    if (answer && answer.status < 300) return { answer, attempts, bytes, seconds: seconds() };
    if (stopped()) throw abort(attempt.error);
    const again = answer ? isTransient(answer.status) : !isTlsFailure(attempt.error);
    if (!again || attempts > options.retries || receivingMs <= 0) throw fail(attempt);

    const asked = retryAfter(answer, clock.now());
    const wait = waitMs({ retry: attempts, random: options.random, retryAfterMs: asked });
    if (clock.monotonic() + wait >= deadline) {
      const pause = asked ? `it asks for a pause of ${Math.ceil(asked / 1000)} s` : undefined;
      throw fail(attempt, pause);
    }
    await clock.sleep(wait, either(call.signal, options.closing));
  }
}

/** One attempt. Throws only what the body's own function throws. */
async function tryOnce(
  { target, gzip, clock, timeoutMs }: SendOptions,
  call: Call,
  connection: Connection,
  { leftMs, receivingMs }: Left,
): Promise<Attempt> {
  const text = call.body?.();
  const ready = text === undefined ? undefined : payloadOf(text, gzip, target.loopback);
  const payload = ready instanceof Promise ? await ready : ready;
  const bytes = payload?.bytes ?? 0;
  const receive = call.receiver?.();
  let begun: number | undefined;
  const receivedMs = () => (begun === undefined ? 0 : clock.monotonic() - begun);
  const receiver = receive && {
    receive: (chunk: Buffer) => {
      begun ??= clock.monotonic();
      if (receivedMs() <= receivingMs) return receive(chunk);
      throw new Error(`no end of the answer after ${receivingMs / 1000} s of it`);
    },
    ...{ headersMs: leftMs, silenceMs: timeoutMs },
  };
  try {
    const answer = await exchange(
      connection,
      {
        method: call.method,
        path: call.path,
        headers: payload ? [...target.headers, ...payload.headers] : target.headers,
        body: payload?.body,
      },
      { timeoutMs: Math.min(timeoutMs, leftMs), signal: call.signal, receiver },
    );
    return { bytes, answer, receivedMs: receivedMs() };
  } catch (error) {
    return { bytes, error, receivedMs: receivedMs() };
  }
}

function retryAfter(answer: Answer | undefined, now: number): number | undefined {
  return parseRetryAfter(headerOf(answer, 'retry-after'), headerOf(answer, 'date'), now);
}

function either(signal: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return signal ? AbortSignal.any([signal, other]) : other;
}
