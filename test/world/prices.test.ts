import { describe, expect, test } from 'vitest';
import { RagmonError } from '../../src/errors.js';
import { MODELS } from '../../src/world/models.js';
import { PRICES, pricesOn } from '../../src/world/prices.js';
import { dayOf } from '../../src/world/time.js';

const NAMES = MODELS.map(({ name }) => name);

describe('pricesOn', () => {
  test('picodollars per token, per unit and per megabyte-day', () => {
    const { models, read, write, storage } = pricesOn(PRICES, NAMES, dayOf('2026-01-01'));
    expect(models).toEqual({
      'gpt-5-mini': { input: 250_000n, output: 2_000_000n },
      'claude-haiku-4.5': { input: 1_000_000n, output: 5_000_000n },
      'claude-sonnet': { input: 3_000_000n, output: 15_000_000n },
    });
    expect({ read, write, storage }).toEqual({
      read: 16_000_000n,
      write: 4_000_000n,
      // $0.33 a gigabyte and 30 days.
      storage: 11_000_000n,
    });
  });

  test('a price changes with its UTC day', () => {
    const sonnet = (date: string) => pricesOn(PRICES, NAMES, dayOf(date)).models['claude-sonnet'];
    expect(sonnet('2026-08-31')).toEqual({ input: 3_000_000n, output: 15_000_000n });
    expect(sonnet('2026-09-01')).toEqual({ input: 2_000_000n, output: 10_000_000n });
  });

  test('of two entries of one date the later in the list holds', () => {
    const list = {
      ...PRICES,
      store: [
        { from: '2020-01-01', read: 9, write: 9, storage: 9 },
        { from: '2019-01-01', read: 8, write: 8, storage: 8 },
        { from: '2020-01-01', read: 7, write: 7, storage: 7 },
      ],
    };
    expect(pricesOn(list, NAMES, dayOf('2021-01-01')).read).toBe(7_000_000n);
    expect(pricesOn(list, NAMES, dayOf('2019-06-01')).read).toBe(8_000_000n);
  });

  test('a date before all prices is an error that says so', () => {
    const list = { ...PRICES, store: [{ from: '2020-01-01', read: 9, write: 9, storage: 9 }] };
    expect(() => pricesOn(list, NAMES, dayOf('2019-12-31'))).toThrow(RagmonError);
    expect(() => pricesOn(list, NAMES, dayOf('2019-12-31'))).toThrow(
      'the price list has no price of the store for this date',
    );
    expect(() => pricesOn(list, ['x'], dayOf('2021-12-31'))).toThrow('no price of x');
  });
});
