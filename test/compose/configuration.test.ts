import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { COMPOSE, composeFile, read } from '../support/compose.js';
import { spawnGuarded, temporaryFolder } from '../support/processes.js';
import { needs } from '../support/servers.js';

const prometheus = parse(read('prometheus/prometheus.yml'));
const { services } = composeFile({});
const ALERTS = resolve(COMPOSE, '../alerts');
const DASHBOARDS = resolve(COMPOSE, '../dashboards');
const RULE = 'groups: [{ name: g, rules: [{ alert: A, expr: "up == 0" }] }]\n';

describe('prometheus.yml', () => {
  test('finds the project’s rules, in the repository and in its container', () => {
    const [pattern] = prometheus.rule_files;
    const mounts = (services.prometheus?.volumes ?? []).map((volume) => volume.split(':'));
    const [, config] = /--config\.file=(\S+)/.exec(String(services.prometheus?.command)) ?? [];
    const inside = (path: string) => {
      const [from, to] = mounts.find(([, to]) => path.startsWith(`${to}/`))!;
      return resolve(COMPOSE, from!, path.slice(to!.length + 1));
    };
    expect(inside(config!.split(',')[0]!)).toBe(join(COMPOSE, 'prometheus/prometheus.yml'));
    expect(inside(resolve('/etc/ragmon/compose/prometheus', pattern))).toBe(
      resolve(COMPOSE, '../alerts/*.yml'),
    );
    expect(resolve(COMPOSE, 'prometheus', pattern)).toBe(resolve(COMPOSE, '../alerts/*.yml'));
  });

  test('keeps the labels of what was pushed', () => {
    const job = prometheus.scrape_configs.find(
      ({ job_name }: { job_name: string }) => job_name === 'pushgateway',
    );
    expect(job.honor_labels).toBe(true);
    // Alerts and dashboards find the gateway itself under this job.
    expect(job.static_configs[0].targets).toEqual(['pushgateway:9091']);
  });

  test('its scrape interval is that of the simulation and of Grafana', () => {
    const { scrape_interval, evaluation_interval } = prometheus.global;
    expect(evaluation_interval).toBe(scrape_interval);
    expect(services.ragmon?.command).toContain(`--scrape-interval ${scrape_interval}`);
    expect(datasources()[0].jsonData.timeInterval).toBe(scrape_interval);
  });

  test('asks servers of compose.yaml on the ports on which they listen', () => {
    const hosts = [...read('prometheus/prometheus.yml').matchAll(/targets: \["(.+)"\]/g)];
    expect(hosts.map(([, host]) => host)).toEqual([
      'alertmanager:9093',
      'pushgateway:9091',
      '127.0.0.1:9090', // Itself.
      'alertmanager:9093',
    ]);
    for (const name of ['alertmanager', 'pushgateway']) {
      const port = hosts.map(([, host]) => host!.split(':')).find(([host]) => host === name)![1];
      expect(services[name]?.ports?.[0]).toMatch(new RegExp(`:${port}$`));
    }
  });
});

needs('promtool')('promtool', () => {
  test('takes the configuration, with its rules', async () => {
    const folder = repository(RULE);
    const { code, output } = await promtool(folder);
    expect(output).toContain('1 rule files found');
    expect(output).toMatch(/SUCCESS: 1 rules found/);
    expect(code).toBe(0);
  });

  test('takes it with the project’s rules', async () => {
    const { code, output } = await promtool(resolve(COMPOSE, '..'));
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output.match(/SUCCESS: [1-9]\d* rules found/g)).toHaveLength(
      readdirSync(ALERTS).filter((name) => name.endsWith('.yml')).length,
    );
  });

  test('would notice a rule that is wrong', async () => {
    const folder = repository(RULE.replace('up ==', 'up ='));
    expect((await promtool(folder)).code).toBe(1);
  });
});

needs('amtool')('Alertmanager’s configuration', () => {
  const config = join(COMPOSE, 'alertmanager/alertmanager.yml');
  const amtool = (...args: string[]) =>
    execFileSync('amtool', args, { encoding: 'utf8', stdio: 'pipe' });

  test('is valid', () => {
    expect(amtool('check-config', config)).toContain('SUCCESS');
  });

  test('and so are its examples', () => {
    const file = join(temporaryFolder(), 'alertmanager.yml');
    const lines = read('alertmanager/alertmanager.yml').split('\n');
    writeFileSync(file, lines.map((line) => line.replace(/^ {4}# /, '    ')).join('\n'));
    expect(Object.keys(receiver('page', file))).toContain('slack_configs');
    expect(Object.keys(receiver('ticket', file))).toContain('email_configs');
    expect(amtool('check-config', file)).toContain('SUCCESS');
  });

  test.each([
    ['critical', 'page'],
    ['page', 'page'],
    ['warning', 'ticket'],
    ['ticket', 'ticket'],
    ['info', 'ticket'],
    ['none', 'ticket'],
  ])('%s goes to %s', (severity, expected) => {
    const [file, labels] = [`--config.file=${config}`, `severity=${severity}`];
    const found = amtool('config', 'routes', 'test', file, labels, 'alertname=A', 'job=vectorlens');
    expect(found.trim()).toBe(expected);
  });

  test('names alerts that there are', () => {
    const files = readdirSync(ALERTS).filter((name) => name.endsWith('.yml'));
    const rules = files.map((name) => readFileSync(join(ALERTS, name), 'utf8')).join('\n');
    const { inhibit_rules } = parse(read('alertmanager/alertmanager.yml'));
    const names = [...JSON.stringify(inhibit_rules).matchAll(/alertname=~?\\"([\w|]+)/g)].flatMap(
      ([, list]) => list!.split('|'),
    );
    expect(names).toContain('PushgatewayDown');
    for (const name of names) expect(rules).toMatch(new RegExp(`alert: ${name}$`, 'm'));
  });

  test('every receiver is told when it is over', () => {
    const { receivers } = parse(read('alertmanager/alertmanager.yml'));
    for (const { webhook_configs } of receivers) {
      expect(webhook_configs).toEqual([{ url: 'http://webhook:8080/alerts', send_resolved: true }]);
    }
    expect(services.webhook?.entrypoint).toContain('8080');
  });
});

describe('Grafana’s provisioning', () => {
  const { environment = {}, volumes = [] } = services.grafana!;
  const mounted = new Map(
    volumes.map((volume) => volume.split(':')).map(([from, to]) => [to, from]),
  );

  test('is where Grafana looks', () => {
    for (const kind of ['datasources', 'dashboards']) {
      const from = mounted.get(`/etc/grafana/provisioning/${kind}`)!;
      expect(existsSync(join(COMPOSE, from, 'ragmon.yaml')), kind).toBe(true);
    }
  });

  test('its variables are in the environment', () => {
    for (const kind of ['datasources', 'dashboards']) {
      const text = read(`grafana/provisioning/${kind}/ragmon.yaml`).replaceAll(/^\s*#.*$/gm, '');
      const names = [...text.matchAll(/\$(\w+)/g)].map(([, name]) => name!);
      expect(names.length).toBeGreaterThan(0);
      for (const name of names) expect(environment).toHaveProperty(name);
    }
  });

  test('its data sources are the stack’s servers', () => {
    expect(datasources()).toMatchObject([
      { type: 'prometheus', uid: 'prometheus', isDefault: true, editable: false },
      { type: 'alertmanager', uid: 'alertmanager', jsonData: { implementation: 'prometheus' } },
    ]);
    expect(datasources().map(({ url }) => environment[url.slice(1)])).toEqual([
      'http://prometheus:9090',
      'http://alertmanager:9093',
    ]);
  });

  test('its dashboards are the project’s, and one of them the first page', () => {
    const [provider] = parse(read('grafana/provisioning/dashboards/ragmon.yaml')).providers;
    expect(provider).toMatchObject({ type: 'file', allowUiUpdates: false });
    const folder = environment[provider.options.path.slice(1)]!;
    expect(mounted.get(folder)).toBe('../dashboards');
    expect(environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH).toBe(
      `${folder}/rag-monitoring.json`,
    );
  });

  test('its first page is there', () => {
    expect(existsSync(join(DASHBOARDS, 'rag-monitoring.json'))).toBe(true);
  });
});

interface Datasource {
  type: string;
  uid: string;
  url: string;
  jsonData: Record<string, unknown>;
}

function datasources(): [Datasource, ...Datasource[]] {
  return parse(read('grafana/provisioning/datasources/ragmon.yaml')).datasources;
}

function receiver(name: string, file: string): object {
  const { receivers } = parse(readFileSync(file, 'utf8'));
  return receivers.find((each: { name: string }) => each.name === name);
}

/** A folder with compose/ as here, and one file in alerts/. */
function repository(rules: string): string {
  const folder = temporaryFolder();
  cpSync(join(COMPOSE, 'prometheus'), join(folder, 'compose/prometheus'), { recursive: true });
  mkdirSync(join(folder, 'alerts'));
  writeFileSync(join(folder, 'alerts/a.yml'), rules);
  return folder;
}

async function promtool(folder: string) {
  const file = join(folder, 'compose/prometheus/prometheus.yml');
  const check = spawnGuarded('promtool', ['check', 'config', file]);
  const { code } = await check.exited;
  return { code, output: check.output() };
}
