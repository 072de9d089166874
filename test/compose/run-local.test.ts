import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMPOSE } from '../support/compose.js';
import { spawnGuarded, temporaryFolder } from '../support/processes.js';
import { freePorts } from '../support/servers.js';

/** A folder of programs that stand before those of the system. */
function programs() {
  const folder = temporaryFolder();
  const add = (name: string, ...lines: string[]) => {
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  return { folder, path: `${folder}:${process.env.PATH}`, add };
}

const SERVERS = ['pushgateway', 'prometheus', 'alertmanager'];

/** What run-local.sh writes for its servers, none of which starts. */
async function written(variables: Readonly<Record<string, string>>) {
  const { folder, path, add } = programs();
  for (const name of SERVERS) {
    for (const program of [name, `prometheus-${name}`]) add(program, '#!/bin/sh', 'exit 1');
  }
  // Beside what it does, it keeps what it made of a file.
  add(
    'sed',
    '#!/bin/sh',
    'for file; do :; done',
    `PATH="\${PATH#*:}" sed "$@" | tee "${folder}/$(basename "$file")"`,
  );
  const run = spawnGuarded(join(COMPOSE, 'run-local.sh'), [], {
    env: { PATH: path, ...variables },
  });
  expect((await run.exited).code, run.output()).toBe(1);
  const read = (name: string) => parse(readFileSync(join(folder, name), 'utf8'));
  return { prometheus: read('prometheus.yml'), alertmanager: read('alertmanager.yml') };
}

const WEBHOOK_URL = 'http://127.0.0.1:1/';

test('a port that is the default of another server stays what it is', async () => {
  const { prometheus } = await written({
    ...{
      WEBHOOK_URL,
      PUSHGATEWAY_PORT: '9090',
      PROMETHEUS_PORT: '9093',
      ALERTMANAGER_PORT: '9091',
    },
  });
  const targets = (configs: readonly { static_configs: { targets: string[] }[] }[]) =>
    configs.flatMap(({ static_configs }) => static_configs.flatMap((each) => each.targets));
  expect(targets(prometheus.scrape_configs)).toEqual([
    ...['127.0.0.1:9090', '127.0.0.1:9093', '127.0.0.1:9091'],
  ]);
  expect(targets(prometheus.alerting.alertmanagers)).toEqual(['127.0.0.1:9091']);
});

test('an address and a folder are taken as they are written', async () => {
  const alerts = join(temporaryFolder(), 'R&D | a\\1');
  mkdirSync(alerts);
  const url = 'http://127.0.0.1:1/hook?a=1&b=|2';
  const { prometheus, alertmanager } = await written({ WEBHOOK_URL: url, ALERTS: alerts });
  expect(prometheus.rule_files).toEqual([join(alerts, '*.yml')]);
  const [page, ticket] = alertmanager.receivers;
  expect([page, ticket].map(({ webhook_configs }) => webhook_configs[0].url)).toEqual([url, url]);
});

test.each([
  { what: 'alone', command: [] },
  { what: 'with a command', command: ['sleep', '300'] },
])('$what, it ends at a signal that comes when the last server is ready', async ({ command }) => {
  const { path, add } = programs();
  add('promtool', '#!/bin/sh');
  // Servers of which the last one, when it is asked whether it is ready, signals first.
  for (const name of SERVERS) {
    add(
      `prometheus-${name}`,
      `#!${process.execPath}`,
      `const [, port] = /address=127.0.0.1:([0-9]+)/.exec(process.argv.join(' '));`,
      `require('node:http').createServer((_, response) => {`,
      name === 'prometheus' ? `  process.kill(process.ppid, 'SIGINT');` : '',
      '  setTimeout(() => response.end(), 200);',
      `}).listen(port, '127.0.0.1');`,
    );
  }
  add('prometheus', '#!/bin/sh', 'exec prometheus-prometheus "$@"');
  const [PUSHGATEWAY_PORT, PROMETHEUS_PORT, ALERTMANAGER_PORT] = await freePorts(3);
  const ports = { PUSHGATEWAY_PORT, PROMETHEUS_PORT, ALERTMANAGER_PORT };
  const run = spawnGuarded(join(COMPOSE, 'run-local.sh'), command, {
    env: { PATH: path, WEBHOOK_URL, ...ports },
  });
  expect(await run.exited, run.output()).toEqual({ code: 130, signal: null });
  expect(run.output()).toBe('');
});
