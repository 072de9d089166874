import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli.js';
import { scenarioYaml } from '../../src/commands/scenarios/write.js';
import { findScenario } from '../../src/world/scenarios.js';
import { runCli, startCli } from '../support/cli.js';
import { memoryEnv } from '../support/env.js';
import { spawnGuarded, temporaryFolder, until } from '../support/processes.js';
import { needs } from '../support/servers.js';

const BIN = new URL('../../bin/ragmon.js', import.meta.url).pathname;
const PLAIN = ['--seed', 'forms', '--rate', '0.2'];
const WORLD = [...PLAIN, '--scenario', 'none'];
const DATED = ['--from', '2026-02-03', '--to', '2026-02-03', ...WORLD];

async function backfill(args: string[], startsAt = '2026-03-02T00:30:00Z') {
  const env = memoryEnv(['backfill', ...args], { startsAt });
  const code = await run(env);
  return { code, out: env.out(), err: env.err(), files: env.files };
}

async function rowOf(...columns: string[]): Promise<number[]> {
  const { out } = await backfill([...DATED, '-o', '-', '-q', '--columns', columns.join(',')]);
  return out.split('\n')[1]!.split(',').slice(1).map(Number);
}

describe('events', () => {
  test('add up to the row of their day', { timeout: 60_000 }, async () => {
    const { code, files, out } = await backfill([...DATED, '--format', 'events']);
    expect({ code, files: [...files.keys()] }).toEqual({
      code: 0,
      files: ['rag_events_1d.ndjson'],
    });
    const events = files.get('rag_events_1d.ndjson')!.trimEnd().split('\n');
    const all = events.map((line) => JSON.parse(line));
    const sum = (field: string) => all.reduce((total, event) => total + event[field], 0);
    const [requests, cost, read, write] = await rowOf(
      ...['requests', 'llm_cost', 'documentstore_cost_dollars_read'],
      'documentstore_cost_dollars_write',
    );
    expect(all).toHaveLength(requests!);
    expect(sum('llm_usage_cost')).toBeCloseTo(cost!, 8);
    expect(sum('docstore_usage_cost')).toBeCloseTo(read! + write!, 8);
    const shown = requests!.toLocaleString('en-US');
    expect(out).toBe(
      `rag_events_1d.ndjson: ${shown} requests, 2026-02-03 UTC, seed forms, scenario none\n`,
    );
  });

  test('their fields are a table of BigQuery', async () => {
    const { files, out } = await backfill([
      ...['--format', 'events', '--rate', '0.01', '--bigquery-schema', 's.json'],
    ]);
    const schema: { name: string; mode: string }[] = JSON.parse(files.get('s.json')!);
    const events = files
      .get('rag_events_1d.ndjson')!
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const event of events) {
      expect(Object.keys(event)).toEqual(schema.map(({ name }) => name));
      for (const { name, mode } of schema) {
        if (event[name] === null) expect([name, mode]).toEqual([name, 'NULLABLE']);
      }
    }
    expect(out).toContain('also written: s.json');
  });

  test('of yesterday, where no days are named; also to stdout', async () => {
    const { out, err } = await backfill(['--format', 'events', '-o', '-', '--rate', '0.01']);
    const days = new Set([...out.matchAll(/"event_trigger_time":"(.{10})/g)].map(([, day]) => day));
    expect([...days]).toEqual(['2026-03-01']);
    expect(err).toMatch(/^stdout: [\d,]+ requests, 2026-03-01 UTC/);
  });
});

test('days that are not over are said to be none of the past', async () => {
  const { code, err, out } = await backfill([
    '--from',
    '2026-03-01',
    '--to',
    '2026-03-02',
    '-o',
    '-',
  ]);
  expect([code, out.split('\n').length]).toEqual([0, 4]);
  expect(err).toMatch(
    /^ragmon: not all of these days are over: the rest is what they will bring\n/,
  );
  expect((await backfill(['--days', '1', '-o', '-'])).err).toMatch(/^stdout: 1 day/);
});

test('a scenario of other days is said to leave no trace', async () => {
  const { code, err } = await backfill(['--scenario', 'error-burst@2025-03-01', '--days', '9']);
  expect([code, err]).toEqual([
    0,
    'ragmon: no incident of error-burst@2025-03-01 is in these days\n',
  ]);
});

test('the truth beside the data names prices that change meanwhile', async () => {
  const days = ['--from', '2026-08-01', '--to', '2026-09-02', '-o', 'x', '--events', 'e.json'];
  const { files } = await backfill(days, '2026-10-01T00:00:00Z');
  expect(JSON.parse(files.get('e.json')!).prices).toEqual([
    { from: '2026-09-01', model: 'claude-sonnet', input: 2, output: 10 },
  ]);
});

describe('a chart beside the rows', () => {
  test('is named as they are, or as it is told; and shows them', async () => {
    const { files, out } = await backfill([
      ...['--days', '40', '--scenario', 'error-burst@2026-02-20', '--chart'],
    ]);
    expect([...files.keys()]).toEqual(['rag_metrics_40d.csv', 'rag_metrics_40d.svg']);
    const svg = files.get('rag_metrics_40d.svg')!;
    expect(svg).toMatch(/^<svg/);
    expect(svg).toContain('error-burst');
    expect(out).toContain('also written: rag_metrics_40d.svg');
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'x.csv'), files.get('rag_metrics_40d.csv')!);
    writeFileSync(
      join(cwd, 'e.json'),
      (
        await backfill([
          ...['--days', '40', '--scenario', 'error-burst@2026-02-20', '--events', 'e'],
        ])
      ).files.get('e')!,
    );
    const later = await runCli(['chart', 'x.csv', '--events', 'e.json', '-o', 'x.svg'], { cwd });
    expect(later).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(cwd, 'x.svg'), 'utf8')).toBe(svg);
    const page = await backfill(['--days', '3', '-o', '-', '--chart', 'year.html']);
    expect(page.files.get('year.html')).toMatch(/^<!doctype html>/);
  });
});

describe('wrong usage: exit 2, one clear line, nothing written', () => {
  test.each([
    [['--format', 'events', '--columns', 'all'], '--columns goes with --format csv, ndjson, parq'],
    [['--format', 'tsdb', '-o', 'x', '--chart'], '--chart goes with --format csv'],
    [['--step', '5m'], '--step goes with --format openmetrics, tsdb, not with csv'],
    [['--label', 'a=b'], '--label goes with'],
    [['--format', 'events', '--instance', 'a'], '--instance goes with'],
    [['--format', 'tsdb'], '--format tsdb needs the data directory of a Prometheus: -o <folder>'],
    [['--format', 'tsdb', '-o', '-'], '--format tsdb needs the data directory'],
    [['--format', 'openmetrics', '--step', '1.5s'], '--step: world time has a grid of one second'],
    [['--format', 'openmetrics', '--label', 'le=1'], '--label: '],
    [['--format', 'openmetrics', '-o', '-'], 'samples are too many for one text'],
    [['--format', 'openmetrics', '--from', '2026-03-02', '--to', '2026-03-04'], 'are not over'],
    [['--chart', 'year.gif'], '--chart: "year.gif" does not say which format'],
    [
      ['--chart', '--columns', 'requests'],
      '--chart draws docstore_cost, which --columns leaves out',
    ],
    [['--chart', 'x.svg', '--events', 'x.svg'], '--events: another file is to be written to x.svg'],
  ])('%j', async (args, message) => {
    const result = await backfill(args);
    expect(result.code).toBe(2);
    expect(result.err).toContain(message);
    expect(result.err.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    expect([result.out, result.files.size]).toEqual(['', 0]);
  });
});

describe('openmetrics', () => {
  const args = ['backfill', '--format', 'openmetrics', '--step', '5m', ...DATED];

  test('a folder of windows; the same command finds them, another is refused', async () => {
    const cwd = temporaryFolder();
    const first = await runCli([...args, '--instance', 'a', '--label', 'team=x'], { cwd });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(
      /^rag_openmetrics_1d: [\d,]+ samples of 328 series, 2026-02-03 00:00 to 2026-02-04 00:00 UTC, step 5m, /,
    );
    const folder = join(cwd, 'rag_openmetrics_1d');
    const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
    expect(files.length).toBeGreaterThan(4);
    const text = readFileSync(join(folder, files.at(-1)!), 'utf8');
    expect(text.endsWith('\n# EOF\n')).toBe(true);
    const [requests] = await rowOf('requests');
    const last = [...text.matchAll(/^vectorlens_request_total\{(.*)\} (\d+) 1770163200$/gm)];
    expect(last.reduce((sum, [, , value]) => sum + Number(value), 0)).toBe(requests);
    for (const [, labels] of last) {
      expect(labels).toMatch(/instance="a",job="vectorlens",status="\w+",team="x"$/);
    }
    const again = await runCli([...args, '--instance', 'a', '--label', 'team=x'], { cwd });
    expect(again.stdout).toContain(`${files.length} of ${files.length} windows were there already`);
    const other = await runCli([...args, '--instance', 'b', '--label', 'team=x'], { cwd });
    expect(other).toMatchObject({ code: 2, stdout: '' });
    expect(other.stderr).toContain('rag_openmetrics_1d holds another history');
  });

  test('stopped by a signal: whole windows only; the same command goes on, also later', async () => {
    const cwd = temporaryFolder();
    const long = ['backfill', '--format', 'openmetrics', '--days', '90', '-o', 'h', ...WORLD];
    const running = startCli(long, { cwd });
    const folder = join(cwd, 'h');
    await until(
      'a window',
      () => existsSync(folder) && readdirSync(folder).some((f) => f.endsWith('.txt')),
    );
    running.kill('SIGINT');
    const { code, stderr } = await running.exited;
    expect(code).toBe(130);
    const said = /^ragmon: stopped by SIGINT: (\d+) of (\d+) windows are in h; the same command/;
    const [, done, all] = said.exec(stderr)!;
    const files = readdirSync(folder);
    expect(files.filter((name) => name.endsWith('.txt'))).toHaveLength(Number(done));
    expect(files.filter((name) => name.startsWith('.'))).toEqual([]);
    expect(Number(done)).toBeLessThan(Number(all));
    // What was begun at one time is gone on with at another.
    const marker = JSON.parse(readFileSync(join(cwd, 'h', 'ragmon-history.json'), 'utf8'));
    expect(Date.parse(marker.begun)).toBeGreaterThan(marker.to * 1000 + 3 * 3600e3 - 1);
  });

  test('a folder that cannot be made, and one that is a file', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'file'), 'mine');
    const isFile = await runCli([...args, '-o', 'file'], { cwd });
    expect(isFile).toMatchObject({ code: 2, stdout: '' });
    expect(isFile.stderr).toContain('ragmon: cannot write to file: EEXIST');
    const nowhere = await runCli([...args, '-o', 'file/sub'], { cwd });
    expect(nowhere).toMatchObject({ code: 2, stdout: '' });
    expect(nowhere.stderr).toMatch(/^ragmon: cannot write to file\/sub: ENOTDIR/);
    expect(readFileSync(join(cwd, 'file'), 'utf8')).toBe('mine');
  });

  test('one text on stdout; a pipe that closes ends it', { timeout: 60_000 }, async () => {
    const whole = await runCli([...args, '-o', '-', '--instance', 'a']);
    expect(whole.code).toBe(0);
    expect(whole.stdout.endsWith('\n# EOF\n')).toBe(true);
    expect(whole.stderr).toMatch(/^stdout: [\d,]+ samples of 328 series, /);
  });
});

const TSDB = ['backfill', '--format', 'tsdb', '--step', '5m', ...DATED];

needs('promtool')('tsdb', () => {
  test('blocks, and what to do with them', { timeout: 60_000 }, async () => {
    const cwd = temporaryFolder();
    const result = await runCli([...TSDB, '-o', 'data', '--json'], { cwd });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(result.stdout)).toMatchObject({
      ...{ file: 'data', format: 'tsdb', seed: 'forms', scenario: 'none', step: 300, series: 328 },
      ...{ from: '2026-02-03T00:00:00.000Z', to: '2026-02-04T00:00:00.000Z', samples: 289 * 328 },
    });
    const listed = execFileSync('promtool', ['tsdb', 'list', join(cwd, 'data')], {
      encoding: 'utf8',
    });
    const samples = listed
      .trimEnd()
      .split('\n')
      .slice(1)
      .reduce((sum, line) => sum + Number(line.split(/ +/)[4]), 0);
    expect(samples).toBe(289 * 328);
    const ledger = JSON.parse(readFileSync(join(cwd, 'data', 'ragmon-ledger.json'), 'utf8'));
    expect(ledger.history.groups).toHaveLength(3);
    const again = await runCli([...TSDB, '-o', 'data'], { cwd });
    expect(again.stdout).toContain('windows were there already');
    expect(again.stdout).toContain(
      'go on live: ragmon simulate --continue data/ragmon-ledger.json',
    );
    expect(again.stdout).toContain('--storage.tsdb.retention.time=');
  });
});

needs('promtool')('tsdb of a scenario of one’s own', () => {
  test('the command that goes on names the file that was given, and is accepted', {
    timeout: 60_000,
  }, async () => {
    const cwd = temporaryFolder();
    const mine = scenarioYaml({ ...findScenario('error-burst')!, name: 'other-name' });
    writeFileSync(join(cwd, 'mine.yaml'), mine);
    writeFileSync(join(cwd, "my wife's.yaml"), mine.replace('other-name', 'another'));
    const args = [
      ...['--scenario', "mine.yaml@2026-02-03T10:00:00Z, my wife's.yaml@2026-02-03T12:00:00Z"],
      ...['--scenario', 'year'],
    ];
    const days = ['--from', '2026-02-03', '--to', '2026-02-03', ...PLAIN];
    const { code, stdout } = await runCli(
      ['backfill', '--format', 'tsdb', '--step', '5m', ...days, '-o', 'my data', ...args],
      { cwd },
    );
    expect(code).toBe(0);
    const [, command = ''] = /^go on live: ragmon (.*)$/m.exec(stdout) ?? [];
    expect(command).toBe(
      "simulate --continue 'my data/ragmon-ledger.json' " +
        "--scenario 'mine.yaml@2026-02-03T10:00:00Z,my wife'\\''s.yaml@2026-02-03T12:00:00Z,year'",
    );
    expect(stdout).toContain("prometheus --storage.tsdb.path='my data' --storage");
    const given = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' });
    const live = ['--dry-run', '-d', '1s', '--start', '2026-02-04T00:00:00Z', '--json'];
    expect(await runCli([...given.trimEnd().split('\n'), ...live], { cwd })).toMatchObject({
      code: 0,
    });
  });
});

describe('tsdb without promtool', () => {
  test('promtool is missing: said before anything is made, with where to get it', async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'empty'));
    const result = await runCli([...TSDB, '-o', 'data'], {
      cwd,
      env: { PATH: join(cwd, 'empty') },
    });
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(
      /^ragmon: cannot run promtool, which makes the blocks\n.*prometh/,
    );
    expect(existsSync(join(cwd, 'data'))).toBe(false);
  });
});

describe('at its edges', () => {
  test('files beside the data are other files, however their paths are written', async () => {
    const cwd = temporaryFolder();
    symlinkSync('data.csv', join(cwd, 'link.csv'));
    for (const path of ['./data.csv', join(cwd, 'data.csv'), 'link.csv']) {
      const args = ['backfill', '--days', '1', '-o', 'data.csv', '--events', path];
      const result = await runCli(args, { cwd });
      expect(result).toMatchObject({ code: 2, stdout: '' });
      expect(result.stderr).toContain(`--events: another file is to be written to ${path}`);
    }
    expect(existsSync(join(cwd, 'data.csv'))).toBe(false);
  });

  test('a chart shows all days, also where nobody reads the rows to their end', async () => {
    const env = memoryEnv(['backfill', '--days', '30', '-o', '-', '--chart', 'x.svg'], {
      startsAt: '2026-03-02T00:30:00Z',
    });
    Object.assign(env.stdout, { room: async () => false });
    expect(await run(env)).toBe(0);
    expect(env.out()).toBe('date,requests,docstore_cost,llm_cost\n');
    expect(env.files.get('x.svg')).toContain('30 days');
    expect(env.err()).toBe('');
  });

  test('a reader who does not read does not keep a signal away', async () => {
    const cwd = temporaryFolder();
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    const script = `sleep 20 <pipe & exec "$0" "${BIN}" backfill --format events --days 9 -o - >pipe`;
    const shell = spawnGuarded('bash', ['-c', script, process.execPath], { cwd, env: process.env });
    await delay(3000);
    shell.kill('SIGTERM');
    await until('the word on it', () => shell.stderr().includes('stopped by SIGTERM'));
    shell.kill('SIGKILL');
    await shell.exited;
  });

  test.each([
    [['--scenario', 'year,year'], '--scenario: year is given twice'],
    [['--scenario', 'none,year'], '--scenario: none is a world without any other'],
    [['--format', 'events', '--rate', '1e6'], '--format events takes a --rate of up to 2000'],
    [['--format', 'tsdb', '-o', 'x', '--force'], '--force goes with --format csv, ndjson, parquet'],
    [
      ['--format', 'openmetrics', '--days', '1', '--step', '2d'],
      '--step is longer than these days',
    ],
    [['--from', '2026-03-02'], '2026-03-01 (yesterday) is before 2026-03-02 (--from)'],
  ])('wrong usage: %j', async (args, message) => {
    const { code, err, files } = await backfill(args);
    expect([code, err.includes(message), err, files.size]).toEqual([2, true, err, 0]);
  });

  test('windows of an unknown history are not taken for this one’s', async () => {
    const cwd = temporaryFolder();
    const args = ['backfill', '--format', 'openmetrics', '--step', '1h', ...DATED, '-o', 'h'];
    expect((await runCli(args, { cwd })).code).toBe(0);
    rmSync(join(cwd, 'h', 'ragmon-history.json'));
    const again = await runCli([...args, '--seed', 'other'], { cwd });
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toContain('h has windows of an unknown history: openmetrics-20260203T');
  });

  test('two at once in one folder: one of them says who is there; what was killed leaves nothing', async () => {
    const cwd = temporaryFolder();
    const folder = join(cwd, 'h');
    const args = ['backfill', '--format', 'openmetrics', '--days', '60', '-o', 'h', ...WORLD];
    const first = startCli(args, { cwd });
    await until(
      'the lock',
      () => existsSync(folder) && readdirSync(folder).includes('.ragmon-lock'),
    );
    const second = await runCli(args, { cwd });
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toContain(`another ragmon is at work in h (process ${first.pid})`);
    first.kill('SIGKILL');
    await first.exited;
    mkdirSync(join(folder, '.ragmon-left'));
    const third = startCli(args, { cwd });
    await until('its start', () => !existsSync(join(folder, '.ragmon-left')));
    third.kill('SIGINT');
    expect((await third.exited).code).toBe(130);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('the same command goes on, with the truth beside it', { timeout: 60_000 }, async () => {
    const cwd = temporaryFolder();
    const args = ['backfill', '--format', 'openmetrics', '--step', '6h', ...DATED];
    const beside = ['-o', 'h', '--events', 'e.json'];
    for (const _ of [1, 2]) expect((await runCli([...args, ...beside], { cwd })).code).toBe(0);
    writeFileSync(join(cwd, 'e.json'), 'mine');
    const other = await runCli([...args, ...beside], { cwd });
    expect(other.stderr).toContain('e.json is there already');
  });
});
