import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { decimal } from '../../../src/history/daily/column.js';
import { COLUMNS, columnsNamed, FIRST_NAMES } from '../../../src/history/daily/columns.js';
import { dailyRow, dailyRows } from '../../../src/history/daily/days.js';
import { SERVICES } from '../../../src/services/catalogue.js';
import { Stream } from '../../../src/world/stream.js';
import { DAY, dayOf } from '../../../src/world/time.js';
import { addStretch, emptyTotal } from '../../../src/world/total.js';
import { incident, worldOf } from '../../world/worlds.js';

const SOME_DAY = dayOf('2026-08-31');
const FIRST = columnsNamed('--columns', FIRST_NAMES);
/** An hour and a half, over the end of an hour. */
const TROUBLE = incident(SOME_DAY * 1440 + 630, SOME_DAY * 1440 + 720, {
  set: { traffic: 3, 'docstore.throttled': 0.2, 'chatapi.output_tokens': 1.7 },
});

afterEach(() => vi.restoreAllMocks());

describe('2 Resolution does not matter', () => {
  test.each([
    ['calm', 1, []],
    ['with an incident', 1, [TROUBLE]],
    ['at a large rate', 100_000, [TROUBLE]],
  ])('a day is the sum of its minutes, in every column: %s', (_, rate, incidents) => {
    const { values } = dailyRow(worldOf({ rate, incidents }), COLUMNS, SOME_DAY);
    const named = new Map(COLUMNS.map(({ name }, i) => [name, values[i]!]));
    const world = worldOf({ rate, incidents });
    const money = { docstore: 0, chatapi: 0, vectorlens: 0 } as Record<string, number>;
    let seen = 0;
    for (const { name: service, model, instruments } of SERVICES) {
      const total = emptyTotal(model);
      addStretch(world, model, SOME_DAY * DAY, (SOME_DAY + 1) * DAY, [total]);
      for (const instrument of instruments) {
        if (instrument.kind !== 'counter') continue;
        for (const { labels, read, observed } of instrument.series) {
          const name = [instrument.name.replace(/_total$/, ''), ...Object.values(labels)]
            .join('_')
            .replaceAll(/[-.]/g, '_');
          const value = named.get(name);
          if (observed) {
            expect(value).toBeUndefined();
          } else if (instrument.name.includes('dollars')) {
            money[service]! += read(total);
            expect(Math.abs(Number(value) / 1e9 - read(total))).toBeLessThanOrEqual(
              1e-9 * Math.max(1, read(total)),
            );
          } else {
            expect(value).toBe(BigInt(read(total)));
          }
          seen += observed ? 0 : 1;
        }
      }
      if (service === 'vectorlens') {
        expect(named.get('requests')).toBe(BigInt(total.counts.reduce((a, b) => a + b)));
      }
    }
    expect(Number(named.get('docstore_cost')) / 1e9).toBeCloseTo(money.docstore!, 7);
    expect(Number(named.get('llm_cost')) / 1e9 / money.chatapi!).toBeCloseTo(1, 9);
    expect(named.get('documentstore_storage_bytes')).toBe(
      BigInt(world.storedBytes((SOME_DAY + 1) * DAY)),
    );
    expect(COLUMNS.length).toBe(seen + 4);
  });
});

describe('3 Range does not matter', () => {
  test('the last days of a long range are a short one’s, and a day alone is the same', () => {
    const incidents = [TROUBLE];
    const rows = (from: number) => [
      ...dailyRows(worldOf({ incidents }), FIRST, SOME_DAY + from, SOME_DAY + 4),
    ];
    expect(rows(-6).slice(-6)).toEqual(rows(-2));
    expect(rows(0)[0]).toEqual(dailyRow(worldOf({ incidents }), FIRST, SOME_DAY));
  });

  test('columns do not change each other', () => {
    const all = dailyRow(worldOf(), COLUMNS, SOME_DAY);
    COLUMNS.forEach((column, i) => {
      if (i % 7 !== 0) return;
      expect(dailyRow(worldOf(), [column], SOME_DAY).values).toEqual([all.values[i]]);
    });
  });
});

describe('8 What is not asked for is not drawn', () => {
  /** Places that random numbers are taken from, and how many. */
  function drawsOf(play: () => unknown): { places: number; numbers: number } {
    const seek = vi.spyOn(Stream.prototype, 'seek');
    const next = vi.spyOn(Stream.prototype, 'next');
    play();
    const drawn = { places: seek.mock.calls.length, numbers: next.mock.calls.length };
    vi.restoreAllMocks();
    return drawn;
  }
  /** A day's traffic takes 25 + 24 places; 45 routes and 15 amounts take as many, drawn or split. */
  const TRAFFIC = 25 + 24;
  const FLOW = 60;

  test('a day takes its traffic and its flow, no hour and no latency; with all columns too', () => {
    for (const columns of [FIRST, COLUMNS, columnsNamed('', ['llm_cost'])]) {
      const { places, numbers } = drawsOf(() => dailyRow(worldOf(), columns, SOME_DAY));
      expect(places).toBe(TRAFFIC + FLOW);
      expect(numbers).toBeLessThan(1500 * 2.8 + 1440 * 4.2 + FLOW * 5);
    }
  });

  test('a column that follows from the date alone draws nothing', () => {
    const columns = columnsNamed('', ['documentstore_storage_bytes']);
    expect(drawsOf(() => dailyRow(worldOf(), columns, SOME_DAY)).numbers).toBe(0);
  });

  test('an incident draws the minutes of its hours, and never a latency', () => {
    const { places } = drawsOf(() => dailyRow(worldOf({ incidents: [TROUBLE] }), FIRST, SOME_DAY));
    // The day is split into hours, two of these into minutes; in 90 minutes requests move, and
    // amounts with them.
    expect(places).toBeGreaterThan(TRAFFIC + 2 * FLOW);
    expect(places).toBeLessThan(TRAFFIC + 4 * FLOW + 90 * 2 * FLOW);
    const far = incident(TROUBLE.from - 1440, TROUBLE.to - 1440, TROUBLE.change);
    expect(drawsOf(() => dailyRow(worldOf({ incidents: [far] }), FIRST, SOME_DAY)).places).toBe(
      TRAFFIC + FLOW,
    );
  });
});

describe('columns', () => {
  test('are named once each, in small letters', () => {
    const names = COLUMNS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, meaning, unit } of COLUMNS) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(meaning).toMatch(/^[A-Z].*[^.]\.$/);
      expect(unit).toMatch(/^(US dollars|[a-z]+s)$/);
    }
    expect(names.slice(0, 3)).toEqual(['requests', 'docstore_cost', 'llm_cost']);
    expect(names).toContain('vectorlens_request_search_success');
    expect(names).toContain('chatapi_cost_dollars_claude_haiku_4_5');
  });

  test('come in the order asked for; all is every one', () => {
    const named = (...names: string[]) => columnsNamed('-c', names).map(({ name }) => name);
    expect(named('llm_cost', 'requests')).toEqual(['llm_cost', 'requests']);
    expect(columnsNamed('-c', ['all'])).toEqual(COLUMNS);
    expect(() => named('cost')).toThrow('-c: there is no column "cost"');
    expect(() => named('all', 'requests')).toThrow('-c: requests is given twice');
  });
});

test.each([
  [0n, 9, '0'],
  [1n, 9, '0.000000001'],
  [1_500_000_000n, 9, '1.5'],
  [-20n, 1, '-2'],
  [12_345_678_901_234_567_890n, 9, '12345678901.23456789'],
  [42n, 0, '42'],
  [100n, 0, '100'],
])('%d in units of 10^-%d is %s', (value, decimals, text) => {
  expect(decimal(value, decimals)).toBe(text);
});

test('a decimal loses nothing', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.integer({ min: 0, max: 12 }), (value, decimals) => {
      const [whole = '', rest = ''] = decimal(value, decimals).split('.');
      expect(BigInt(whole + rest.padEnd(decimals, '0'))).toBe(value);
    }),
  );
});
