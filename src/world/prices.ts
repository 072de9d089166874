import { RagmonError } from '../errors.js';
import { digest } from './stream.js';
import { dayOf } from './time.js';

/** US dollars per million tokens of a model, from a UTC date on. */
export interface ModelPrice {
  readonly from: string;
  readonly model: string;
  readonly input: number;
  readonly output: number;
}

/** US dollars of the document store, from a UTC date on. */
export interface StorePrice {
  readonly from: string;
  /** Per million read units, per million write units. */
  readonly read: number;
  readonly write: number;
  /** Per gigabyte (1e9 bytes) and month of 30 days. */
  readonly storage: number;
}

export interface PriceList {
  readonly models: readonly ModelPrice[];
  readonly store: readonly StorePrice[];
}

/**
 * List prices with the date from which each holds (domain facts §3.4). Models: the providers'
 * prices of 2026; that Sonnet's fell on 2026-09-01 is an assumption. Store: Pinecone Standard,
 * captured 2026-11-04.
 */
export const PRICES: PriceList = {
  models: [
    { from: '1970-01-01', model: 'gpt-5-mini', input: 0.25, output: 2 },
    { from: '1970-01-01', model: 'claude-haiku-4.5', input: 1, output: 5 },
    { from: '1970-01-01', model: 'claude-sonnet', input: 3, output: 15 },
    { from: '2026-09-01', model: 'claude-sonnet', input: 2, output: 10 },
  ],
  store: [{ from: '1970-01-01', read: 16, write: 4, storage: 0.33 }],
};

/** What a list is called: `built-in`, or a digest of it. */
export function pricesId(prices: PriceList): string {
  return prices === PRICES ? 'built-in' : digest(JSON.stringify(prices));
}

/** Prices on one day as integers, so that money is exact: picodollars (1e-12 $) per unit. */
export interface DayPrices {
  /** By model: per token. */
  readonly models: Readonly<Record<string, { readonly input: bigint; readonly output: bigint }>>;
  /** Per unit. */
  readonly read: bigint;
  readonly write: bigint;
  /** Per megabyte-day: `storage` megabyte-seconds cost `storage · price / 86400`. */
  readonly storage: bigint;
}

export const PICODOLLARS = 1_000_000_000_000;

/**
 * The prices that hold on a UTC day: of each model, and of the store, the latest entry that has
 * begun. A list without a price for that day is a RagmonError.
 */
export function pricesOn(list: PriceList, models: readonly string[], day: number): DayPrices {
  const latest = <T extends { readonly from: string }>(entries: readonly T[], what: string): T => {
    const begun = entries.filter((entry) => dayOf(entry.from) <= day);
    if (begun.length === 0) {
      throw new RagmonError(`the price list has no price of ${what} for this date`, {
        hint: 'add an entry with an earlier "from"',
      });
    }
    return begun.reduce((a, b) => (dayOf(b.from) >= dayOf(a.from) ? b : a));
  };
  const store = latest(list.store, 'the store');
  const pico = (dollars: number, per: number) => BigInt(Math.round((dollars / per) * PICODOLLARS));
  return {
    models: Object.fromEntries(
      models.map((model) => {
        const price = latest(
          list.models.filter((entry) => entry.model === model),
          model,
        );
        return [model, { input: pico(price.input, 1e6), output: pico(price.output, 1e6) }];
      }),
    ),
    read: pico(store.read, 1e6),
    write: pico(store.write, 1e6),
    storage: pico(store.storage, 1000 * 30),
  };
}
