import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { run } from '../../src/cli.js';
import { COMPOSE, composeFile, read } from '../support/compose.js';
import { memoryEnv } from '../support/env.js';

const text = read('README.md');

test('every ragmon command in compose/README.md has flags that there are', async () => {
  const shown = [...text.matchAll(/npx ragmon (\w+)([^`\n]*)/g)].map(([, name, rest]) => [
    name,
    rest,
  ]);
  // `dc run ragmon simulate …`: the service, then the command.
  const inside = [...text.matchAll(/dc .*run .*? (?:ragmon|cleanup) (\w+)([^`\n]*)/g)];
  const backfill = [...text.matchAll(/run --rm backfill( [^`\n]*)/g)].map(([, rest]) => [
    'backfill',
    rest,
  ]);
  const lines = [...shown, ...inside.map(([, name, rest]) => [name, rest]), ...backfill];
  expect(lines.map(([name]) => name).sort()).toEqual([
    ...[
      'backfill',
      'backfill',
      'cleanup',
      'simulate',
      'simulate',
      'simulate',
      'simulate',
      'simulate',
    ],
  ]);
  for (const [name, rest] of lines) {
    const env = memoryEnv([name!, '--help'], { columns: 200 });
    await run(env);
    for (const [flag] of rest!.matchAll(/--[\w-]+/g)) expect(env.out()).toContain(` ${flag} `);
  }
});

test('every path and service that it names is there', () => {
  for (const [path] of text.matchAll(/compose\/[\w./-]+\w/g)) {
    // What the reader makes.
    if (path !== 'compose/.env') expect(existsSync(join(COMPOSE, '..', path)), path).toBe(true);
  }
  for (const [, file] of text.matchAll(/^\| `([\w.-]+\.(?:yaml|sh))`/gm)) {
    expect(existsSync(join(COMPOSE, 'kubernetes', file!)), file).toBe(true);
  }
  const { services } = composeFile();
  for (const [, name] of text.matchAll(
    /(?:up -d|up -d --no-deps|logs -f|run --rm(?: --no-deps)?|HUP) (\w+)/g,
  )) {
    expect(services).toHaveProperty(name!);
  }
});

test('it names the groups of rules with an interval of their own', () => {
  const alerts = join(COMPOSE, '../alerts');
  const groups = readdirSync(alerts)
    .filter((name) => name.endsWith('.yml'))
    .flatMap((name) => parse(readFileSync(join(alerts, name), 'utf8')).groups)
    .filter(({ interval }: { interval?: string }) => interval !== undefined);
  expect(groups.map(({ interval }) => interval)).toEqual(['1m', '1m']);
  const said = /except for the groups ([^,]*), which are evaluated every 60 s/.exec(text)?.[1];
  const named = [...(said ?? '').matchAll(/`(.+?)`/g)].map(([, name]) => name);
  expect(named).toEqual(groups.map(({ name }) => name));
});
