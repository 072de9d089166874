import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMPOSE } from '../support/compose.js';
import { spawnGuarded, temporaryFolder } from '../support/processes.js';
import { freePort, freePorts, needs } from '../support/servers.js';
import { startStack } from '../support/stack.js';
import { startWebhook } from '../support/webhook.js';

/** What run-local.sh says when it does not start, on free ports where no others are given. */
async function refused(variables: Readonly<Record<string, string>>): Promise<string> {
  const [a, b, c, d] = await freePorts(4);
  const run = spawnGuarded(join(COMPOSE, 'run-local.sh'), ['true'], {
    env: {
      ...{ PATH: process.env.PATH, PUSHGATEWAY_PORT: a, PROMETHEUS_PORT: b },
      ...{ ALERTMANAGER_PORT: c, WEBHOOK_PORT: d, ...variables },
    },
  });
  expect((await run.exited).code, run.output()).toBe(1);
  return run.output();
}

needs(
  'prometheus',
  'prometheus-pushgateway',
  'prometheus-alertmanager',
)('run-local.sh refuses', () => {
  test.concurrent('ports that are taken, all at once; a stranger is told of no alert', async () => {
    const { url, messages } = await startWebhook();
    const { port } = new URL(url);
    const names = ['PUSHGATEWAY', 'PROMETHEUS', 'ALERTMANAGER', 'WEBHOOK'];
    const said = await refused(Object.fromEntries(names.map((name) => [`${name}_PORT`, port])));
    expect(said).toBe(
      names.map((name) => `port ${port} is taken: give another one, ${name}_PORT=…\n`).join(''),
    );
    expect(messages).toEqual([]);
  });

  test.concurrent('one port for two servers', async () => {
    const port = `${await freePort()}`;
    expect(await refused({ PUSHGATEWAY_PORT: port, ALERTMANAGER_PORT: port })).toBe(
      `port ${port} is taken: give another one, ALERTMANAGER_PORT=…\n`,
    );
  });

  test.concurrent('to go on without a server, and says why that did not start', async () => {
    const data = temporaryFolder();
    writeFileSync(join(data, 'prometheus'), 'no folder');
    const said = await refused({ DATA: data });
    expect(said).toMatch(/not a directory/);
    expect(said).toMatch(/^prometheus did not start$/m);
  });

  test.concurrent('rules that Prometheus does not understand, and ends with the reason', async () => {
    const wrong = temporaryFolder();
    writeFileSync(join(wrong, 'a.yml'), 'groups: [{ name: g, rules: [{ alert: A, expr: "(" }] }]');
    const [first, second, ...more] = (await refused({ ALERTS: wrong })).trim().split('\n');
    expect(first).toBe('Prometheus cannot use this configuration:');
    expect(second).toMatch(/^\S+a\.yml: .*"A": could not parse expression/);
    expect(more).toEqual([]);
  });

  test.concurrent('an interval that is none', async () => {
    expect(await refused({ SCRAPE_INTERVAL: 'often' })).toMatch(
      /^Prometheus cannot use .*\n.*not a valid duration string: "often"\n$/,
    );
  });

  test.concurrent('a folder of data that another stack writes to, until that has ended', async () => {
    const data = temporaryFolder();
    const { url } = await startWebhook();
    const stack = await startStack({ data, webhook: url });
    expect(await refused({ DATA: data })).toBe(
      `another stack writes to ${data}: end that one, or give another folder, DATA=…\n`,
    );
    expect(await stack.stop()).toBe(130);
    expect(await (await startStack({ data, webhook: url })).stop()).toBe(130);
  });
});
