import { afterEach, describe, expect, test, vi } from 'vitest';
import { NORMAL_REGIME } from '../../src/world/conditions.js';
import { flowSource } from '../../src/world/flow.js';
import { Stream } from '../../src/world/stream.js';
import { dayOf } from '../../src/world/time.js';
import { CHATAPI, DOCSTORE, incident, VECTORLENS, worldOf } from './worlds.js';

const DAY = dayOf('2026-09-09');

/** Random numbers that `play` takes, and places that it takes them from. */
function drawsOf(play: () => void): { numbers: number; places: number } {
  const next = vi.spyOn(Stream.prototype, 'next');
  const seek = vi.spyOn(Stream.prototype, 'seek');
  play();
  const drawn = { numbers: next.mock.calls.length, places: seek.mock.calls.length };
  vi.restoreAllMocks();
  return drawn;
}

afterEach(() => vi.restoreAllMocks());

/** Every 24th minute of a day: the costs of a whole one at a 24th of the test's. */
function playDay(rate: number, incidents: Parameters<typeof incident>[] = []): void {
  const world = worldOf({ rate, incidents: incidents.map((each) => incident(...each)) });
  for (let minute = DAY * 1440; minute < (DAY + 1) * 1440; minute += 24) {
    for (const { model } of [VECTORLENS, DOCSTORE, CHATAPI]) world.tally(model, minute);
  }
}

describe('8 Cost is flat in traffic', () => {
  test('a day of all services takes a bounded number of draws, that traffic hardly moves', () => {
    const [quiet, busy, busier] = [100, 1e6, 1e9].map((rate) => drawsOf(() => playDay(rate)));
    expect(busy!.places).toBe(quiet!.places);
    expect(busy!.numbers / quiet!.numbers).toBeLessThan(1.5);
    expect(busier!.numbers / busy!.numbers).toBeLessThan(1.05);
    // Two thousand a minute and service at most, of them one in twenty-four played here.
    expect(busier!.numbers).toBeLessThan(60 * 3 * 2000);
  });

  test('an incident takes a bounded number more', () => {
    const minute = DAY * 1440;
    const change = { set: { traffic: 5, 'docstore.throttled': 0.3, 'chatapi.latency': 4 } };
    const draws = (rate: number) => drawsOf(() => playDay(rate, [[minute, minute + 1440, change]]));
    const [quiet, busy] = [draws(100), draws(1e6)];
    expect(busy.numbers / quiet.numbers).toBeLessThan(1.5);
    expect(busy.numbers).toBeLessThan(1.5 * drawsOf(() => playDay(1e6)).numbers);
  });

  test('what is not asked for is not drawn: a day’s flow draws no hour, an hour’s no minute', () => {
    const options = { seed: 'test', rate: 1e6, profile: 'daily' as const };
    const flow = flowSource(options);
    // The day's traffic comes first: two numbers and a bit for a normal, more for a gamma.
    const traffic = drawsOf(() => flow.conditions(DAY * 1440, NORMAL_REGIME));
    expect(traffic.numbers).toBeLessThan(1500 * 2.8 + 1440 * 4.2);
    const day = drawsOf(() => flow.day(DAY));
    // 45 routes and 15 amounts, each from a place of its own.
    expect(day.places).toBeLessThan(65);
    expect(day.numbers).toBeLessThan(65 * 5);
    expect(drawsOf(() => flow.day(DAY)).numbers).toBe(0);
    const hour = drawsOf(() => flow.hour(DAY * 24 + 5));
    expect(hour.places).toBeLessThan(65);
    expect(hour.numbers).toBeLessThan(24 * 65 * 5);
    expect(drawsOf(() => flow.hour(DAY * 24 + 6)).numbers).toBe(0);
    const minute = drawsOf(() => flow.minute(DAY * 1440 + 300));
    expect(minute.numbers).toBeGreaterThan(1000);
    expect(drawsOf(() => flow.minute(DAY * 1440 + 301)).numbers).toBe(0);
  });

  test('what is not asked for is not drawn: one service’s tally draws nothing of another', () => {
    const world = worldOf({ rate: 1e6 });
    world.minute(DAY * 1440);
    const one = drawsOf(() => world.tally(DOCSTORE.model, DAY * 1440));
    expect(one.places).toBe(DOCSTORE.model.shape.histograms.length);
    const seconds = drawsOf(() => world.seconds(DOCSTORE.model, DAY * 1440));
    expect(seconds.places).toBe(59);
    expect(drawsOf(() => world.storedBytes(DAY * 86_400)).numbers).toBe(0);
    expect(drawsOf(() => world.prices(DAY)).numbers).toBe(0);
  });
});
