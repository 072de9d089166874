import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli.js';
import { yearIncidents } from '../../src/world/year.js';
import { runCli, startCli } from '../support/cli.js';
import { type MemoryOptions, memoryEnv } from '../support/env.js';
import { spawnGuarded, temporaryFolder, until } from '../support/processes.js';

const STARTS = { startsAt: '2026-03-02T00:30:00Z' };

async function backfill(args: string[], options: MemoryOptions = {}) {
  const env = memoryEnv(['backfill', ...args], { ...STARTS, ...options });
  const code = await run(env);
  return { code, out: env.out(), err: env.err(), files: env.files };
}

/** Cells of the rows, without the header. */
function rowsOf(text: string): string[][] {
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
}

/** The sum of plain decimals in billionths, digit by digit. */
function sumOf(cells: string[]): bigint {
  return cells.reduce((sum, cell) => {
    const [whole = '', rest = ''] = cell.split('.');
    return sum + BigInt(whole + rest.padEnd(9, '0'));
  }, 0n);
}

describe('the file', () => {
  test('a year up to yesterday, a row a day, oldest first; its sums are those of its rows', async () => {
    const { code, out, err, files } = await backfill([]);
    expect({ code, err, files: [...files.keys()] }).toEqual({
      code: 0,
      err: '',
      files: ['rag_metrics_1yr.csv'],
    });
    const text = files.get('rag_metrics_1yr.csv')!;
    expect(text).toMatch(/^date,requests,docstore_cost,llm_cost\n2025-03-02,/);
    const rows = rowsOf(text);
    expect(rows).toHaveLength(365);
    expect(rows.at(-1)![0]).toBe('2026-03-01');
    rows.forEach(([date = '', ...cells], i) => {
      expect(Date.parse(date)).toBe(Date.UTC(2025, 2, 2 + i));
      expect(cells.join()).toMatch(/^\d+,\d+(\.\d{1,9})?,\d+(\.\d{1,9})?$/);
    });
    const shown = [...out.matchAll(/^(\w+) +([\d.]+)$/gm)].map(([, name, sum]) => [name, sum!]);
    expect(shown.map(([name]) => name)).toEqual(['requests', 'docstore_cost', 'llm_cost']);
    shown.forEach(([, sum], i) => {
      expect(sumOf([sum!])).toBe(sumOf(rows.map((row) => row[i + 1]!)));
    });
    expect(out).toContain('365 days, 2025-03-02 to 2026-03-01 UTC, seed ragmon');
  });

  test('30 days asked for are the last 30 of 60, whichever way they are asked for', async () => {
    const options = ['-o', '-', '--seed', 'range'];
    const long = await backfill(['--days', '60', ...options]);
    const short = await backfill(['--days', '30', ...options]);
    const dated = await backfill(['--from', '2026-01-31', '--to', '2026-03-01', ...options]);
    const ended = await backfill(['--end', '2026-03-01', '--days', '30', ...options], {
      startsAt: '2027-01-01T00:00:00Z',
    });
    expect(rowsOf(short.out)).toEqual(rowsOf(long.out).slice(-30));
    expect([dated.out, ended.out]).toEqual([short.out, short.out]);
    expect(short.err).toContain('stdout: 30 days, 2026-01-31 to 2026-03-01 UTC, seed range');
    expect(rowsOf((await backfill(['--days', '30', '-o', '-'])).out)).not.toEqual(
      rowsOf(short.out),
    );
  });

  test('its name says how long it is and what it holds', async () => {
    const { files } = await backfill(['--days', '2', '--format', 'ndjson']);
    expect([...files.keys()]).toEqual(['rag_metrics_2d.ndjson']);
    expect(files.get('rag_metrics_2d.ndjson')!.split('\n')).toHaveLength(3);
    const quiet = await backfill(['--days', '1', '--format', 'parquet', '-q', '-o', 'x']);
    expect(quiet).toMatchObject({ code: 0, out: '', err: '' });
    expect(quiet.files.get('x')).toMatch(/^PAR1.*PAR1$/s);
  });

  test('one that is there is kept, unless --force; nothing is written beside it either', async () => {
    const files = { 'rag_metrics_3d.csv': 'mine', 'events.json': 'mine' };
    const kept = await backfill(['--days', '3', '--bigquery-schema', 's.json'], { files });
    expect(kept.code).toBe(2);
    expect(kept.err).toMatch(/^ragmon: rag_metrics_3d\.csv is there already\n.*--force\n$/);
    expect([...kept.files]).toEqual(Object.entries(files));
    const beside = await backfill(['--days', '3', '-o', 'new', '--events', 'events.json'], {
      files,
    });
    expect(beside.err).toContain('events.json is there already');
    expect(beside.files.has('new')).toBe(false);
    const forced = await backfill(['--days', '3', '--force'], { files });
    expect(forced.code).toBe(0);
    expect(forced.files.get('rag_metrics_3d.csv')).toMatch(/^date,/);
  });

  test('--json: one document; money is text, and exact', async () => {
    const args = ['--days', '2', '--columns', 'llm_cost,requests', '--json'];
    const { out, files } = await backfill(args, { vars: { RAGMON_SEED: 'abc' } });
    const rows = rowsOf(files.get('rag_metrics_2d.csv')!);
    const document = JSON.parse(out);
    expect(document).toMatchObject({
      ...{ file: 'rag_metrics_2d.csv', format: 'csv', seed: 'abc', scenario: 'year' },
      ...{ from: '2026-02-28', to: '2026-03-01', days: 2 },
      columns: ['date', 'llm_cost', 'requests'],
      sums: { requests: Number(rows[0]![2]) + Number(rows[1]![2]) },
    });
    expect(sumOf([document.sums.llm_cost])).toBe(sumOf(rows.map((row) => row[1]!)));
  });
});

describe('the world', () => {
  test('a row is what the counters of a run over the same day rise by', {
    timeout: 60_000,
  }, async () => {
    const day = ['--seed', 'equal', '--rate', '3'];
    const { out } = await backfill([
      ...['--from', '2026-02-03', '--to', '2026-02-03', '-o', '-', '--columns', 'all', ...day],
      ...['--scenario', 'error-burst@2026-02-03'],
    ]);
    const env = memoryEnv([
      ...['simulate', '--dry-run', '--json', '--start', '2026-02-03T00:00:00Z', '-d', '1d'],
      ...['--scenario', 'error-burst', ...day],
    ]);
    expect(await run(env)).toBe(0);
    const { services } = JSON.parse(env.out()).truth;
    const live = Object.entries(
      Object.assign(
        {},
        ...['vectorlens', 'docstore', 'chatapi'].map((s) => services[s][0].increments),
      ),
    ) as [string, number][];
    const total = (pattern: RegExp) =>
      live.reduce((sum, [id, value]) => sum + (pattern.test(id) ? value : 0), 0);
    const names = out.split('\n')[0]!.split(',');
    const cells = rowsOf(out)[0]!;
    const cell = (name: string) => Number(cells[names.indexOf(name)]);
    expect(cell('requests')).toBe(total(/^vectorlens_request_total/));
    expect(cell('docstore_cost')).toBeCloseTo(total(/^documentstore_cost_dollars_total/), 8);
    expect(cell('llm_cost')).toBeCloseTo(total(/^chatapi_cost_dollars_total/), 8);
    expect(cell('vectorlens_error_llm')).toBe(total(/^vectorlens_llm_error_total/));
    expect(cell('chatapi_error_server_error')).toBe(
      total(/^chatapi_error_total\{type="server_error"/),
    );
    expect(cell('chatapi_error_server_error')).toBeGreaterThan(100);
  });

  test('plays the year by default, as a live run of the scenario year does', async () => {
    const minute = Date.parse('2026-01-01T00:00:00Z') / 60_000;
    const all = yearIncidents('year', minute, minute + 90 * 1440);
    const one = all.find(({ name }) => name !== 'latency-spike')!;
    const date = new Date(one.from * 60_000).toISOString().slice(0, 10);
    const day = ['--from', date, '--to', date, '--seed', 'year', '-o', '-'];
    const { out } = await backfill([...day, '--columns', 'all']);
    expect((await backfill([...day, '--columns', 'all', '--scenario', 'year'])).out).toBe(out);
    expect((await backfill([...day, '--columns', 'all', '--scenario', 'none'])).out).not.toBe(out);

    const env = memoryEnv([
      ...['simulate', '--dry-run', '--json', '--start', `${date}T00:00:00Z`, '-d', '1d'],
      ...['--scenario', 'year', '--seed', 'year', '-s', 'vectorlens'],
    ]);
    expect(await run(env)).toBe(0);
    const { truth } = JSON.parse(env.out());
    expect(truth.options.scenario).toBe('year');
    expect(truth.incidents).toMatchObject([{ name: one.name, scenario: 'year' }]);
    const counters = Object.entries(truth.services.vectorlens[0].increments) as [string, number][];
    const requests = counters
      .filter(([id]) => id.startsWith('vectorlens_request_total'))
      .reduce((sum, [, value]) => sum + value, 0);
    const [header, cells] = out.split('\n').map((line) => line.split(','));
    expect(Number(cells![header!.indexOf('requests')])).toBe(requests);
  });

  test('incidents stand at their dates, whatever the range, and --events lists them', async () => {
    const scenario = ['--scenario', 'error-burst@2026-02-20T12:00:00Z,latency-spike@2026-02-03'];
    const play = async (...args: string[]) => {
      const { files } = await backfill([...args, '-o', 'x', '--events', 'e.json']);
      return { rows: rowsOf(files.get('x')!), ...JSON.parse(files.get('e.json')!) };
    };
    const calm = await play('--days', '30', '--scenario', 'none');
    const struck = await play('--days', '30', ...scenario);
    expect(calm.incidents).toEqual([]);
    expect(struck).toMatchObject({
      scenario: 'error-burst@2026-02-20T12:00:00Z,latency-spike@2026-02-03',
      start: '2026-01-31T00:00:00.000Z',
      end: '2026-03-02T00:00:00.000Z',
      incidents: [
        {
          ...{ name: 'latency-spike', scenario: 'latency-spike' },
          ...{ from: '2026-02-03T00:01:00.000Z', to: '2026-02-03T00:16:00.000Z' },
        },
        {
          ...{ name: 'error-burst', scenario: 'error-burst' },
          ...{ from: '2026-02-20T12:01:00.000Z', to: '2026-02-20T12:16:00.000Z' },
          change: { set: { 'chatapi.server_error': 0.7 } },
        },
      ],
    });
    const changed = struck.rows.filter(
      (row: string[], i: number) => row.join() !== calm.rows[i].join(),
    );
    expect(changed.map(([date]: string[]) => date)).toContain('2026-02-20');
    for (const [date] of changed) expect(['2026-02-03', '2026-02-20']).toContain(date);
    const later = await play('--days', '5', ...scenario);
    expect(later.incidents).toEqual([]);
    expect(later.rows).toEqual(struck.rows.slice(-5));
  });
});

describe('wrong usage: exit 2, one clear line, nothing written', () => {
  test.each([
    [['--days', '0'], '--days: "0" is not a whole number from 1 to 36525'],
    [['--days', '30', '--end', '1970-01-10'], 'begin before 1970'],
    [['--end', '2026-02-30'], '--end: "2026-02-30" is not a date'],
    [['--end', 'soon'], '--end: "soon" is not a date'],
    [['--to', '2026-02-03'], '--to is the last day after --from'],
    [['--from', '2026-02-03', '--days', '3'], '--from goes with --to'],
    [['--from', '2026-02-03', '--to', '2026-02-02'], 'is before 2026-02-03 (--from)'],
    [['--from', '1970-01-01', '--to', '2099-01-01'], 'longer than 100 years'],
    [['--columns', 'requests,cost'], '--columns: there is no column "cost"'],
    [['--columns', 'requests', '--columns', 'requests'], 'requests is given twice'],
    [['--format', 'xml'], '--format: "xml" is none of csv, ndjson, parquet'],
    [['--format', 'parquet', '-o', '-'], '--format parquet is no text'],
    [['-o', '-', '--json'], 'both write to stdout'],
    [['-o', 'x', '--events', 'x'], '--events: another file is to be written to x'],
    [['--events', '-'], '--events needs the name of a file'],
    [['--rate', '0'], '--rate: "0" is not a number above 0'],
    [['--profile', 'round'], '--profile: "round" is none of daily, flat'],
    [['--scenario', 'doom'], '--scenario: there is no scenario "doom"'],
    [['--scenario', 'error-burst'], 'error-burst needs the date or time at which it begins'],
    [['--scenario', 'error-burst@now-1h'], 'error-burst needs the date or time'],
    [['--scenario', 'error-burst@noon'], '--scenario: "noon" is not a time'],
    [['--scenario', 'none@2026-02-03'], 'none has no time of its own'],
    [['--prices', 'late.json'], 'the price list has no price of the store'],
    [['extra'], 'too many arguments'],
  ])('%j', async (args, message) => {
    const late = { models: [], store: [{ from: '2026-01-01', read: 1, write: 1, storage: 1 }] };
    const files = { 'late.json': JSON.stringify(late) };
    const result = await backfill(args, { files });
    expect(result.code).toBe(2);
    expect(result.err).toContain(message);
    expect(result.err.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    expect(result.out).toBe('');
    expect([...result.files.keys()]).toEqual(['late.json']);
  });

  test('--help lists the columns', async () => {
    const { code, out } = await backfill(['--help'], { columns: 100 });
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
    expect(out).toMatch(/^ +llm_cost +What the calls to an LLM cost \(US dollars\)$/m);
    expect(out).toMatch(/^ +chatapi_tokens_input_gpt_5_mini +Tokens sent .*\(tokens\)$/m);
  });
});

describe('while it works', () => {
  test('a bar on a terminal, for what takes more than a second; none elsewhere', async () => {
    const slow = async (options: MemoryOptions) => {
      const env = memoryEnv(['backfill', '--days', '40'], options);
      let now = 0;
      // Every look at the clock is 100 ms after the one before.
      const code = await run(Object.assign(env, { monotonic: () => (now += 100) }));
      expect(code).toBe(0);
      return env.err();
    };
    const err = await slow({ tty: true, vars: { TERM: 'xterm', NO_COLOR: '' } });
    expect(err).toContain('\rdays ');
    expect(err).toMatch(/ {2}\d+\/40/);
    expect(err.endsWith('\r\x1b[K')).toBe(true);
    expect(await slow({})).toBe('');
  });

  test('a signal while rows go to stdout ends them at a whole row', async () => {
    const env = memoryEnv(['backfill', '--days', '400', '-o', '-'], STARTS);
    let now = 0;
    let rests = 0;
    Object.assign(env, {
      monotonic: () => (now += 100),
      sleep: async () => {
        rests += 1;
        if (rests === 100) env.signal('SIGTERM');
      },
    });
    expect(await run(env)).toBe(143);
    const lines = env.out().split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.length).toBeGreaterThan(60);
    expect(lines.at(-1)).toMatch(/^2025-03-\d\d(,[\d.]+){3}$/);
    expect(env.err()).toBe('ragmon: stopped by SIGTERM: the rows end here\n');
    expect(env.listeners()).toBe(0);
  });
});

describe('as a process', () => {
  test('a pipe that closes is no failure', async () => {
    const bin = new URL('../../bin/ragmon.js', import.meta.url).pathname;
    const script = `"$0" "${bin}" backfill --days 20 -o - -q | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const shell = spawnGuarded('bash', ['-c', script, process.execPath], { env: process.env });
    expect((await shell.exited).code).toBe(0);
    expect(shell.stdout()).toBe('date,requests,docstore_cost,llm_cost\n0\n');
    expect(shell.stderr()).toBe('');
  });

  test('stopped by a signal: no file, no rest of one', async () => {
    const cwd = temporaryFolder();
    const running = startCli(['backfill', '--days', '20000'], { cwd });
    await until('the start', () => readdirSync(cwd).length > 0);
    // What is there is a temporary file, or the check whether one can be: a moment, and it is the file.
    await delay(1000);
    running.kill('SIGINT');
    const result = await running.exited;
    expect(result.code).toBe(130);
    expect(result.stderr).toBe(
      'ragmon: stopped by SIGINT: rag_metrics_20000d.csv was not written\n',
    );
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('a folder that is missing and a full disk', async () => {
    const cwd = temporaryFolder();
    const missing = await runCli(['backfill', '--days', '1', '-o', 'no/where.csv'], { cwd });
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain('ragmon: cannot write no/where.csv: ENOENT');
    if (!existsSync('/dev/full')) return;
    const full = await runCli(['backfill', '--days', '1', '-o', '/dev/full'], { cwd });
    expect(full).toMatchObject({ code: 1, stdout: '' });
    expect(full.stderr).toContain('ragmon: cannot write /dev/full: ENOSPC');
  });

  test('a file of before is kept, byte by byte', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'rag_metrics_1d.csv'), 'mine');
    const result = await runCli(['backfill', '--days', '1'], { cwd });
    expect(result.code).toBe(2);
    expect(readdirSync(cwd)).toEqual(['rag_metrics_1d.csv']);
  });
});
