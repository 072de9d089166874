import type { Scenario } from '../../src/world/incidents.js';
import { schedule } from '../../src/world/incidents.js';
import { MINUTE } from '../../src/world/time.js';
import { expectedTraffic } from '../../src/world/traffic.js';
import { createWorld } from '../../src/world/world.js';
import { hanging, RUNNING, type Run, type Story, thenEnds } from './story.js';

/** A scenario in a world of its own. */
export interface Play {
  readonly scenario: Scenario;
  readonly story: Story;
  /** When its first incident begins, and its last ends. Seconds since the story began. */
  readonly begins: number;
  readonly ends: number;
  /** Whether there is the traffic that it needs to fire for certain. */
  readonly certain: boolean;
}

export interface PlayOptions {
  readonly scenario: Scenario;
  readonly seed: string;
  /** Mean user requests per second. */
  readonly rate: number;
  /** World time at which the scenario begins, Unix seconds: it has offsets of its own. */
  readonly at: number;
  /** For how long the run has gone on before that, seconds; 0: it begins with the scenario. */
  readonly before: number;
  /** How long after the last incident the run ends; by default it goes on. */
  readonly endsAfter?: number;
}

export function playOf({ scenario, seed, rate, at, before, endsAfter }: PlayOptions): Play {
  const incidents = schedule(scenario, at, undefined);
  const from = at - before;
  const begins = Math.min(...incidents.map((each) => each.from)) * MINUTE - from;
  const ends = Math.max(...incidents.map((each) => each.to)) * MINUTE - from;
  const hung = incidents
    .filter(({ jobs }) => jobs === 'hang')
    .reduce<Run>(
      (run, each) => hanging(run, each.from * MINUTE - from, each.to * MINUTE - from),
      RUNNING,
    );
  const hour = new Date(at * 1000).toISOString().slice(0, 13);
  return {
    scenario,
    begins,
    ends,
    certain:
      expectedTraffic(rate, 'daily', Math.floor((from + begins) / MINUTE)) >= (scenario.needs ?? 0),
    story: {
      name: [scenario.name, seed, `${hour}h`, `rate ${rate}`].join(', '),
      world: createWorld({ seed, rate, profile: 'daily', incidents }),
      from,
      run: endsAfter === undefined ? hung : thenEnds(hung, ends + endsAfter),
    },
  };
}
