import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SYSTEM } from '../../src/env.js';
import { writeBlocks } from '../../src/history/series/tsdb.js';
import { JOB_LAST_SUCCESS, JOB_START } from '../../src/instruments/run-metrics.js';
import { SERVICES } from '../../src/services/catalogue.js';
import { rulesFor } from '../../src/stack/rules/rules.js';
import { ruleText } from '../../src/stack/rules/yaml.js';
import { createWorld } from '../../src/world/world.js';
import { startCli } from '../support/cli.js';
import { temporaryFolder, until } from '../support/processes.js';
import { needs } from '../support/servers.js';
import { type Stack, startStack } from '../support/stack.js';
import { startWebhook } from '../support/webhook.js';

const MINUTE = 60;
const HOUR = 3600;

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A rule as Prometheus tells of it. */
interface Told {
  readonly name: string;
  readonly type: 'recording' | 'alerting';
  readonly health: string;
  readonly lastError?: string;
  readonly state?: string;
}

needs(
  'promtool',
  'prometheus',
  'prometheus-pushgateway',
  'prometheus-alertmanager',
)('the stack', () => {
  test.concurrent('as shipped, every recording rule has data, and no alert is pending', async () => {
    const data = join(folder, 'data');
    await writeHistory(join(data, 'prometheus'));
    const stack = await startStack({ data, scrapeInterval: '1s' });
    await pushEnded(stack);
    const run = startCli(
      [
        ...['simulate', '-g', stack.pushgateway, '--instance', 'live', '--quiet'],
        ...['--duration', '40m', '--speed', '60', '--interval', '1s'],
        ...['--scrape-interval', '1s', '--warmup', '3s'],
      ],
      { timeoutMs: 180_000 },
    );
    const recordings = Object.values(rulesFor()).flatMap(({ groups }) =>
      groups.flatMap(({ rules }) => rules.flatMap((rule) => ('record' in rule ? rule.record : []))),
    );
    // Some are evaluated once a minute only.
    let empty: readonly string[] = recordings;
    await until(
      'data of every recording',
      async () => {
        const found = await Promise.all(empty.map((name) => valuesOf(stack, name)));
        empty = empty.filter((_, i) => !found[i]!.some(Number.isFinite));
        return empty.length === 0;
      },
      150_000,
    ).catch(() => expect(empty).toEqual([]));
    expect((await run.exited).code).toBe(0);

    const told = await rulesOf(stack);
    expect(told.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(
      told
        .filter(({ type }) => type === 'recording')
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...recordings].sort());
    // In two minutes few could fire; none may be about to.
    expect(
      told.filter(({ type }) => type === 'alerting').filter(({ state }) => state !== 'inactive'),
    ).toEqual([]);
    await stack.stop();
  }, 240_000);

  test.concurrent('tells of an error burst, and that it is over, and of nothing else', async () => {
    // World time, windows and waits all run thirty times as fast.
    const speed = 30;
    const alerts = join(folder, 'alerts');
    mkdirSync(alerts);
    for (const [name, file] of Object.entries(rulesFor({ scale: 1 / speed }))) {
      writeFileSync(join(alerts, name), ruleText(file));
    }
    const { url, messages } = await startWebhook();
    const quick = { scrapeInterval: '1s', groupWait: '1s', groupInterval: '1s' };
    const stack = await startStack({ ...quick, alerts, webhook: url });
    const run = startCli(
      [
        ...['simulate', '-g', stack.pushgateway, '--scenario', 'error-burst', '--quiet'],
        ...['--start', '2026-11-04T15:00:00Z', '--duration', '26m', '--speed', `${speed}`],
        ...['--interval', '1s', '--scrape-interval', '1s', '--warmup', '3s'],
      ],
      { timeoutMs: 180_000 },
    );
    const told = (status: string) =>
      messages.flatMap((message) =>
        message.alerts.filter((each) => each.status === status).map((each) => ({ message, each })),
      );
    await stack.until('the alert', () => told('firing').length > 0, 90_000);
    await stack.until('its end', () => told('resolved').length > 0, 90_000);
    expect((await run.exited).code).toBe(0);
    await stack.stop();

    const [firing, resolved] = [told('firing')[0]!, told('resolved')[0]!];
    const labels = { alertname: 'HighErrorRate', severity: 'critical', job: 'vectorlens' };
    expect([firing.message.receiver, firing.each.labels]).toEqual(['page', labels]);
    expect([resolved.message.receiver, resolved.each.labels]).toEqual(['page', labels]);
    expect(resolved.each.startsAt).toBe(firing.each.startsAt);
    const lasted = Date.parse(resolved.each.endsAt) - Date.parse(resolved.each.startsAt);
    // It holds for 15 minutes of the world, less those in which it is noticed.
    expect((lasted / 1000) * speed).toBeGreaterThan(5 * MINUTE);
    expect(firing.each.annotations.description).toMatch(
      /^[1-9]\d(\.\d+)?% of the requests to vectorlens failed in the last 5 minutes/,
    );
    expect(new Set(messages.flatMap((m) => m.alerts.map((a) => a.labels.alertname)))).toEqual(
      new Set(['HighErrorRate']),
    );
  }, 240_000);
});

/** Three days up to an hour ago: rules ask whether their windows are covered. */
async function writeHistory(data: string): Promise<void> {
  const to = Math.floor(Date.now() / 1000 / MINUTE) * MINUTE - 50 * MINUTE;
  await writeBlocks(
    {
      world: createWorld({ seed: 'ragmon', rate: 1, profile: 'daily' }),
      services: SERVICES,
      from: to - 73 * HOUR,
      to,
      step: 4 * MINUTE,
      instance: 'history',
      labels: {},
    },
    data,
    { ...SYSTEM, vars: process.env, now: () => Date.now() + 3 * HOUR * 1000 },
  );
}

/** The group of a job that ended well, ten minutes ago. */
async function pushEnded({ pushgateway }: Stack): Promise<void> {
  const end = Math.floor(Date.now() / 1000) - 10 * MINUTE;
  const times = { [JOB_START]: end - HOUR, [JOB_LAST_SUCCESS]: end };
  const body = Object.entries(times).map(
    ([name, time]) => `# TYPE ${name} gauge\n${name} ${time}\n`,
  );
  const url = `${pushgateway}/metrics/job/vectorlens/instance/ended`;
  expect((await fetch(url, { method: 'PUT', body: body.join('') })).status).toBe(200);
}

async function valuesOf(stack: Stack, query: string): Promise<number[]> {
  const { result } = await ask<{ result: { value: [number, string] }[] }>(
    stack,
    `query?${new URLSearchParams({ query })}`,
  );
  return result.map(({ value }) => Number(value[1]));
}

async function rulesOf(stack: Stack): Promise<readonly Told[]> {
  const { groups } = await ask<{ groups: { rules: Told[] }[] }>(stack, 'rules');
  return groups.flatMap(({ rules }) => rules);
}

async function ask<T>({ prometheus }: Stack, path: string): Promise<T> {
  const answer = await fetch(`${prometheus}/api/v1/${path}`);
  return ((await answer.json()) as { data: T }).data;
}
