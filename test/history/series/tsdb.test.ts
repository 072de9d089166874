import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../../src/env.js';
import { readBlocks } from '../../../src/history/series/blocks.js';
import type { HistoryWritten } from '../../../src/history/series/history.js';
import { LEDGER } from '../../../src/history/series/last-values.js';
import { seriesCount } from '../../../src/history/series/samples.js';
import { writeBlocks } from '../../../src/history/series/tsdb.js';
import { layoutOf } from '../../../src/instruments/layout.js';
import { HistoryLedger } from '../../../src/ledger/history-ledger.js';
import { Ledger } from '../../../src/ledger/ledger.js';
import { SERVICES } from '../../../src/services/catalogue.js';
import { createWorld } from '../../../src/world/world.js';
import { temporaryFolder } from '../../support/processes.js';
import { needs, type Prometheus, startEmbedded, startPrometheus } from '../../support/servers.js';
import { FROM, HOUR, historyOptions, truthAt } from './histories.js';

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
function folder(): string {
  return join(root, `${folders++}`);
}

const SERIES = seriesCount(SERVICES);
/** A clock that shows a time long enough after the history. */
const system = { ...SYSTEM, vars: process.env, now: () => (FROM + 100 * HOUR) * 1000 };
const short = { to: FROM + 5 * HOUR, window: 2 * HOUR };
const counting = SERVICES.flatMap((service) => [...layoutOf(service).counters]);

/** A promtool of our own, which does as this script says; `$5` is the file, `$6` the folder. */
function fakePromtool(script: string): string {
  const path = join(root, `promtool-${folders++}`);
  writeFileSync(path, `#!/bin/sh\n[ "$1" = --version ] && exit 0\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('without promtool', () => {
  test('an error says where it comes from, and nothing is made', async () => {
    const path = folder();
    const options = { ...historyOptions(short), promtool: join(root, 'no-such-program') };
    await expect(writeBlocks(options, path, system)).rejects.toMatchObject({
      message: `cannot run ${options.promtool}, which makes the blocks`,
      hint: expect.stringContaining('https://prometheus.io/download/'),
    });
    expect(existsSync(path)).toBe(false);
  });
});

test('what Prometheus still holds in memory is refused', async () => {
  const now = () => (FROM + 7 * HOUR) * 1000;
  await expect(
    writeBlocks(historyOptions(short), folder(), { ...system, now }),
  ).rejects.toMatchObject({ exitCode: 2, hint: 'the latest end is 2026-03-02T07:10:00.000Z' });
});

describe('a promtool that fails', () => {
  test('is quoted, and leaves no file behind', async () => {
    const path = folder();
    const promtool = fakePromtool('echo "an error: no space left on device" >&2; exit 1');
    await expect(writeBlocks({ ...historyOptions(short), promtool }, path, system)).rejects.toThrow(
      'promtool failed: an error: no space left on device',
    );
    expect(readdirSync(path)).toEqual(['ragmon-history.json']);
  });

  test('and one that makes nothing is noticed', async () => {
    const path = folder();
    const promtool = fakePromtool('mkdir -p "$6"; exit 0');
    await expect(writeBlocks({ ...historyOptions(short), promtool }, path, system)).rejects.toThrow(
      'promtool made another block than it was given: 0 blocks of 1',
    );
    expect(readdirSync(path)).toEqual(['ragmon-history.json']);
  });
});

needs('promtool')('blocks', () => {
  const path = folder();
  let written: HistoryWritten;
  beforeAll(async () => {
    written = await writeBlocks(historyOptions(short), path, system);
  });

  test('hold every sample, a window each', async () => {
    expect(written).toEqual({
      windows: 4,
      found: 0,
      samples: 61 * SERIES,
      series: SERIES,
      complete: true,
    });
    const blocks = [...(await readBlocks(path))].sort((a, b) => a.minTime - b.minTime);
    expect(blocks.map(({ stats }) => stats)).toEqual(
      [10, 24, 24, 3].map((steps) => ({ numSamples: steps * SERIES, numSeries: SERIES })),
    );
    expect(blocks[0]?.minTime).toBe(FROM * 1000);
    expect(blocks[3]?.maxTime).toBe((FROM + 5 * HOUR) * 1000 + 1);
    expect(readdirSync(path).filter((name) => name.length !== 26)).toEqual([
      'ragmon-history.json',
      'ragmon-ledger.json',
    ]);
  });

  test('have a ledger of their last values beside them', () => {
    const text = readFileSync(join(path, LEDGER), 'utf8');
    const { history, truth } = HistoryLedger.parse(JSON.parse(text));
    expect(Ledger.parse(JSON.parse(text)).delivery).toBeNull();
    expect([truth.start, truth.end]).toEqual([
      '2026-03-02T03:10:00.000Z',
      '2026-03-02T08:10:00.000Z',
    ]);
    const live = truthAt(historyOptions(short), FROM + 5 * HOUR);
    const final = Object.assign({}, ...history.groups.map((group) => group.final));
    expect(final).toEqual(Object.fromEntries(counting.map((id) => [id, live.get(id)])));
    expect(history.groups[1]?.key).toEqual({ job: 'docstore', instance: 'demo', region: 'eu' });
  });

  test('that are there are not made again', async () => {
    const before = readdirSync(path).sort();
    rmSync(join(path, before[1]!), { recursive: true });
    const again = await writeBlocks(historyOptions(short), path, system);
    expect([again.found, again.windows, again.complete]).toEqual([3, 4, true]);
    const after = readdirSync(path);
    expect(after.filter((name) => before.includes(name))).toHaveLength(before.length - 1);
    expect(after).toHaveLength(before.length);
  });

  test('of another history are not mixed with these', async () => {
    const world = createWorld({ seed: 'other', rate: 1, profile: 'daily' });
    await expect(writeBlocks(historyOptions({ ...short, world }), path, system)).rejects.toThrow(
      'holds another history',
    );
    rmSync(join(path, 'ragmon-history.json'));
    await expect(writeBlocks(historyOptions({ ...short, world }), path, system)).rejects.toThrow(
      'has a block of this time already',
    );
  });

  test('stop at a signal, whole ones stay', async () => {
    const here = folder();
    const stop = new AbortController();
    const options = { ...historyOptions(short), parallel: 1 };
    const result = await writeBlocks(options, here, system, {
      signal: stop.signal,
      onProgress: ({ done }) => done === 1 && stop.abort(),
    });
    expect(result.complete).toBe(false);
    expect(await readBlocks(here)).toHaveLength(1);
    expect(readdirSync(here).some((name) => name.startsWith('.') || name === LEDGER)).toBe(false);
  });
});

needs('promtool', 'prometheus')('Prometheus on the blocks', () => {
  const day = { from: FROM - 190 * 60, to: FROM - 190 * 60 + 24 * HOUR, step: 60 };
  const options = historyOptions(day);
  let prometheus: Prometheus;
  beforeAll(async () => {
    const data = folder();
    mkdirSync(data);
    await writeBlocks(options, data, system);
    const gateway = await startEmbedded();
    prometheus = await startPrometheus({
      pushgateway: gateway.url,
      data,
      args: ['--storage.tsdb.retention.time=20y'],
    });
  }, 60_000);

  test('the last values are the truth, under the labels of live pushes', async () => {
    const truth = truthAt(options, day.to);
    for (const id of [
      'vectorlens_request_total{endpoint="answer",status="success"}',
      'chatapi_request_duration_seconds_bucket{model="gpt-4o-mini",le="2.5"}',
      'documentstore_cost_dollars_total{kind="read"}',
    ]) {
      const [value] = await prometheus.query(id, day.to);
      expect([id, value?.value]).toEqual([id, truth.get(id)]);
    }
    const [one] = await prometheus.query('documentstore_read_units_total', day.to);
    expect(one?.labels).toEqual({
      __name__: 'documentstore_read_units_total',
      job: 'docstore',
      instance: 'demo',
      region: 'eu',
    });
  });

  test('the increase of the day is its requests, without a reset', async () => {
    const requests = [...truthAt(options, day.to)]
      .filter(([id]) => id.startsWith('vectorlens_request_total'))
      .reduce((sum, [, value]) => sum + value, 0);
    const [increase] = await prometheus.query(
      'sum(increase(vectorlens_request_total[1d]))',
      day.to,
    );
    expect(Math.abs(increase!.value / requests - 1)).toBeLessThan(0.005);
    for (const name of new Set(counting.map((id) => id.replace(/\{.*/, '')))) {
      const [resets] = await prometheus.query(`sum(resets(${name}[1d]))`, day.to);
      expect([name, resets?.value]).toEqual([name, 0]);
    }
  });

  test('a range query over the borders of blocks has every sample', async () => {
    const [series] = await prometheus.queryRange('count({job="chatapi"})', {
      start: day.from,
      end: day.to,
      step: 600,
    });
    const chatapi = SERVICES.find(({ name }) => name === 'chatapi')!;
    expect(series?.samples).toHaveLength(145);
    expect(new Set(series?.samples.map(([, count]) => count))).toEqual(
      new Set([layoutOf(chatapi).lines.ids.length]),
    );
  });
});
