import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCli } from '../support/cli.js';
import { temporaryFolder, until } from '../support/processes.js';
import { needs } from '../support/servers.js';
import { startStack } from '../support/stack.js';
import { startWebhook } from '../support/webhook.js';

// The warning comes first, and ends first: what inhibits it is there for as long as it is.
const RULES = `groups:
  - name: g
    rules:
      - { alert: Busy, expr: probe > 0, for: 1s, labels: { severity: warning } }
      - { alert: Busy, expr: probe > 1, for: 1s, labels: { severity: critical } }
      - { alert: Idle, expr: probe == 0, for: 1s, labels: { severity: ticket } }
`;

needs(
  'prometheus',
  'prometheus-pushgateway',
  'prometheus-alertmanager',
)('run-local.sh', () => {
  const folder = temporaryFolder();
  const alerts = join(folder, 'alerts');
  mkdirSync(alerts);
  writeFileSync(join(alerts, 'probe.rules.yml'), RULES);
  const quick = { alerts, scrapeInterval: '1s', groupWait: '1s', groupInterval: '1s' };

  test.concurrent('tells of an alert, and when it is over, to whom its severity says', async () => {
    const { url, messages } = await startWebhook();
    // Both alerts are there when the first message goes out, also where an evaluation is late.
    const stack = await startStack({ ...quick, groupWait: '5s', webhook: url });
    const push = (value: number) =>
      fetch(`${stack.pushgateway}/metrics/job/j`, { method: 'PUT', body: `probe ${value}\n` });
    const told = () =>
      messages.flatMap(({ receiver, alerts }) =>
        alerts.map(({ status, labels: { severity, alertname, job } }) =>
          [receiver, status, alertname, severity, job].join(' '),
        ),
      );

    await push(2);
    await until('a page', () => told().includes('page firing Busy critical j'), 30_000);
    await push(0);
    await until('its end', () => told().includes('page resolved Busy critical j'), 30_000);
    await until('a ticket', () => told().includes('ticket firing Idle ticket j'), 30_000);
    // The warning of the same name was inhibited.
    expect(told().filter((line) => line.includes('warning'))).toEqual([]);
    expect(await stack.stop()).toBe(130);
  });

  test.concurrent('prints alerts where nobody else is told', async () => {
    const stack = await startStack(quick);
    await fetch(`${stack.pushgateway}/metrics/job/j`, { method: 'PUT', body: 'probe 0\n' });
    await until('a line', () => stack.output().includes('ticket: firing Idle (ticket j)'), 30_000);
    expect(await stack.stop()).toBe(130);
  });

  test.concurrent('leaves the terminal to a command: alerts are in a file, printed if that goes', async () => {
    const data = join(folder, 'kept');
    const command = ['sleep', '300'];
    const stacks = await Promise.all([
      startStack({ ...quick, command, data }),
      startStack({ ...quick, command }),
    ]);
    const line = 'ticket: firing Idle (ticket j)';
    const files: string[] = [];
    for (const stack of stacks) {
      const named = () => /^alerts: (.+)\n/m.exec(stack.output())?.[1];
      files.push(await until('the file’s name', named));
    }
    expect(files[0]).toBe(join(data, 'alerts.log'));
    for (const { pushgateway } of stacks) {
      await fetch(`${pushgateway}/metrics/job/j`, { method: 'PUT', body: 'probe 0\n' });
    }
    for (const file of files) {
      await until('the alert', () => readFileSync(file, 'utf8').includes(line), 30_000);
    }
    for (const stack of stacks) expect(stack.output()).not.toContain(line);
    for (const stack of stacks) expect(await stack.stop()).toBe(130);
    expect(stacks.map((stack) => stack.output().includes(line))).toEqual([false, true]);
    expect(files.map((file) => existsSync(file))).toEqual([true, false]);
  });

  test.concurrent('takes in what is pushed and remotely written, and says so under its job', async () => {
    const stack = await startStack({ ...quick, data: join(folder, 'data') });
    const cli = startCli([
      ...['simulate', '-g', stack.pushgateway, '--instance', 'demo', '--duration', '3s'],
      ...['--interval', '1s', '--warmup', '0', '--quiet'],
    ]);
    expect((await cli.exited).code).toBe(0);
    const found = await until('the scrape', async () => {
      const expr = 'count by (job, instance) (ragmon_job_last_success_timestamp_seconds) or up';
      const answer = await fetch(
        `${stack.prometheus}/api/v1/query?${new URLSearchParams({ query: expr })}`,
      );
      const { data } = (await answer.json()) as {
        data: { result: { metric: Record<string, string> }[] };
      };
      const names = data.result.map(({ metric: { job, instance } }) =>
        `${job} ${instance}`.replace(/127.*/, 'local'),
      );
      return names.length === 6 && names.sort();
    });
    expect(found).toEqual([
      'alertmanager local',
      'chatapi demo',
      'docstore demo',
      'prometheus local',
      'pushgateway local',
      'vectorlens demo',
    ]);
    // Not a body that it could read, but it would.
    const write = await fetch(`${stack.prometheus}/api/v1/write`, { method: 'POST', body: 'x' });
    expect(write.status).toBe(400);
    const flags = await (await fetch(`${stack.prometheus}/api/v1/status/runtimeinfo`)).json();
    expect(flags).toMatchObject({ data: { storageRetention: '400d' } });
    expect(await stack.stop()).toBe(130);
    for (const name of ['pushgateway', 'prometheus/wal']) {
      expect(existsSync(join(folder, 'data', name)), name).toBe(true);
    }
  });

  test.concurrent('ends with a command, and as that did', async () => {
    const command = ['bash', '-c', 'echo "at $PUSHGATEWAY_URL and $PROMETHEUS_URL"; exit 7'];
    const { pushgateway, prometheus, output, ended } = await startStack({ ...quick, command });
    await until('its output', () => output().includes(`at ${pushgateway} and ${prometheus}`));
    expect(await ended()).toBe(7);
    await expect(fetch(prometheus)).rejects.toThrow();
  });

  test.concurrent('a signal lets the command end first, and what that started', async () => {
    // As npx: it passes no signal on.
    const parent = `trap : INT; "$0" -e "$1" & wait; wait`;
    const child = `
      setInterval(() => {}, 1000);
      process.on('SIGINT', async () => {
        console.log(await fetch(process.env.PUSHGATEWAY_URL).then(({ ok }) => ({ ok })));
        process.exit();
      });
      console.log('here');`;
    const command = ['bash', '-c', parent, process.execPath, child];
    const stack = await startStack({ ...quick, command });
    await until('the command', () => stack.output().includes('here'));
    expect(await stack.stop()).toBe(130);
    expect(stack.output()).toMatch(/^{ ok: true }$/m);
  });
});
