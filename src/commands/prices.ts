import type { Env } from '../env.js';
import { messageOf, UsageError } from '../errors.js';
import { PRICES, type PriceList } from '../world/prices.js';

/**
 * The price list of a file, or the built-in one.
 * @throws UsageError for a file that cannot be read or is no price list: which entry, and why
 */
export async function readPrices(path: string | undefined, env: Env): Promise<PriceList> {
  if (!path) return PRICES;
  let list: unknown;
  try {
    list = JSON.parse(await env.readFile(path));
  } catch (cause) {
    throw new UsageError(`cannot read the price list: ${messageOf(cause)}`, { cause });
  }
  const { Prices } = await import('./price-schema.js');
  const result = Prices.safeParse(list);
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = issue?.path.join('.') || 'the document';
    throw new UsageError(`${path} is no price list: ${where}: ${issue?.message}`, {
      hint: 'the README shows its form',
    });
  }
  return result.data;
}
