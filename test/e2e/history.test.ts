import { describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.js';
import { type Server, startEmbedded } from '../support/servers.js';
import { storedIn } from './gateway.js';

const DATES = ['2026-02-03', '2026-02-04'];
const WORLD = ['--seed', 'equal', '--rate', '3'];

/** Counters of all groups, summed, under the names that `--columns all` has for them. */
async function countersOf({ url }: Server): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  const add = (name: string, value: number) => sums.set(name, (sums.get(name) ?? 0) + value);
  for (const group of (await storedIn(url)).values()) {
    for (const [id, value] of group) {
      const [, metric, labels = ''] = id.match(/^(\w+)_total(?:\{(.*)\})?$/) ?? [];
      if (metric === undefined) continue;
      const words = [...labels.matchAll(/="([^"]*)"/g)].map(([, label]) => label);
      add([metric, ...words].join('_').replace(/[^a-z0-9_]/g, '_'), value);
      if (metric === 'vectorlens_request') add('requests', value);
      if (metric === 'documentstore_cost_dollars') add('docstore_cost', value);
      if (metric === 'chatapi_cost_dollars') add('llm_cost', value);
    }
  }
  return sums;
}

interface Day {
  readonly date: string;
  /** By column: its cell, and what the counters rose by. */
  readonly values: readonly (readonly [name: string, cell: number, rise: number])[];
}

/** Each day as a row, and played live on a gateway, one after the other. */
async function play(live: readonly string[], past: readonly string[]): Promise<Day[]> {
  const range = ['--from', DATES[0]!, '--to', DATES.at(-1)!];
  const written = await runCli([
    ...['backfill', ...range, '--columns', 'all', '-o', '-', '-q', ...WORLD, ...past],
  ]);
  expect(written).toMatchObject({ code: 0, stderr: '' });
  const [names, ...rows] = written.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  expect(rows.map(([date]) => date)).toEqual(DATES);

  const gateway = await startEmbedded();
  const days: Day[] = [];
  let before = new Map<string, number>();
  for (const [date, ...cells] of rows as [string, ...string[]][]) {
    const run = await runCli(
      [
        ...['simulate', '-g', gateway.url, '--start', `${date}T00:00:00Z`, '-d', '1d', ...WORLD],
        ...['--speed', '100000', '-i', '100ms', '--warmup', '0', '--jobs', '2', ...live],
      ],
      { timeoutMs: 60_000 },
    );
    expect(run.code).toBe(0);
    const after = await countersOf(gateway);
    const values = cells.map((cell, i) => {
      const name = names![i + 1]!;
      return [name, Number(cell), after.get(name)! - (before.get(name) ?? 0)] as const;
    });
    // What stands for an instant is no counter.
    days.push({ date, values: values.filter(([name]) => name !== 'documentstore_storage_bytes') });
    before = after;
  }
  await gateway.stop();
  return days;
}

function expectEqual(days: readonly Day[]): void {
  for (const { date, values } of days) {
    expect(values.length).toBeGreaterThan(40);
    for (const [name, cell, rise] of values) {
      // A row's money is rounded to a billionth of a dollar.
      const margin = name.includes('cost') ? 6e-10 + 1e-9 * cell : 0;
      expect([date, name, rise, Math.abs(rise - cell) <= margin]).toEqual([date, name, rise, true]);
    }
  }
}

describe('a row is what the counters on a gateway rise by on that day', () => {
  const errors = (days: readonly Day[]) =>
    days.map(({ values }) => values.find(([name]) => name === 'chatapi_error_server_error')![1]);

  test('in a world without incidents', { timeout: 120_000 }, async () => {
    const days = await play([], ['--scenario', 'none']);
    expectEqual(days);
    expect(Math.max(...errors(days))).toBeLessThan(150);
  });

  test('with an incident on each day', { timeout: 120_000 }, async () => {
    const incidents = DATES.map((date) => `error-burst@${date}`).join();
    const days = await play(['--scenario', 'error-burst'], ['--scenario', incidents]);
    expectEqual(days);
    expect(Math.min(...errors(days))).toBeGreaterThan(200);
  });
});
