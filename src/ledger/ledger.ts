import * as z from 'zod';
import { PROFILES } from '../world/traffic.js';

/**
 * The ledger: the exact truth of a run. `truth` is what happened, byte-identical for the same seed,
 * start, duration and options; `delivery` is how it reached the gateway.
 *
 * Series are named as in the text format, labels sorted: `chatapi_request_total{model="x",…}`.
 * Histograms appear as `_bucket{le="…"}` (cumulative), `_sum` and `_count`. Times are RFC 3339.
 */
const Series = z.record(z.string(), z.number());
const Time = z.iso.datetime();

const Truth = z.object({
  /** Version of the world's numbers; other versions draw others. */
  world: z.int().positive(),
  seed: z.string(),
  start: Time,
  end: Time,
  options: z.object({
    services: z.array(z.string()),
    /** Mean user requests per second. */
    rate: z.number(),
    profile: z.enum(PROFILES),
    scenario: z.string().nullable(),
    /** `built-in`, or a digest of the price list. */
    prices: z.string(),
    /** Jobs a service; `shard` says which of them this ledger tells of. */
    jobs: z.int().positive(),
    shard: z.string(),
  }),
  /** `from` up to, not including, `to`: whole UTC minutes. */
  incidents: z.array(z.object({ name: z.string(), scenario: z.string(), from: Time, to: Time })),
  /** Increments of every counter and bucket from `start` to `end`, by service and job index. */
  services: z.record(z.string(), z.array(z.object({ job: z.int().min(0), increments: Series }))),
});

const GroupDelivery = z.object({
  service: z.string(),
  job: z.int().min(0),
  /** The grouping key, `job` among its labels. */
  key: z.record(z.string(), z.string()),
  /** Whether the gateway held the group before the run. */
  existed: z.boolean(),
  /** Counters and buckets from which the run went on (`carry`), and all series of its last state. */
  base: Series,
  final: Series,
  /** Whether the last state was stored; `error` says why not. */
  stored: z.boolean(),
  error: z.string().nullable(),
  pushes: z.object({
    ok: z.int(),
    retried: z.int(),
    failed: z.int(),
    overtaken: z.int(),
    bytes: z.int(),
  }),
  /** Of successful pushes, seconds. */
  latency: z.object({ p50: z.number(), p95: z.number(), max: z.number() }).nullable(),
  /** Wall time of the first and last push that the gateway stored. */
  firstPush: Time.nullable(),
  lastPush: Time.nullable(),
});

const Delivery = z.object({
  ragmon: z.string(),
  runId: z.string(),
  /** Without credentials. */
  gateway: z.string(),
  /** Whether that gateway was one of the run's own process. */
  embedded: z.boolean(),
  counters: z.enum(['carry', 'fresh', 'per-run']),
  /** World time: the end of the history from which the counters went on instead. */
  continued: Time.optional(),
  /** Jobs of the chain that each slot ran through one after the other (`--job-lifetime`). */
  jobsInChain: z.int().positive(),
  /** Seconds of wall time between pushes; world seconds per wall second. */
  interval: z.number(),
  speed: z.number(),
  /** Wall time: the call began, the world's clock began to run, the last push was over. */
  startedAt: Time,
  worldStartedAt: Time,
  endedAt: Time,
  /** `abort`: by whoever called it as a library. */
  stoppedBy: z.enum(['SIGINT', 'SIGTERM', 'abort']).nullable(),
  /** Whether the run deleted its own groups at the end. */
  cleanedUp: z.boolean(),
  groups: z.array(GroupDelivery),
});

export const Ledger = z.object({
  format: z.literal('ragmon-ledger'),
  version: z.literal(1),
  truth: Truth,
  /** Null for a dry run, which pushes nothing. */
  delivery: Delivery.nullable(),
});

export type Ledger = z.infer<typeof Ledger>;
export type Truth = z.infer<typeof Truth>;
export type Delivery = z.infer<typeof Delivery>;
export type GroupDelivery = z.infer<typeof GroupDelivery>;
