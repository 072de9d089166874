import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { rulesFor } from '../../src/stack/rules/rules.js';
import { runCli } from '../support/cli.js';
import { FILES, panelsOf, queryVariables, read } from './classic.js';
import { parse } from './promql.js';

// The files as they are shipped, as a user checks files of their own.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function filesIn(folder: string, end: string): string[] {
  const names = readdirSync(new URL(`../../${folder}/`, import.meta.url));
  return names.filter((name) => name.endsWith(end)).map((name) => `${folder}/${name}`);
}

const rules = filesIn('alerts', '.yml');
const dashboards = filesIn('dashboards', '.json');

test('dashboards, alerts and recording rules ask for nothing that is not there', async () => {
  const args = ['catalogue', '--check', ...dashboards, ...rules];
  const { code, stdout, stderr } = await runCli(args, { cwd: ROOT });
  expect(stderr).toBe('');
  expect(stdout).toMatch(
    new RegExp(`^${args.length - 2} files, \\d{3} queries: everything in them is there\n$`),
  );
  expect(code).toBe(0);
});

test('no query names a bucket by its bound: Prometheus 2 calls it le="2", Prometheus 3 le="2.0"', () => {
  const asked = [
    ...Object.values(rulesFor()).flatMap(({ groups }) => groups.flatMap(({ rules }) => rules)),
    ...Object.keys(FILES).flatMap((file) => panelsOf(read(file)).flatMap(({ targets }) => targets)),
  ].map(({ expr }) => expr);
  const variables = Object.keys(FILES).flatMap((file) => queryVariables(read(file)));
  expect(asked.length).toBeGreaterThan(150);
  for (const expr of asked) {
    const matchers = parse(expr).selectors.flatMap(({ matchers }) => matchers);
    expect(matchers.filter((matcher) => /^le\b/.test(matcher))).toEqual([]);
  }
  for (const { query } of variables) expect(query.query).not.toMatch(/\ble\b/);
});
