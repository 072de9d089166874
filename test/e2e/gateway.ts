import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Ledger } from '../../src/ledger/ledger.js';
import { createPushClient, type PushClient } from '../../src/pushgateway/client.js';
import { seriesOf } from '../../src/pushgateway/series.js';
import { temporaryFolder } from '../support/processes.js';

/** A push client for looking at a gateway, with the real clock. */
export function clientOf(url: string): PushClient {
  return createPushClient({
    url,
    random: Math.random,
    clock: {
      now: Date.now,
      monotonic: () => performance.now(),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
  });
}

/** Every series of every group: `instance` → series id → value. */
export async function storedIn(url: string): Promise<Map<string, Map<string, number>>> {
  const client = clientOf(url);
  try {
    const { groups } = await client.list();
    return new Map(
      groups.map((group) => [`${group.key.job}/${group.key.labels.instance}`, seriesOf(group)]),
    );
  } finally {
    await client.close();
  }
}

/** A path for a ledger, and a reader that checks it against the schema. */
export function ledgerFile(): { path: string; read(): Ledger; text(): string } {
  const path = join(temporaryFolder(), 'ledger.json');
  const text = () => readFileSync(path, 'utf8');
  return { path, text, read: () => Ledger.parse(JSON.parse(text())) };
}

/** Series of a job in a ledger's truth. */
export function increments(ledger: Ledger, service: string, job = 0): Record<string, number> {
  const found = ledger.truth.services[service]?.find((entry) => entry.job === job);
  expect(found, `${service} job ${job} in the ledger`).toBeDefined();
  return found!.increments;
}

export function isExact(id: string): boolean {
  return !/_sum(\{|$)|_dollars_total/.test(id);
}
