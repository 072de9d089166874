import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { spawnGuarded, temporaryFolder } from '../support/processes.js';
import { unless } from '../support/servers.js';
import { programOf, VERSIONS } from './nodes.js';

const BIN = fileURLToPath(new URL('../../bin/ragmon.js', import.meta.url));
const SERIES = fileURLToPath(new URL('series.js', import.meta.url));

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));

const YEAR = ['--days', '365', '--end', '2026-03-01', '--seed', 'compat'];
const INCIDENTS = ['--scenario', 'error-burst@2025-07-01,latency-spike@2025-11-28T10:00:00Z'];
/** By the file that it writes. */
const COMMANDS = {
  'year.csv': ['backfill', ...YEAR, ...INCIDENTS, '--columns', 'all', '--events', 'incidents.json'],
  'year.ndjson': ['backfill', ...YEAR, ...INCIDENTS, '--columns', 'all', '--format', 'ndjson'],
  'year.parquet': ['backfill', ...YEAR, ...INCIDENTS, '--format', 'parquet'],
  'year.svg': ['chart', 'year.csv', '--events', 'marks.json'],
};
const FILES = [...Object.keys(COMMANDS), 'incidents.json', 'series.txt', 'events.ndjson'];

const MARKS = [
  { name: 'error-burst', from: '2025-07-01T00:01:00Z', to: '2025-07-01T00:16:00Z' },
  { name: 'latency-spike', from: '2025-11-28T10:01:00Z', to: '2025-11-28T10:16:00Z' },
];

/** What a version of Node writes, each file as bytes and digest. */
async function written(version: string, timeZone: string): Promise<object> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'marks.json'), JSON.stringify(MARKS));
  const run = async (args: readonly string[]) => {
    const process_ = spawnGuarded(programOf(version), args, {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, TZ: timeZone },
    });
    const { code } = await process_.exited;
    expect([version, args, process_.stderr(), code]).toEqual([version, args, '', 0]);
    return process_.stdout();
  };
  expect(await run(['--version'])).toMatch(new RegExp(`^v${version.replaceAll('.', '\\.')}\\b`));
  for (const [file, args] of Object.entries(COMMANDS)) await run([BIN, ...args, '-q', '-o', file]);
  await run([SERIES, folder]);
  const digests = FILES.map((name) => {
    const bytes = readFileSync(join(folder, name));
    return [name, bytes.length, createHash('sha256').update(bytes).digest('hex')];
  });
  rmSync(folder, { recursive: true });
  return digests;
}

const missing = VERSIONS.filter((version) => !existsSync(programOf(version)));
unless(missing.length > 0 && `no Node ${missing.join(', ')}: npm run nodes installs them`)(
  'other versions of Node',
  () => {
    test('write the same bytes, in any time zone', { timeout: 120_000 }, async () => {
      const zones = ['UTC', 'Asia/Kathmandu', 'America/St_Johns'];
      const [first, ...others] = await Promise.all(
        VERSIONS.map((version, i) => written(version, zones[i]!)),
      );
      for (const other of others) expect(other).toEqual(first);
    });
  },
);
