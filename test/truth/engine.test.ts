import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { rulesFor } from '../../src/stack/rules/rules.js';
import { ruleText } from '../../src/stack/rules/yaml.js';
import { findScenario } from '../../src/world/scenarios.js';
import { temporaryFolder } from '../support/processes.js';
import { needs } from '../support/servers.js';
import { firingsIn } from './engine.js';
import { firings } from './firing.js';
import { playOf } from './plays.js';
import { secondsOf, timedRules } from './rules.js';
import type { Story } from './story.js';
import { playerOf } from './tsdb.js';

describe('an alert', () => {
  const grid = { interval: 60, end: 600, for: 120 };

  test('fires at the first evaluation at which it has held for long enough', () => {
    expect(firings([60, 120, 180, 240], grid)).toEqual([{ pending: 60, from: 180, to: 300 }]);
  });

  test('starts again where it did not hold once', () => {
    expect(firings([60, 120, 240, 300, 360], grid)).toEqual([{ pending: 240, from: 360, to: 420 }]);
    expect(firings([60, 120, 240, 300], grid)).toEqual([]);
  });

  test('has no end where the evaluations end first', () => {
    expect(firings([480, 540, 600], grid)).toEqual([{ pending: 480, from: 600, to: undefined }]);
  });

  test('that waits for nothing fires at once', () => {
    expect(firings([60, 180], { ...grid, for: 0 })).toEqual([
      { pending: 60, from: 60, to: 120 },
      { pending: 180, from: 180, to: 240 },
    ]);
  });
});

const MINUTE = 60;
const HOUR = 3600;

needs('promtool', 'prometheus')('rules over the past', () => {
  const folder = temporaryFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** promtool's own rule engine, minute by minute: when which alerts fire. */
  async function firedAt(stories: readonly Story[], length: number): Promise<Set<string>> {
    const series = seriesOf(stories, length);
    const tests = {
      interval: '1m',
      input_series: [...series].map(([id, values]) => ({ series: id, values: values.join(' ') })),
      // What is not as expected is told.
      promql_expr_test: Array.from({ length: length / MINUTE + 1 }, (_, minute) => ({
        expr: 'ALERTS{alertstate="firing"}',
        eval_time: `${minute}m`,
        exp_samples: [],
      })),
    };
    const files = Object.entries(rulesFor()).map(([name, file]) => {
      writeFileSync(join(folder, name), ruleText(file));
      return name;
    });
    const file = join(folder, 'test.yml');
    const text = { rule_files: files, evaluation_interval: '1m', tests: [tests] };
    writeFileSync(file, JSON.stringify(text));
    const told = await new Promise<string>((resolve) => {
      const options = { maxBuffer: 2 ** 28 };
      execFile('promtool', ['test', 'rules', file], options, (_, stdout, stderr) =>
        resolve(stdout + stderr),
      );
    });
    const fired = new Set<string>();
    for (const [, time, got] of told.matchAll(/time: (\S+),\s+exp: nil\s+got: (.*)/g)) {
      for (const [, labels] of got!.matchAll(/\{(.*?)\}/g)) {
        fired.add(lineOf(secondsOf(time!), labelsOf(labels!)));
      }
    }
    return fired;
  }

  test('are evaluated as by the rule engine of Prometheus', async () => {
    const at = Date.parse('2026-11-04T15:00:00Z') / 1000;
    const plays = ['traffic-surge', 'cost-runaway', 'stuck-job', 'rate-limit-exhaustion'].map(
      (name) =>
        playOf({
          ...{ scenario: findScenario(name)!, seed: 'engine', rate: 1, at },
          ...{ before: 0, endsAfter: 30 * MINUTE },
        }),
    );
    const stories = plays.map(({ story }) => story);
    const length = 4 * HOUR;
    const ours = new Set<string>();
    for (const { alert, labels, from, to } of await firingsIn(stories, rulesFor(), {
      length,
      step: MINUTE,
    })) {
      for (let second = from; second < (to ?? length + MINUTE); second += MINUTE) {
        ours.add(lineOf(second, { ...labels, alertname: alert }));
      }
    }
    const theirs = await firedAt(stories, length);
    expect([...ours].sort()).toEqual([...theirs].sort());
    const names = new Set([...ours].map((line) => /alertname=(\w+)/.exec(line)![1]!));
    expect([...names].sort()).toEqual(
      [
        ...new Set(
          plays.flatMap(({ scenario }) => scenario.expect.map((one) => one.split(' ')[0])),
        ),
      ].sort(),
    );
  }, 300_000);
});

/** The same samples for promtool, whose time begins at 0. */
function seriesOf(stories: readonly Story[], length: number): Map<string, string[]> {
  const timeline = { from: 0, to: length, step: MINUTE };
  const { words } = timedRules(rulesFor(), MINUTE);
  const steps = length / MINUTE + 1;
  const series = new Map<string, string[]>();
  for (const story of stories) {
    const { play } = playerOf(story, timeline, (name) => words.has(name));
    const window = { start: 0, first: 0, last: length, steps };
    const text = Buffer.concat([...play(window)]).toString();
    for (const line of text.split('\n')) {
      const [, id, value, time] = /^([^#].*) (\S+) (\d+)$/.exec(line) ?? [];
      if (id === undefined) continue;
      if (!series.has(id))
        series.set(
          id,
          Array.from({ length: steps }, () => '_'),
        );
      series.get(id)![Number(time) / MINUTE] = value!;
    }
  }
  return series;
}

function lineOf(second: number, { __name__, alertstate, ...labels }: Record<string, string>) {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${String(second).padStart(6)} ${sorted.map((pair) => pair.join('=')).join(' ')}`;
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k!, v!]));
}
