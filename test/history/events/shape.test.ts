import { describe, expect, test } from 'vitest';
import { requestEvents } from '../../../src/history/events/events.js';
import { MODELS } from '../../../src/world/models.js';
import { dayOf } from '../../../src/world/time.js';
import { worldOf } from '../../world/worlds.js';

const FROM = dayOf('2026-03-03') * 1440;

/** Microseconds since the epoch. */
function instant(time: string): number {
  return Date.parse(`${time.slice(0, 23)}Z`) * 1000 + Number(time.slice(23, 26));
}

/** The times of successful requests, in microseconds, by what took them. */
function timesOf(seeds: readonly string[], rate: number, minutes: number) {
  const times: Record<string, number[]> = { docstore: [], search: [], answer: [], ingest: [] };
  for (const { name } of MODELS) times[name] = [];
  const count = { waited: 0, short: 0 };
  for (const seed of seeds) {
    for (const event of requestEvents(worldOf({ seed, rate }), FROM + 600, FROM + 600 + minutes)) {
      if (event.status === 'error') continue;
      const duration = instant(event.event_completion_time) - instant(event.event_trigger_time);
      const docstore = Math.round((event.docstore_elapsed_time_ms ?? 0) * 1000);
      const llm = Math.round((event.llm_elapsed_time_ms ?? 0) * 1000);
      times[event.api_endpoint]!.push(duration);
      if (event.api_endpoint === 'search') times.docstore!.push(docstore);
      if (event.llm_model) times[event.llm_model]!.push(llm);
      if (docstore === 0) continue;
      count.waited++;
      if (duration <= docstore + llm) count.short++;
    }
  }
  return { times, count };
}

describe('the times of events have one smooth law', () => {
  const { times } = timesOf(['a', 'b', 'c'], 10, 60);
  const ms = 1000;

  test.each([
    { what: 'docstore', edges: [5, 10, 25], width: 0.5 },
    { what: 'search', edges: [25, 50, 100, 150, 200], width: 5 },
    { what: 'answer', edges: [1000, 1500, 2000, 3000, 5000], width: 100 },
    { what: 'ingest', edges: [200, 300, 500], width: 30 },
    { what: 'gpt-5-mini', edges: [1000, 1500, 2000, 3000, 5000], width: 100 },
    { what: 'claude-haiku-4.5', edges: [1500, 2000, 3000, 5000], width: 250 },
  ])('$what: no jump and no heap at the edge of a bucket', ({ what, edges, width }) => {
    const values = times[what]!;
    const between = (low: number, high: number) =>
      values.filter((value) => value > low * ms && value <= high * ms).length;
    let [near, smooth] = [0, 0];
    for (const edge of edges) {
      const [left, right] = [between(edge - width, edge), between(edge, edge + width)];
      near += values.filter((value) => Math.abs(value - edge * ms) <= 5).length;
      smooth += (11 / (2 * width * ms)) * (left + right);
      if (left + right < 600) continue;
      expect(left / right, `${edge} ms`).toBeGreaterThan(1 / 1.5);
      expect(left / right, `${edge} ms`).toBeLessThan(1.5);
    }
    // Within 5 µs of an edge lie no more than thrice what a smooth density has there.
    expect(near).toBeLessThan(3 * smooth + 5);
  });

  test.each([
    { what: 'docstore', low: 4, high: 40, step: 1 },
    { what: 'search', low: 15, high: 220, step: 2 },
    { what: 'gpt-5-mini', low: 700, high: 6000, step: 100 },
    { what: 'answer', low: 800, high: 6000, step: 100 },
  ])('$what: nothing is empty in its body', ({ what, low, high, step }) => {
    const bins = new Map<number, number>();
    for (const value of times[what]!) {
      const bin = Math.floor(value / ms / step);
      bins.set(bin, (bins.get(bin) ?? 0) + 1);
    }
    for (let at = low; at < high; at += step) {
      expect(bins.get(Math.floor(at / step)) ?? 0, `${at} ms`).toBeGreaterThan(10);
    }
  });
});

describe('what succeeded lasts longer than what it waited for', () => {
  test.each([
    { rate: 1, minutes: 240 },
    { rate: 10, minutes: 40 },
  ])('at rate $rate', ({ rate, minutes }) => {
    const { waited, short } = timesOf(['a', 'b', 'c'], rate, minutes).count;
    expect(waited).toBeGreaterThan(20_000);
    expect(short).toBe(0);
  });
});
