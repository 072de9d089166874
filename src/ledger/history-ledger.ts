import * as z from 'zod';
import { UsageError } from '../errors.js';
import { Ledger } from './ledger.js';

const { truth: Truth } = Ledger.shape;
const WholeSecond = Truth.shape.end.refine((time) => Date.parse(time) % 1000 === 0, {
  error: 'not a whole second',
});

/**
 * The ledger of a history: `truth` as of a run from its start to its end with one job a service, no
 * delivery, and beside them what a live run goes on from.
 */
export const HistoryLedger = Ledger.extend({
  truth: Truth.extend({
    start: WholeSecond,
    end: WholeSecond,
    options: Truth.shape.options.extend({
      rate: z.number().positive().max(1e7),
      jobs: z.literal(1),
      shard: z.literal('0/1'),
    }),
  }),
  delivery: z.null(),
  history: z.object({
    /** Seconds. */
    step: z.int().positive(),
    /** One of each service. `final`: every counter and bucket at the truth's end, a base included. */
    groups: z.array(
      z.object({
        service: z.string(),
        key: z.object({ job: z.string(), instance: z.string().min(1) }).catchall(z.string()),
        final: z.record(z.string(), z.number().min(0)),
      }),
    ),
  }),
});
export type HistoryLedger = z.infer<typeof HistoryLedger>;

export const WHERE_FROM = 'ragmon backfill --format tsdb leaves one beside the blocks';

/** Whether a document says that it is the ledger of a history: what else it says is another matter. */
export function isOfHistory(document: unknown): boolean {
  const { format, history } = Object(document) as Record<string, unknown>;
  return format === 'ragmon-ledger' && history !== undefined;
}

/**
 * @param name of the ledger, for the error
 * @throws UsageError for a document that is none, and for the ledger of a live run
 */
export function historyLedger(document: unknown, name: string): HistoryLedger {
  const result = HistoryLedger.safeParse(document);
  if (result.success) return result.data;
  if (!isOfHistory(document) && Ledger.safeParse(document).success) {
    throw new UsageError(`${name} is the ledger of a run, not of a history`, { hint: WHERE_FROM });
  }
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') || 'the whole';
  if (field === 'format' || field === 'the whole') {
    throw new UsageError(`${name} is no ledger`, { hint: WHERE_FROM, cause: result.error });
  }
  throw new UsageError(`${name} is not the ledger of a history: ${field}: ${issue?.message}`, {
    hint: WHERE_FROM,
    cause: result.error,
  });
}
