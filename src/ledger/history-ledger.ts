import * as z from 'zod';
import { UsageError } from '../errors.js';
import { Ledger } from './ledger.js';

/**
 * The ledger of a history: `truth` as of a run from its start to its end with one job a service, no
 * delivery, and beside them what a live run goes on from.
 */
export const HistoryLedger = Ledger.extend({
  delivery: z.null(),
  history: z.object({
    /** Seconds. */
    step: z.int().positive(),
    /** One of each service. `final`: every counter and bucket at the truth's end, a base included. */
    groups: z.array(
      z.object({
        service: z.string(),
        key: z.record(z.string(), z.string()),
        final: z.record(z.string(), z.number()),
      }),
    ),
  }),
});
export type HistoryLedger = z.infer<typeof HistoryLedger>;

export const WHERE_FROM = 'ragmon backfill --format tsdb leaves one beside the blocks';

/**
 * @param name of the ledger, for the error
 * @throws UsageError for a document that is none, and for the ledger of a live run
 */
export function historyLedger(document: unknown, name: string): HistoryLedger {
  const result = HistoryLedger.safeParse(document);
  if (result.success) return result.data;
  if (Ledger.safeParse(document).success) {
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
