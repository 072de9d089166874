import { setMaxListeners } from 'node:events';
import type { Env } from '../env.js';
import type { Connection, Connections } from './connections.js';
import { type Answer, exchange, headerOf } from './exchange.js';
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
  maxAnswerBytes: number;
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
      throw stopped() ? abort(error) : fail(last ?? { bytes: 0, error });
    }
    deadline ??= clock.monotonic() + options.totalTimeoutMs;
    let attempt: Attempt | undefined;
    try {
      const timeoutMs = Math.min(options.timeoutMs, deadline - clock.monotonic());
      // A retry may have waited for its connection until no time was left.
      if (last && timeoutMs <= 0) throw fail(last);
      attempts += 1;
      attempt = await tryOnce(options, call, connection, timeoutMs);
    } finally {
      connections.release(connection, attempt?.answer !== undefined);
    }
    last = attempt;

    const { answer, bytes } = attempt;
    if (answer && answer.status < 300) return { answer, attempts, bytes, seconds: seconds() };
    if (stopped()) throw abort(attempt.error);
    const again = answer ? isTransient(answer.status) : !isTlsFailure(attempt.error);
    if (!again || attempts > options.retries) throw fail(attempt);

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
  { target, gzip }: SendOptions,
  call: Call,
  connection: Connection,
  timeoutMs: number,
): Promise<Attempt> {
  const text = call.body?.();
  const ready = text === undefined ? undefined : payloadOf(text, gzip, target.loopback);
  const payload = ready instanceof Promise ? await ready : ready;
  const bytes = payload?.bytes ?? 0;
  try {
    const answer = await exchange(
      connection,
      {
        method: call.method,
        path: call.path,
        headers: payload ? [...target.headers, ...payload.headers] : target.headers,
        body: payload?.body,
      },
      { timeoutMs, maxBytes: call.maxAnswerBytes, signal: call.signal },
    );
    return { bytes, answer };
  } catch (error) {
    return { bytes, error };
  }
}

function retryAfter(answer: Answer | undefined, now: number): number | undefined {
  return parseRetryAfter(headerOf(answer, 'retry-after'), headerOf(answer, 'date'), now);
}

function either(signal: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return signal ? AbortSignal.any([signal, other]) : other;
}
