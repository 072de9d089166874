import { afterAll, expect, test } from 'vitest';
import { rulesFor } from '../../src/stack/rules/rules.js';
import { VARIANTS } from '../../src/stack/rules/variants.js';
import { SCENARIOS } from '../../src/world/scenarios.js';
import { needs } from '../support/servers.js';
import { firingsIn } from './engine.js';
import type { Firing } from './firing.js';
import { type Play, playOf } from './plays.js';
import { complaint, outcomesOf, tableOf } from './verdict.js';

/** All of it: `npm run truth`. */
const FULL = process.env.RAGMON_FULL === '1';

const HOUR = 3600;
const AT_ONCE = 48;
/** Of a working day and of a Sunday, the quietest, early and late in the growth. */
const DATES = ['2026-11-04', '2026-11-08', '2025-03-05', '2028-06-07'];
/** The night's trough, the morning's rise, the top of a day. */
const HOURS = [3, 8, 16];

interface Kind {
  readonly what: string;
  /** From scrape to scrape. */
  readonly step: number;
  readonly dates: readonly string[];
  readonly hours: readonly number[];
  readonly rates: readonly number[];
  /** How long the run has gone on, and how long after the incident it is watched. Seconds. */
  readonly before: number;
  readonly after: number;
  readonly endsAfter?: number;
}

const KINDS: readonly Kind[] = [
  {
    what: 'a run of its own', // As `ragmon simulate --scenario` has it: it ends well, its groups stay.
    step: 15,
    dates: FULL ? DATES : DATES.slice(0, 2),
    hours: FULL ? HOURS : [3, 16],
    rates: FULL ? [0.5, 1, 2, 5] : [1],
    before: 0,
    after: (FULL ? 4 : 2) * HOUR,
    endsAfter: HOUR,
  },
  {
    what: 'days of history', // All of the past that an alert looks back on.
    step: 60,
    dates: DATES.slice(1, 2),
    hours: HOURS,
    // Else test/world/scenarios.test.ts looks back as far, without a Prometheus.
    rates: FULL ? [0.5, 1, 5] : [],
    before: 74 * HOUR,
    after: 26 * HOUR,
  },
];

/** Above it a system costs more than the limit by itself. */
const MOST_RATE = 1;
const dear = (alert: string, rate: number) => alert.startsWith('HighCostBurn') && rate > MOST_RATE;

needs('promtool', 'prometheus')('scenario × alert, on a real Prometheus', () => {
  const tables: string[] = [];
  afterAll(() => {
    const told = new Set(SCENARIOS.flatMap((scenario) => scenario.expect));
    const others = VARIANTS.filter((alert) => !told.has(alert)).join(', ');
    process.stdout.write(`${tables.join('\n')}\n\nno scenario has to fire ${others}\n`);
  });

  test.each(KINDS.flatMap(({ rates, ...kind }) => rates.map((rate) => ({ ...kind, rate }))))(
    'with $what, at a rate of $rate, each fires what it names, and nothing else',
    async ({ what, step, after, rate, dates, hours, ...kind }) => {
      const times = dates.flatMap((date) =>
        hours.map((hour) => Date.parse(`${date}T00:00:00Z`) / 1000 + hour * HOUR),
      );
      const plays = SCENARIOS.filter(({ expect }) =>
        expect.every((alert) => !dear(alert, rate)),
      ).flatMap((scenario) =>
        times.map((at, i) => playOf({ scenario, seed: `truth ${i}`, rate, at, ...kind })),
      );
      const outcomes = outcomesOf(plays, await firingsOf(plays, step, after), after).filter(
        ({ alert }) => !dear(alert, rate),
      );
      tables.push(`\nwith ${what}, rate ${rate}\n${tableOf(outcomes)}`);
      expect(outcomes.flatMap((outcome) => complaint(outcome) ?? [])).toEqual([]);
    },
    FULL ? 10 * HOUR * 1000 : 300_000,
  );
});

/** Some plays at a time: they fill a disk. */
async function firingsOf(
  plays: readonly Play[],
  step: number,
  after: number,
): Promise<readonly Firing[]> {
  const found: Firing[] = [];
  for (let i = 0; i < plays.length; i += AT_ONCE) {
    const some = plays.slice(i, i + AT_ONCE);
    const length = Math.max(...some.map(({ ends }) => ends)) + after;
    const stories = some.map(({ story }) => story);
    found.push(...(await firingsIn(stories, rulesFor(), { length, step })));
  }
  return found;
}
