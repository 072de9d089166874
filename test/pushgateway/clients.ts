import { afterAll } from 'vitest';
import {
  createPushClient,
  type PushClient,
  type PushClientOptions,
} from '../../src/pushgateway/client.js';
import { PushError } from '../../src/pushgateway/push-error.js';
import { memoryEnv } from '../support/env.js';

export const clock = memoryEnv([], { clock: 'real' });

const opened: PushClient[] = [];
afterAll(async () => {
  await Promise.all(opened.map((client) => client.close()));
});

/** A client that is closed with the test file. `random` is 0 unless given: no jitter, no waiting. */
export function testClient(
  url: string,
  options: Partial<Omit<PushClientOptions, 'url'>> = {},
): PushClient {
  const client = createPushClient({ clock, random: () => 0, url, ...options });
  opened.push(client);
  return client;
}

/** The PushError that `call` rejects with. */
export async function failureOf(call: Promise<unknown>): Promise<PushError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PushError)) throw new Error(`expected a PushError, got ${error}`);
  return error;
}

/** Seconds that `call` takes to settle. */
export async function secondsOf(call: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await call.catch(() => {});
  return (performance.now() - start) / 1000;
}
