import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Alert } from '../../src/stack/rules/rule.js';
import { rulesFor } from '../../src/stack/rules/rules.js';
import { variantOf } from '../../src/stack/rules/variants.js';
import { ruleText } from '../../src/stack/rules/yaml.js';
import { needs } from '../support/servers.js';

const run = promisify(execFile);
const TESTS = fileURLToPath(new URL('../../alerts/tests/', import.meta.url));
const names = readdirSync(TESTS).filter((name) => name.endsWith('.yml'));

interface TestFile {
  readonly rule_files: readonly string[];
  readonly tests: readonly {
    readonly name: string;
    readonly alert_rule_test?: readonly {
      readonly alertname: string;
      readonly exp_alerts: readonly { readonly exp_labels: Record<string, string> }[];
    }[];
  }[];
}

const files = names.map((name) => parse(readFileSync(join(TESTS, name), 'utf8')) as TestFile);
const tests = files.flatMap((file) => file.tests);
const groups = Object.values(rulesFor()).flatMap((file) => file.groups);
const alerts = groups.flatMap(({ rules }) =>
  rules.filter((rule): rule is Alert => 'alert' in rule),
);

const folder = mkdtempSync(join(tmpdir(), 'ragmon-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

needs('promtool')('promtool', () => {
  // A file takes seconds, on a busy machine many.
  test.concurrent.each(names)(
    'finds that alerts fire when they should: %s',
    async (name) => {
      await run('promtool', ['test', 'rules', join(TESTS, name)]);
    },
    180_000,
  );

  test.each([1, 1 / 60])('has no complaint about the rules at a scale of %d', async (scale) => {
    const paths = Object.entries(rulesFor({ scale })).map(([name, file]) => {
      writeFileSync(join(folder, name), ruleText(file));
      return join(folder, name);
    });
    await run('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', ...paths]);
  });

  test('notices an alert that does not fire', async () => {
    const { 'pushgateway.yml': file, 'jobs.yml': jobs } = rulesFor();
    const broken = ruleText(file!).replace('up{job="pushgateway"} == 0', 'up == 2');
    writeFileSync(join(folder, 'pushgateway.yml'), broken);
    writeFileSync(join(folder, 'jobs.yml'), ruleText(jobs!));
    const path = join(folder, 'test.yml');
    const text = readFileSync(join(TESTS, 'pushgateway.yml'), 'utf8').replaceAll('../', './');
    writeFileSync(path, text);
    await expect(run('promtool', ['test', 'rules', path])).rejects.toThrow('PushgatewayDown');
  });
});

describe('the tests of the alerts', () => {
  // promtool only warns of a rule file that is not there, and what is not there does not fire.
  test.each(names)('%s is of rule files that there are', (name) => {
    const { rule_files } = files[names.indexOf(name)]!;
    expect(Object.keys(rulesFor())).toEqual(
      expect.arrayContaining(rule_files.map((path) => path.replace('../', ''))),
    );
  });

  test.each(alerts.map((alert) => [subjectOf(alert), alert] as const))(
    '%s fires, resolves, and does not fire just below, with little traffic and with none',
    (subject, alert) => {
      const kinds = ['fires, resolves', 'just below', 'little traffic', 'no traffic'] as const;
      const found = kinds.map((kind) => {
        const ofKind = tests.filter(({ name }) => isOf(name, subject, kind));
        const outcomes = ofKind.map((each) =>
          (each.alert_rule_test ?? [])
            .filter(({ alertname }) => alertname === alert.alert)
            .map(({ exp_alerts }) => exp_alerts.length > 0),
        );
        return outcomes.map((each) => each.join());
      });
      const [fires, ...quiet] = found;
      expect(fires).toHaveLength(1);
      expect(fires![0]).toMatch(/^(false,)+true,false$/);
      for (const [i, outcomes] of quiet.entries()) {
        expect(outcomes.length, `${subject}: ${kinds[i + 1]}`).toBeGreaterThan(0);
        for (const outcome of outcomes) expect(outcome).toMatch(/^false(,false)*$/);
      }
    },
  );

  test('fire what they say that they fire', () => {
    for (const alert of alerts) {
      const subject = subjectOf(alert);
      const fired = tests
        .filter(({ name }) => isOf(name, subject, 'fires, resolves'))
        .flatMap((each) => each.alert_rule_test ?? [])
        .flatMap(({ exp_alerts }) => exp_alerts);
      expect(fired).toHaveLength(1);
      expect(fired[0]!.exp_labels).toMatchObject(alert.labels);
    }
  });

  test('are of alerts that there are', () => {
    const subjects = new Set(alerts.map(subjectOf));
    const tested = tests.flatMap(({ name }) => name.split(': ')[0]!.split(', '));
    expect(tested.filter((subject) => !subjects.has(subject))).toEqual([]);
  });
});

/** What a test is named after: the alert, and which, where several have the name. */
function subjectOf({ alert, labels }: Alert): string {
  return variantOf(alert, labels);
}

function isOf(name: string, subject: string, kind: string): boolean {
  const [subjects, rest] = name.split(': ') as [string, string];
  return subjects.split(', ').includes(subject) && rest.startsWith(kind);
}
