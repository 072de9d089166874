import { afterAll } from 'vitest';
import type { CleanupClient } from '../../src/cleanup/survey.js';
import { startGateway } from '../../src/gateway/server.js';
import { runText } from '../../src/instruments/run-metrics.js';
import type { PushClient } from '../../src/pushgateway/client.js';
import { type GroupingKey, keyId } from '../../src/pushgateway/grouping-key.js';
import { testClient } from '../pushgateway/clients.js';

export const HOUR = 3600;
const INFO = { version: '0', run_id: 'r', seed: 's', scenario: 'none' };
/** What a run of ragmon pushes while its job is at work, and when that has ended. */
export const RUNNING = runText(INFO, { start: 100 });
export const ENDED = runText(INFO, { start: 100, lastSuccess: 200, duration: 100 });
export const FOREIGN = 'backup_bytes 5\n';

export interface Aged {
  readonly url: string;
  readonly client: PushClient;
  /** Pushes a group as of `age` seconds ago. */
  push(key: GroupingKey, age: number, body?: string): Promise<void>;
  /** Keys that it holds. */
  ids(): Promise<Set<string>>;
}

/** An embedded gateway whose groups can be of any age: its `Date` is today's all the same. */
export async function agedGateway(): Promise<Aged> {
  let ago = 0;
  const gateway = await startGateway({ clock: { now: () => Date.now() - ago } });
  afterAll(() => gateway.close());
  const client = testClient(gateway.url);
  return {
    url: gateway.url,
    client,
    push: async (key, age, body = ENDED) => {
      ago = age * 1000;
      try {
        await client.put(key, body);
      } finally {
        ago = 0;
      }
    },
    ids: async () => new Set((await client.list()).groups.map(({ key }) => keyId(key))),
  };
}

export interface Meddled extends CleanupClient {
  listings(): number;
  deletions(): number;
}

/** A client on whose calls something happens: before its n-th listing or n-th deletion, from 1. */
export function meddle(
  client: PushClient,
  before: {
    listing?: (n: number) => Promise<unknown> | unknown;
    deletion?: (n: number, key: GroupingKey) => Promise<unknown> | unknown;
  },
): Meddled {
  let listings = 0;
  let deletions = 0;
  return {
    url: client.url,
    pick: async (take, options) => {
      await before.listing?.(++listings);
      return await client.pick(take, options);
    },
    delete: async (key, options) => {
      await before.deletion?.(++deletions, key);
      return await client.delete(key, options);
    },
    listings: () => listings,
    deletions: () => deletions,
  };
}
