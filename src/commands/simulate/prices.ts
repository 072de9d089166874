import * as z from 'zod';
import type { Env } from '../../env.js';
import { messageOf, UsageError } from '../../errors.js';
import { MODELS } from '../../world/models.js';
import { PRICES, type PriceList } from '../../world/prices.js';

const Dollars = z.number().min(0);
const Prices = z.strictObject({
  models: z.array(
    z.strictObject({
      from: z.iso.date(),
      model: z.enum(MODELS.map(({ name }) => name)),
      input: Dollars,
      output: Dollars,
    }),
  ),
  store: z.array(
    z.strictObject({ from: z.iso.date(), read: Dollars, write: Dollars, storage: Dollars }),
  ),
});

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
