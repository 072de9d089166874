import { expect, test } from 'vitest';
import { rulesFor } from '../../src/stack/rules/rules.js';
import { createWorld } from '../../src/world/world.js';
import { needs } from '../support/servers.js';
import { firingsIn } from './engine.js';
import type { Firing } from './firing.js';
import { chainOf, RUNNING, type Run, type Story, thenEnds } from './story.js';

/** All of it: `npm run truth`. */
const FULL = process.env.RAGMON_FULL === '1';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
/** On a busy machine. */
const HOURS = 10 * HOUR * 1000;
const DAYS = FULL ? 30 : 4;
/** Before, in and after the growth, and over the holidays; each seed takes one of them. */
const STARTS = ['2025-01-06', '2026-11-02', '2028-06-05', '2026-12-12'];
const SEEDS = Array.from({ length: FULL ? 20 : 1 }, (_, i) => `normal ${i}`);

function normal(name: string, seed: string, start: string, run: Run = RUNNING, rate = 1): Story {
  const world = createWorld({ seed, rate, profile: 'daily' });
  return { name, world, from: Date.parse(`${start}T00:00:00Z`) / 1000, run };
}

needs('promtool', 'prometheus')('a world without a scenario, on a real Prometheus', () => {
  test.each(SEEDS.map((seed, i) => ({ seed, start: STARTS[(i + 1) % STARTS.length]! })))(
    `$seed: ${DAYS} days from $start fire nothing`,
    async ({ seed, start }) => {
      const story = normal(seed, seed, start);
      const fired = await firingsIn([story], rulesFor(), { length: DAYS * DAY, step: MINUTE });
      expect(lines(fired)).toEqual([]);
    },
    FULL ? HOURS : 300_000,
  );

  // Every scrape, as shipped.
  test.skipIf(!FULL).each(SEEDS.slice(0, 2))(
    '%s: a week, scraped every 15 s, fires nothing',
    async (seed) => {
      const story = normal(seed, seed, STARTS[1]!);
      const fired = await firingsIn([story], rulesFor(), { length: 7 * DAY, step: 15 });
      expect(lines(fired)).toEqual([]);
    },
    FULL ? HOURS : 300_000,
  );

  const JOBS: readonly { readonly name: string; readonly run: Run }[] = [
    { name: 'ends after 13 hours', run: thenEnds(RUNNING, 13 * HOUR) },
    { name: 'an hour of load every day', run: chainOf(HOUR, 23 * HOUR) },
    { name: 'every two hours, for 10 minutes', run: chainOf(10 * MINUTE, 110 * MINUTE) },
    { name: 'every hour, for 50 minutes', run: chainOf(50 * MINUTE, 10 * MINUTE) },
    { name: 'every 5 minutes, for 4', run: chainOf(4 * MINUTE, MINUTE) },
    { name: 'for three hours, with pauses of one', run: chainOf(3 * HOUR, HOUR) },
  ];
  test(
    'jobs that end well fire nothing, however short, and however long ago',
    async () => {
      const stories = JOBS.map(({ name, run }) => normal(name, name, STARTS[1]!, run));
      const fired = await firingsIn(stories, rulesFor(), {
        length: FULL ? 3 * DAY : 30 * HOUR,
        step: MINUTE,
      });
      expect(lines(fired)).toEqual([]);
    },
    FULL ? HOURS : 300_000,
  );

  const RATES = FULL ? [0.2, 0.5, 2, 5, 20] : [0.5, 5];
  test.each([{ days: FULL ? 7 : 1 }])(
    'of another size it fires nothing, but for what it costs: $days days',
    async ({ days }) => {
      const stories = RATES.map((rate) =>
        normal(`rate ${rate}`, `size ${rate}`, STARTS[1]!, RUNNING, rate),
      );
      const fired = await firingsIn(stories, rulesFor(), { length: days * DAY, step: MINUTE });
      const dear = (name = '') => Number(name.slice('rate '.length)) > 1;
      expect(
        lines(
          fired.filter(
            ({ alert, labels }) => !(alert === 'HighCostBurn' && dear(labels.environment)),
          ),
        ),
      ).toEqual([]);
    },
    FULL ? HOURS : 300_000,
  );
});

function lines(fired: readonly Firing[]): readonly string[] {
  return fired.map(({ alert, labels: { environment, job }, from, to }) =>
    [environment, alert, job, `${from / MINUTE}–${to === undefined ? '' : to / MINUTE} min`].join(),
  );
}
