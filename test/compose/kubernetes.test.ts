import { execFileSync } from 'node:child_process';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };
import { run } from '../../src/cli.js';
import { COMPOSE, composeFile, containerOf, manifests, read } from '../support/compose.js';
import { memoryEnv } from '../support/env.js';
import { spawnGuarded, temporaryFolder } from '../support/processes.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILES = readdirSync(join(COMPOSE, 'kubernetes')).filter(
  (name) => name.endsWith('.yaml') && !name.endsWith('.values.yaml'),
);
const all = FILES.flatMap((file) => manifests(file).map((document) => ({ file, document })));
const pods = all.filter(({ document }) => /^(Job|CronJob|Deployment)$/.test(document.kind));

test('every field is one of Kubernetes’ API, with a value of its type', async () => {
  const good = await typeErrors(all.map(({ document }) => document));
  expect(good).toEqual('');
  const job = manifests('load.job.yaml')[0]!;
  const wrong = [
    { ...job, specs: {} },
    { ...job, spec: { ...job.spec, completions: '4' } },
  ];
  const errors = await typeErrors(wrong);
  expect(errors.match(/error TS/g)).toHaveLength(2);
});

describe.each(pods)('$file, $document.kind', ({ document }) => {
  const container = containerOf(document);

  test('runs a version that compose.yaml knows', () => {
    const images = Object.values(composeFile().services).map(({ image }) => image);
    expect(images).toContain(container.image);
    const version = `:${manifest.version}`;
    if (container.image.startsWith('ragmon')) expect(container.image).toMatch(version);
  });

  test('may do no more than it has to', () => {
    expect(container).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: { requests: { cpu: expect.anything() }, limits: { memory: expect.anything() } },
    });
    const pod = JSON.stringify(document);
    expect(pod).toContain('"runAsNonRoot":true');
    expect(pod).toContain('"automountServiceAccountToken":false');
  });
});

describe('the load', () => {
  const [job] = manifests('load.job.yaml');
  const { args } = containerOf(job!);
  const at = (index: number) => [
    ...args.map((argument) => argument.replace('$(JOB_COMPLETION_INDEX)', `${index}`)),
    ...['--duration=1m', '--dry-run', '--json'],
  ];

  test('has a shard for each completion, and each knows its own start', () => {
    expect(job?.spec).toMatchObject({ completionMode: 'Indexed', completions: 4, parallelism: 4 });
    expect(args).toContain('--shard=$(JOB_COMPLETION_INDEX)/4');
    // `now` is another time in each pod.
    expect(args.join(' ')).toMatch(/--start=\d{4}-/);
  });

  test('the shards together are the one run', async () => {
    const shards = await Promise.all([0, 1, 2, 3].map((index) => jobs(at(index))));
    const whole = await jobs(at(0).map((it) => (it.startsWith('--shard') ? '--shard=0/1' : it)));
    expect(Object.keys(whole)).toHaveLength(3 * 8);
    expect(Object.assign({}, ...shards)).toEqual(whole);
    for (const shard of shards) expect(Object.keys(shard)).toHaveLength(3 * 2);
  });
});

describe('kube-prometheus-stack', () => {
  const values = parse(read('kubernetes/kube-prometheus-stack.values.yaml'));

  test('scrapes the gateway, keeping what jobs say of themselves', () => {
    const [monitor] = values.prometheus.additionalServiceMonitors;
    const service = all.find(({ document }) => document.kind === 'Service')?.document;
    expect(service).toMatchObject({
      metadata: { name: 'pushgateway', labels: monitor.selector.matchLabels },
      spec: { ports: [{ name: monitor.endpoints[0].port, port: 9091 }] },
    });
    expect(monitor.endpoints[0]).toMatchObject({ honorLabels: true, interval: '30s' });
    const { args } = containerOf(manifests('load.job.yaml')[0]!);
    expect(args).toContain(`--scrape-interval=${monitor.endpoints[0].interval}`);
    for (const { document } of all) {
      const text = JSON.stringify(document);
      if (text.includes('PUSHGATEWAY_URL')) expect(text).toContain('"http://pushgateway:9091"');
    }
  });

  test('keeps data as long as the stack of compose.yaml', () => {
    const { retention, tsdb } = values.prometheus.prometheusSpec;
    const { command } = composeFile().services.prometheus!;
    expect(command).toContain(`--storage.tsdb.retention.time=${retention}`);
    const { storage } = parse(read('prometheus/prometheus.yml'));
    expect(storage.tsdb.out_of_order_time_window).toBe(tsdb.outOfOrderTimeWindow);
  });

  test('gets every rule file whole, as values', () => {
    const folder = temporaryFolder();
    const files = ['ragmon.rules.yml', 'b.yml'].map((name) => join(folder, name));
    const rules = [
      '# Made.\ngroups:\n  - name: a\n    rules:\n      - record: a:b\n        expr: |-\n          sum(\n            up\n          )\n\n          > 0\n',
      '---\ngroups: [{ name: b, rules: [{ alert: B, expr: "up == 0" }] }]\n',
    ];
    for (const [i, file] of files.entries()) writeFileSync(file, rules[i]!);
    const output = execFileSync(join(COMPOSE, 'kubernetes/rules-values.sh'), files, {
      encoding: 'utf8',
    });
    expect(parse(output)).toEqual({
      additionalPrometheusRulesMap: { 'ragmon-rules': parse(rules[0]!), b: parse(rules[1]!) },
    });
  });
});

/** What each job of a dry run did, by service and number. */
async function jobs(argv: string[]): Promise<Record<string, object>> {
  const env = memoryEnv(argv);
  expect({ code: await run(env), err: env.err() }).toEqual({ code: 0, err: '' });
  const { truth } = JSON.parse(env.out());
  return Object.fromEntries(
    Object.entries<{ job: number; increments: object }[]>(truth.services).flatMap(
      ([service, list]) => list.map(({ job, increments }) => [`${service} ${job}`, increments]),
    ),
  );
}

/** What TypeScript has against manifests, by the types that are made from Kubernetes' own schema. */
async function typeErrors(documents: readonly { apiVersion: string; kind: string }[]) {
  const folder = temporaryFolder();
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const lines = documents.map(({ apiVersion, kind, ...rest }, i) => {
    const group = apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`;
    const literal = JSON.stringify({ apiVersion, kind, ...rest });
    return `export const d${i}: import('kubernetes-types/${group}').${kind} = ${literal};`;
  });
  writeFileSync(join(folder, 'manifests.ts'), lines.join('\n'));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const flags = ['--noEmit', '--strict', '--module', 'esnext', '--moduleResolution', 'bundler'];
  const checked = spawnGuarded(
    process.execPath,
    [tsc, ...flags, '--skipLibCheck', '--types', '', 'manifests.ts'],
    { cwd: folder, folders: [folder] },
  );
  await checked.exited;
  return checked.output();
}
