import type { Firing } from './firing.js';
import type { Play } from './plays.js';

/** One alert in one play. */
export interface Outcome {
  readonly play: Play;
  readonly alert: string;
  readonly expected: boolean;
  /** Seconds from the start of the first incident to when it first fired; undefined: never. */
  readonly delay: number | undefined;
}

/**
 * What became of every alert that a scenario expects, and of those that fired besides.
 * @param firings those of all plays: `environment` says in which
 */
export function outcomesOf(plays: readonly Play[], firings: readonly Firing[]): readonly Outcome[] {
  return plays.flatMap((play) => {
    const { expect } = play.scenario;
    const here = firings.filter(({ labels }) => labels.environment === play.story.name);
    return [...new Set([...expect, ...here.map(({ alert }) => alert)])].map((alert) => {
      const times = here.filter((each) => each.alert === alert).map(({ from }) => from);
      const delay = times.length === 0 ? undefined : Math.min(...times) - play.begins;
      return { play, alert, expected: expect.includes(alert), delay };
    });
  });
}

/**
 * What is wrong with an outcome: an alert has to fire where its scenario expects it and there is the
 * traffic for it, in time, not before its cause, and nowhere else.
 */
export function complaint({ play, alert, expected, delay }: Outcome): string | undefined {
  const { scenario, story, certain } = play;
  const say = (what: string) => `${story.name}: ${alert} ${what}`;
  if (delay === undefined) return certain ? say('did not fire') : undefined;
  const after = `${minutes(delay)} min after the incident began`;
  if (!expected) return say(`fired, ${after}`);
  if (delay <= 0) return say(`fired before its cause, ${after}`);
  return certain && delay > (scenario.within ?? 0) ? say(`fired late, ${after}`) : undefined;
}

/** Scenario × alert, for people. */
export function tableOf(outcomes: readonly Outcome[]): string {
  const head = ['scenario', 'alert', 'expected', 'fired', 'after', 'stated', 'below its traffic'];
  const keys = new Set(outcomes.map(keyOf));
  const rows = [...keys].map((key) => rowOf(outcomes.filter((outcome) => keyOf(outcome) === key)));
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ');
  return [head, ...rows].map((row) => line(row).trimEnd()).join('\n');
}

function keyOf({ play, alert }: Outcome): string {
  return `${play.scenario.name} ${alert}`;
}

function rowOf(outcomes: readonly Outcome[]): readonly string[] {
  const { play, alert, expected } = outcomes[0]!;
  const delays = outcomes.flatMap(({ delay }) => delay ?? []);
  const fired = (certain: boolean) => {
    const some = outcomes.filter((outcome) => outcome.play.certain === certain);
    const those = some.filter(({ delay }) => delay !== undefined);
    return some.length === 0 ? '–' : `${those.length} of ${some.length}`;
  };
  return [
    play.scenario.name,
    alert,
    expected ? 'yes' : 'no',
    fired(true),
    delays.length === 0
      ? '–'
      : `${minutes(Math.min(...delays))}–${minutes(Math.max(...delays))} min`,
    expected ? `${minutes(play.scenario.within ?? 0)} min` : '–',
    fired(false),
  ];
}

function minutes(seconds: number): string {
  return `${Number((seconds / 60).toFixed(1))}`;
}
