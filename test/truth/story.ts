import { JOB_LAST_SUCCESS, JOB_START } from '../../src/instruments/run-metrics.js';
import { seriesId } from '../../src/series.js';
import { SERVICES } from '../../src/services/catalogue.js';
import type { World } from '../../src/world/world.js';

// What rules are held against: a world, and what a gateway shows of the jobs that tell of it.

/** A stretch of a world as the groups of one run show it, in an environment of its own. */
export interface Story {
  /** Value of the label `environment`: rules keep it, so many stories stand in one Prometheus. */
  readonly name: string;
  readonly world: World;
  /** World time at which the run begins, Unix seconds. */
  readonly from: number;
  /** By default a job that runs on. */
  readonly run?: Run;
}

/** What the group of a job shows at an instant. Seconds since the story began. */
export interface Shown {
  /** World time that the counters have reached. */
  readonly reached: number;
  readonly pushed: number;
  readonly started: number;
  readonly succeeded?: number;
}

export type Run = (second: number) => Shown;

export const RUNNING: Run = (second) => ({ reached: second, pushed: second, started: 0 });

/** It ends well, and its group stays. */
export function thenEnds(run: Run, end: number): Run {
  return (second) => (second < end ? run(second) : { ...run(end), succeeded: end });
}

/** For a while it pushes nothing and does not end, while its world goes on. */
export function hanging(run: Run, from: number, to = Number.POSITIVE_INFINITY): Run {
  return (second) => run(second > from && second <= to ? from : second);
}

/** One job after the other under the same key, each going on from the counters of the last. */
export function chainOf(lasting: number, pause: number): Run {
  return (second) => {
    const job = Math.floor(second / (lasting + pause));
    const started = job * (lasting + pause);
    const played = Math.min(second - started, lasting);
    const before = job === 0 ? {} : { succeeded: started - pause };
    return {
      reached: job * lasting + played,
      pushed: started + played,
      started,
      ...(played === lasting ? { succeeded: started + lasting } : before),
    };
  };
}

const INSTANCE = 'demo';

/** The labels of a story's groups beside their own. */
export function groupLabels({ name }: Story, job: string) {
  return { environment: name, instance: INSTANCE, job };
}

/**
 * What else there is to see of its groups: samples by series, those that are not set left out.
 * @param seconds of the instants, since the story began
 * @param origin where the story begins on Prometheus, Unix seconds
 */
export function groupSeries(
  story: Story,
  seconds: readonly number[],
  origin: number,
): readonly { readonly id: string; readonly values: readonly (number | undefined)[] }[] {
  const shown = seconds.map(story.run ?? RUNNING);
  const times = {
    push_time_seconds: shown.map(({ pushed }) => pushed),
    [JOB_START]: shown.map(({ started }) => started),
    [JOB_LAST_SUCCESS]: shown.map(({ succeeded }) => succeeded),
  };
  const groups = SERVICES.flatMap(({ name: job }) => {
    const labels = groupLabels(story, job);
    const refused = {
      id: seriesId('push_failure_time_seconds', labels),
      values: shown.map(() => 0),
    };
    const each = Object.entries(times).map(([name, values]) => ({
      id: seriesId(name, labels),
      values: values.map((value) => (value === undefined ? undefined : origin + value)),
    }));
    return [...each, refused];
  });
  const gateway = { environment: story.name, instance: 'gateway', job: 'pushgateway' };
  return [...groups, { id: seriesId('up', gateway), values: shown.map(() => 1) }];
}
