import { describe, expect, test } from 'vitest';
import { normalCdf } from '../../src/world/special.js';
import { Stream } from '../../src/world/stream.js';
import { dayOf } from '../../src/world/time.js';
import {
  BURST_SHAPE,
  DRIFT_SIGMA,
  dayTraffic,
  growth,
  growthIntegral,
  trafficShape,
} from '../../src/world/traffic.js';
import { correlation, kolmogorov, meanOf, varianceOf } from './statistics.js';
import { CHATAPI, DOCSTORE, stretch, sum, VECTORLENS, worldOf } from './worlds.js';

const MONDAY = dayOf('2026-11-02');
const week = Array.from({ length: 7 }, (_, i) => MONDAY + i);
const shape = week.flatMap((day) =>
  Array.from({ length: 1440 }, (_, minute) => minute).map(trafficShape('daily', day)),
);

describe('the shape of a week', () => {
  test('its mean is the rate', () => {
    expect(meanOf(shape)).toBeCloseTo(1, 12);
  });

  test('its trough stays above 0.4 of the mean, its peak is moderate, and it never jumps', () => {
    expect(Math.min(...shape)).toBeGreaterThan(0.4);
    expect(Math.max(...shape)).toBeGreaterThan(1.4);
    expect(Math.max(...shape)).toBeLessThan(1.7);
    const steps = shape.map((value, i) => Math.abs(value - shape.at(i - 1)!));
    expect(Math.max(...steps)).toBeLessThan(0.005);
  });

  test('weekends and nights are low', () => {
    const mean = (day: number) => meanOf(shape.slice(day * 1440, (day + 1) * 1440));
    expect(mean(5) / mean(2)).toBeLessThan(0.85);
    expect(mean(6) / mean(2)).toBeLessThan(0.85);
    expect(shape[2 * 1440 + 3 * 60]! / shape[2 * 1440 + 16 * 60]!).toBeLessThan(0.5);
  });

  test('flat is flat', () => {
    expect(new Set(week.map((day) => trafficShape('flat', day)(700)))).toEqual(new Set([1]));
  });
});

describe('the holidays', () => {
  const days = Array.from({ length: 4 * 366 }, (_, i) => dayOf('2023-12-01') + i);
  /** The same day of a week without holidays. */
  const plainDay = (day: number) => MONDAY + ((((day - MONDAY) % 7) + 7) % 7);
  /** The mean of a day's shape, from the middle of each hour. */
  const shapeOf = (day: number) => {
    const shapeAt = trafficShape('daily', day);
    return meanOf(Array.from({ length: 24 }, (_, hour) => shapeAt(hour * 60 + 30)));
  };
  const level = (day: number) => shapeOf(day) / shapeOf(plainDay(day));

  test('every year is low from 22 December to 4 January, and as ever on all other days', () => {
    for (const day of days) {
      const date = new Date(day * 86_400_000).toISOString().slice(5, 10);
      if (date >= '12-22' || date <= '01-04') expect(level(day)).toBeLessThanOrEqual(1);
      else expect(level(day), date).toBe(1);
    }
  });

  test('a holiday on a working day is at least a third below it, a week of them a fifth', () => {
    for (let year = 2024; year < 2034; year++) {
      for (const date of [`${year}-12-25`, `${year}-01-01`].map(dayOf)) {
        const weekend = plainDay(date) - MONDAY >= 5;
        expect(level(date)).toBeLessThan(weekend ? 0.95 : 0.7);
      }
      const christmas = dayOf(`${year}-12-25`);
      const week = Array.from({ length: 7 }, (_, i) => christmas + i);
      expect(meanOf(week.map(shapeOf))).toBeGreaterThan(0.7);
      expect(meanOf(week.map(shapeOf))).toBeLessThan(0.8);
    }
  });

  test('their nights stay above 0.4 of the mean, and traffic never jumps into them', () => {
    for (let year = 2024; year < 2031; year++) {
      const from = dayOf(`${year}-12-20`);
      let before = trafficShape('daily', from - 1)(1439);
      for (let day = from; day < from + 18; day++) {
        const shapeAt = trafficShape('daily', day);
        for (let minute = 0; minute < 1440; minute++) {
          const value = shapeAt(minute);
          const jumps = Math.abs(value - before) > 0.005;
          if (value < 0.4 || jumps) expect([day, minute, value]).toEqual([]);
          before = value;
        }
      }
    }
  });

  test('flat has none', () => {
    expect(trafficShape('flat', dayOf('2026-12-25'))(700)).toBe(1);
  });
});

describe('growth', () => {
  test('is bounded, rises, and stands at 0.8 on its anchor', () => {
    const days = Array.from({ length: 300 }, (_, i) => dayOf('2010-01-01') + 40 * i);
    const values = days.map((day) => growth('daily', day));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(values[0]).toBeGreaterThanOrEqual(0.4);
    expect(values.at(-1)).toBeLessThanOrEqual(1.2);
    expect(growth('daily', dayOf('2026-06-01'))).toBeCloseTo(0.8, 12);
    expect(growth('flat', 12_345)).toBe(1);
  });

  test('its integral is the sum of its days', () => {
    const [from, to] = [dayOf('2025-01-01'), dayOf('2028-01-01')];
    let days = 0;
    for (let day = from; day < to; day++) days += growth('daily', day + 0.5);
    expect(growthIntegral('daily', from, to) / days).toBeCloseTo(1, 6);
    expect(growthIntegral('daily', from, 9e5)).toBeLessThan(1.2 * (9e5 - from));
    expect(growthIntegral('flat', 10, 12.5)).toBe(2.5);
  });
});

describe('noise', () => {
  const stream = new Stream();
  const noise = Array.from({ length: 200 }, (_, i) => [
    ...dayTraffic(stream, 'noise', 'flat', MONDAY + i),
  ]).flat();

  test('has mean 1 and the variance of drift times burst', () => {
    const drift = Math.exp(DRIFT_SIGMA * DRIFT_SIGMA);
    const variance = drift * (1 + 1 / BURST_SHAPE) - 1;
    expect(meanOf(noise)).toBeCloseTo(1, 2);
    expect(varianceOf(noise) / variance).toBeCloseTo(1, 1);
  });

  test('drifts: a minute resembles the next, an hour away is forgotten, across midnight too', () => {
    const lagged = (lag: number) => correlation(noise.slice(0, -lag), noise.slice(lag));
    const driftShare = (DRIFT_SIGMA * DRIFT_SIGMA) / (DRIFT_SIGMA * DRIFT_SIGMA + 1 / BURST_SHAPE);
    expect(lagged(1)).toBeCloseTo(0.9 * driftShare, 1);
    expect(lagged(10)).toBeCloseTo(0.35 * driftShare, 1);
    expect(Math.abs(lagged(30)) * Math.sqrt(noise.length)).toBeLessThan(4);
    expect(Math.abs(lagged(90)) * Math.sqrt(noise.length)).toBeLessThan(4);
    const midnights = Array.from({ length: 199 }, (_, i) => (i + 1) * 1440);
    const before = midnights.map((at) => meanOf(noise.slice(at - 3, at)));
    const after = midnights.map((at) => meanOf(noise.slice(at, at + 3)));
    expect(correlation(before, after)).toBeGreaterThan(0.15);
  });

  test('its drift is log-normal: means of ten minutes', () => {
    const logs = Array.from({ length: noise.length / 60 }, (_, i) =>
      Math.log(meanOf(noise.slice(i * 60, i * 60 + 10))),
    );
    const [m, s] = [meanOf(logs), Math.sqrt(varianceOf(logs))];
    expect(kolmogorov(logs, (x) => normalCdf((x - m) / s))).toBeLessThan(1.4);
  });
});

test('minutes are over-dispersed: more than Poisson, as chat traffic is', () => {
  for (const [rate, least, most] of [
    [1, 1.8, 3],
    [10, 10, 18],
  ] as const) {
    const world = worldOf({ rate, profile: 'flat' });
    const counts = Array.from({ length: 5000 }, (_, i) =>
      sum(world.minute(MONDAY * 1440 + i).flow.routes),
    );
    const dispersion = varianceOf(counts) / meanOf(counts);
    expect(meanOf(counts) / (60 * rate)).toBeCloseTo(1, 1);
    expect(dispersion).toBeGreaterThan(least);
    expect(dispersion).toBeLessThan(most);
  }
});

test('defaults are a small team: a request a second, tens of dollars a day, from first to last', {
  timeout: 60_000,
}, () => {
  const days = ['2025-01-08', '2026-06-03', '2026-11-04', '2030-06-05'].map((date) => {
    const from = dayOf(date) * 86_400;
    const world = worldOf();
    const dollars = [DOCSTORE, CHATAPI].map(({ model }) =>
      sum(
        stretch(world, model, from, from + 86_400).money.map(
          (money, i) => Number(money / model.moneyDivisors[i]!) / 1e12,
        ),
      ),
    );
    const requests = sum(stretch(world, VECTORLENS.model, from, from + 86_400).counts);
    return { rate: requests / 86_400, dollars: sum(dollars), llm: dollars[1]! / sum(dollars) };
  });
  for (const { rate, dollars, llm } of days) {
    expect(rate).toBeGreaterThan(0.35);
    expect(rate).toBeLessThan(1.5);
    expect(dollars).toBeGreaterThan(10);
    expect(dollars).toBeLessThan(60);
    expect(llm).toBeGreaterThan(0.6);
  }
  // A week of growth 1 at the rate that was asked for.
  const world = worldOf({ profile: 'flat' });
  const from = MONDAY * 86_400;
  const requests = sum(stretch(world, VECTORLENS.model, from, from + 7 * 86_400).counts);
  expect(requests / (7 * 86_400)).toBeCloseTo(1, 2);
});
