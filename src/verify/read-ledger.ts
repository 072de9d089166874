import type { Env } from '../env.js';
import { messageOf, UsageError } from '../errors.js';
import { isOfHistory } from '../ledger/history-ledger.js';
import { Ledger } from '../ledger/ledger.js';
import type { DeliveredLedger } from './expectation.js';

/** Reads the ledger of a run that pushed. Rejects with a UsageError for anything else. */
export async function readLedger(
  env: Pick<Env, 'readFile'>,
  path: string,
): Promise<DeliveredLedger> {
  const text = await env.readFile(path).catch((cause: unknown) => {
    throw new UsageError(`cannot read the ledger: ${messageOf(cause)}`, {
      hint: 'ragmon simulate --ledger <file> writes one',
      cause,
    });
  });
  const document = parseJson(path, text);
  const result = Ledger.safeParse(document);
  if (!result.success) {
    const [issue] = result.error.issues;
    const field = issue?.path.join('.') || 'the whole';
    throw new UsageError(`${path} is not a ledger that can be read: ${field}: ${issue?.message}`, {
      cause: result.error,
    });
  }
  const { delivery } = result.data;
  if (delivery) return { ...result.data, delivery };
  if (isOfHistory(document)) {
    throw new UsageError(`${path} is the ledger of a history: nothing was pushed`, {
      hint: `ragmon simulate --continue ${path} --ledger <file> pushes, and writes one to verify`,
    });
  }
  throw new UsageError(`${path} is the ledger of a dry run: nothing was pushed`);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${path} is not a ledger: it is not JSON`, { cause });
  }
}
