import { ALERTS, variantOf } from '../../src/stack/rules/variants.js';
import type { Firing } from './firing.js';
import type { Play } from './plays.js';
import { secondsOf } from './rules.js';

/** One alert in one play. */
export interface Outcome {
  readonly play: Play;
  /** As `variantOf` has it. */
  readonly alert: string;
  /** Whether it has to fire, may, or must not. */
  readonly expected: 'yes' | 'may' | 'no';
  /** Seconds from the start of the first incident to when it first fired; undefined: never. */
  readonly delay: number | undefined;
  /** Seconds from the end of the last incident to when it last ended; undefined: it fires to the end. */
  readonly over: number | undefined;
  /** Seconds from there to the end of what was watched. */
  readonly watched: number;
}

/**
 * What became of every alert that a scenario expects, and of those that fired besides.
 * @param firings those of all plays: `environment` says in which
 * @param after how long the plays were watched after their last incidents, seconds
 */
export function outcomesOf(
  plays: readonly Play[],
  firings: readonly Firing[],
  after: number,
): readonly Outcome[] {
  return plays.flatMap((play) => {
    const { expect, may = [] } = play.scenario;
    const here = firings
      .filter(({ labels }) => labels.environment === play.story.name)
      .map((firing) => ({ ...firing, variant: variantOf(firing.alert, firing.labels) }));
    return [...new Set([...expect, ...here.map(({ variant }) => variant)])].map((alert) => {
      const these = here.filter(({ variant }) => variant === alert);
      const fires = these.length > 0;
      const ends = these.map(({ to }) => to ?? Number.POSITIVE_INFINITY);
      const last = Math.max(...ends);
      return {
        ...{ play, alert, watched: after },
        expected: expect.includes(alert) ? 'yes' : may.includes(alert) ? 'may' : 'no',
        delay: fires ? Math.min(...these.map(({ from }) => from)) - play.begins : undefined,
        over: fires && Number.isFinite(last) ? last - play.ends : undefined,
      };
    });
  });
}

/** Seconds from one evaluation, scrape and push to the next, and a minute of the world. */
const SLACK = 300;
/** What looks back for longer than 5 minutes, seconds; the error budget, over its short window. */
const LOOKS_BACK: Readonly<Record<string, number>> = {
  LowCacheHitRate: 15 * 60,
  'HighCostBurn critical': 24 * 3600,
  ...Object.fromEntries(
    ALERTS.filter(({ labels }) => labels.short !== undefined).map(({ alert, labels }) => [
      variantOf(alert, labels),
      secondsOf(labels.short!),
    ]),
  ),
};

/** How long after its cause an alert may still fire: as long as it looks back. Seconds. */
export function endsWithin(alert: string): number {
  return (LOOKS_BACK[alert] ?? 300) + SLACK;
}

/**
 * What is wrong with an outcome: an alert has to fire where its scenario expects it and there is the
 * traffic for it, in time, not before its cause, and nowhere else; and to be over soon after its cause,
 * and not to come again.
 */
export function complaint({
  play,
  alert,
  expected,
  delay,
  over,
  watched,
}: Outcome): string | undefined {
  const { scenario, story, certain } = play;
  const say = (what: string) => `${story.name}: ${alert} ${what}`;
  if (delay === undefined) return certain && expected === 'yes' ? say('did not fire') : undefined;
  const after = `${minutes(delay)} min after the incident began`;
  if (expected === 'no') return say(`fired, ${after}`);
  if (delay <= 0) return say(`fired before its cause, ${after}`);
  const inTime = expected === 'may' || delay <= (scenario.within ?? 0);
  if (certain && !inTime) return say(`fired late, ${after}`);
  const limit = endsWithin(alert);
  if (over === undefined) return limit < watched ? say('did not end') : undefined;
  if (over <= limit) return undefined;
  return say(`still fired, or again, ${minutes(over)} min after the incident ended`);
}

/** Scenario × alert, for people. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const head = ['scenario', 'alert', 'expected', 'fired', 'after', 'stated', 'over by'];
  const keys = new Set(outcomes.map(keyOf));
  const rows = [...keys].map((key) => rowOf(outcomes.filter((outcome) => keyOf(outcome) === key)));
  const table = [[...head, 'below its traffic'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ');
  return table.map((row) => line(row).trimEnd()).join('\n');
}

function keyOf({ play, alert }: Outcome): string {
  return `${play.scenario.name} ${alert}`;
}

function rowOf(outcomes: readonly Outcome[]): readonly string[] {
  const { play, alert, expected } = outcomes[0]!;
  const fired = (certain: boolean) => {
    const some = outcomes.filter((outcome) => outcome.play.certain === certain);
    const those = some.filter(({ delay }) => delay !== undefined);
    return some.length === 0 ? '–' : `${those.length} of ${some.length}`;
  };
  return [
    ...[play.scenario.name, alert, expected, fired(true)],
    rangeOf(outcomes.flatMap(({ delay }) => delay ?? [])),
    expected === 'yes' ? `${minutes(play.scenario.within ?? 0)} min` : '–',
    rangeOf(outcomes.flatMap(({ over }) => over ?? [])),
    fired(false),
  ];
}

function rangeOf(seconds: readonly number[]): string {
  if (seconds.length === 0) return '–';
  return `${minutes(Math.min(...seconds))}–${minutes(Math.max(...seconds))} min`;
}

function minutes(seconds: number): string {
  return `${Number((seconds / 60).toFixed(1))}`;
}
