import { stripVTControlCharacters } from 'node:util';
import type { Output } from '../../src/env.js';
import type { Progress, ServiceProgress } from '../../src/ui/progress.js';

export function sampleService(changes: Partial<ServiceProgress> = {}): ServiceProgress {
  return {
    ...{ name: 'vectorlens', jobs: 1, requests: 26, errors: 0, cost: undefined, rate: 1 },
    ...{ p95: 0.21, rates: [0.5, 1, 2, 1], ...changes },
    pushes: { ok: 5, failed: 0, retried: 0, overtaken: 0, ...changes.pushes },
  };
}

/** 25 of 60 seconds, three services, all well. */
export function sampleProgress(changes: Partial<Progress> = {}): Progress {
  return {
    ...{ elapsed: 25, duration: 60, speed: 1, worldTime: Date.UTC(2026, 0, 5, 10, 0, 25) },
    incidents: [],
    services: [
      sampleService(),
      sampleService({ name: 'docstore', requests: 31, rate: 1.25, p95: 0.087 }),
      sampleService({ name: 'chatapi', requests: 24, errors: 1, cost: 0.0312, p95: 1.24 }),
    ],
    ...changes,
  };
}

/** Numbers as large as they get. */
export function largeProgress(): Progress {
  const pushes = { ok: 1_234_567, failed: 89_012, retried: 345_678, overtaken: 901_234 };
  const large = {
    requests: 123_456_789_012,
    errors: 12_345_678_901,
    rate: 98_765,
    p95: 754,
    pushes,
  };
  return sampleProgress({
    ...{ elapsed: 86_400 * 200, duration: 86_400 * 365, speed: 3600 },
    incidents: ['latency-spike', 'error-burst', 'provider-outage', 'gpu-loss', 'cost-explosion'],
    services: ['vectorlens', 'a-service-with-a-long-name', 'chatapi'].map((name) =>
      sampleService({ name, jobs: 1000, cost: 12_345_678.9, ...large, rates: Array(200).fill(3) }),
    ),
  });
}

/** An output that remembers each write, with a width that can change. */
export function recorder(columns = 80): Output & { columns: number; writes: string[] } {
  const writes: string[] = [];
  const write = (text: string) => void writes.push(text);
  return { isTTY: true, columns, writes, write, room: async () => true };
}

export function widest(text: string): number {
  return Math.max(...text.split('\n').map((line) => stripVTControlCharacters(line).length));
}
