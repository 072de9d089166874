import type { Ledger } from '../../src/ledger/ledger.js';
import type { Listing } from '../../src/pushgateway/listing.js';
import type { DeliveredLedger } from '../../src/verify/expectation.js';
import { parseSeries } from '../../src/verify/series-name.js';
import { parseListing } from '../support/listing.js';

export type State = Record<string, number>;

const BOUNDS = ['0.1', '1', '10', '+Inf'] as const;

/** A small service's counters after so many requests: a tenth fail, each costs a third of a cent. */
export function stateOf(requests: number): State {
  const failed = Math.floor(requests / 10);
  const shares = [0.25, 0.75, 1, 1];
  return {
    'chatapi_request_total{model="x",status="error"}': failed,
    'chatapi_request_total{model="x",status="success"}': requests - failed,
    'chatapi_cost_dollars_total{model="x"}': requests / 300,
    ...Object.fromEntries(
      BOUNDS.map((le, i) => [
        `chatapi_request_duration_seconds_bucket{model="x",le="${le}"}`,
        Math.floor(requests * shares[i]!),
      ]),
    ),
    'chatapi_request_duration_seconds_sum{model="x"}': requests * 0.7,
    'chatapi_request_duration_seconds_count{model="x"}': requests,
  };
}

export const SERIES = Object.keys(stateOf(0)).length;
const GAUGE = 'chatapi_http_requests_in_progress';

export interface RunOptions {
  base?: number;
  requests?: number;
  delivery?: Partial<DeliveredLedger['delivery']>;
  group?: Partial<DeliveredLedger['delivery']['groups'][number]>;
}

/** The ledger of a run of one group that took the counters from `base` requests on. */
export function ledgerOf({ base = 0, requests = 120, ...rest }: RunOptions = {}): DeliveredLedger {
  const fresh = rest.delivery?.counters === 'fresh';
  const time = '2026-01-05T10:00:00.000Z';
  const [before, after] = [stateOf(base), stateOf(fresh ? requests : base + requests)];
  const increments = Object.fromEntries(
    Object.entries(after).map(([id, value]) => [id, fresh ? value : value - before[id]!]),
  );
  const ledger = {
    format: 'ragmon-ledger',
    version: 1,
    truth: {
      ...{ world: 1, seed: '42', start: '2026-01-05T10:00:00Z', end: '2026-01-05T10:01:00Z' },
      options: {
        ...{ services: ['chatapi'], rate: 1, profile: 'daily', scenario: null },
        ...{ prices: 'built-in', jobs: 1, shard: '0/1' },
      },
      incidents: [],
      services: { chatapi: [{ job: 0, increments }] },
    },
    delivery: {
      ...{ ragmon: '0.1.0', runId: 'run-1', gateway: 'http://127.0.0.1:9091' },
      ...{ counters: 'carry', jobsInChain: 1, interval: 1, speed: 1 },
      ...{ startedAt: time, worldStartedAt: '2026-01-05T10:00:10.000Z' },
      ...{
        endedAt: '2026-01-05T10:01:10.000Z',
        stoppedBy: null,
        cleanedUp: false,
        embedded: false,
      },
      ...rest.delivery,
      groups: [
        {
          ...{ service: 'chatapi', job: 0, key: { job: 'chatapi', instance: 'a' } },
          existed: base > 0,
          base: base > 0 && !fresh ? before : {},
          final: { ...after, [GAUGE]: 3, 'ragmon_run_info{run_id="run-1"}': 1 },
          ...{ stored: true, error: null, latency: null },
          pushes: { ok: 3, retried: 0, failed: 0, overtaken: 0, bytes: 1000 },
          firstPush: '2026-01-05T10:00:01.000Z',
          lastPush: '2026-01-05T10:01:10.000Z',
          ...rest.group,
        },
      ],
    },
  } satisfies Ledger;
  return ledger as DeliveredLedger;
}

/** The text that a run pushes, as ragmon writes it. Without a run id: somebody else's. */
export function pushText(state: State, runId?: string, seed = '42'): string {
  const lines: string[] = [];
  const types = new Set<string>();
  const sorted = Object.entries(state);
  for (const [id, value] of sorted) {
    const { name } = parseSeries(id)!;
    const family = name.replace(/_(bucket|sum|count)$/, '');
    const type = name.includes('duration') ? 'histogram' : name === GAUGE ? 'gauge' : 'counter';
    if (!types.has(family)) lines.push(`# TYPE ${family} ${type}`);
    types.add(family);
    lines.push(`${id} ${value}`);
  }
  if (runId) {
    lines.push('# TYPE ragmon_run_info gauge');
    lines.push(`ragmon_run_info{run_id="${runId}",seed="${seed}",scenario="",version="0.1.0"} 1`);
  }
  return `${lines.join('\n')}\n`;
}

export interface StoredOptions {
  runId?: string | undefined;
  seed?: string;
  state?: State;
  failureTime?: number;
}

/** A gateway's listing with one group, made by way of the API's JSON. */
export function listingOf({
  runId,
  seed = '7',
  state = {},
  failureTime = 0,
}: StoredOptions): Listing {
  const labels = { job: 'chatapi', instance: 'a' };
  const single = (value: number, more = {}) => [
    { labels: { ...labels, ...more }, value: `${value}` },
  ];
  const families: Record<string, unknown> = {
    push_time_seconds: { type: 'GAUGE', metrics: single(1_767_607_270) },
    push_failure_time_seconds: { type: 'GAUGE', metrics: single(failureTime) },
    ...(runId === undefined
      ? {}
      : { ragmon_run_info: { type: 'GAUGE', metrics: single(1, { run_id: runId, seed }) } }),
  };
  const histogram = {
    labels: { ...labels, model: 'x' },
    buckets: {} as Record<string, string>,
    sum: '0',
    count: '0',
  };
  for (const [id, value] of Object.entries(state)) {
    const { name, labels: own } = parseSeries(id)!;
    const [, family, part] = /^(.*_seconds)_(bucket|sum|count)$/.exec(name) ?? [];
    if (part === 'bucket') histogram.buckets[own.le!] = `${value}`;
    if (part === 'sum') histogram.sum = `${value}`;
    if (part === 'count') histogram.count = `${value}`;
    if (family) {
      families[family] = { type: 'HISTOGRAM', metrics: [histogram] };
      continue;
    }
    const known = (families[name] ?? { type: 'COUNTER', metrics: [] }) as { metrics: unknown[] };
    known.metrics.push({ labels: { ...labels, ...own }, value: `${value}` });
    families[name] = known;
  }
  const data = [{ labels, last_push_successful: true, ...families }];
  return parseListing(JSON.stringify({ status: 'success', data }));
}
