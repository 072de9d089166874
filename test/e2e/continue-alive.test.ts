import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli, startCli } from '../support/cli.js';
import { ledgerOfHistory } from '../support/history-ledger.js';
import { temporaryFolder, until } from '../support/processes.js';
import { startEmbedded } from '../support/servers.js';
import { storedIn } from './gateway.js';

// A history goes on live, where somebody else may be at work on its groups.

const HOUR = 3600;
const now = Math.floor(Date.now() / 1000);
const end = now - 3 * HOUR;
const history = ledgerOfHistory({ from: end - HOUR, to: end });
const path = join(temporaryFolder(), 'ledger.json');
writeFileSync(path, JSON.stringify(history));

const TICKS = ['-i', '1s', '--scrape-interval', '1s'];
/** Soon after the history: to catch up with three hours would take seconds. */
const goOn = (seconds: number) => [
  ...['simulate', '--continue', path, ...TICKS],
  ...['--start', new Date((end + seconds) * 1000).toISOString()],
];
const LIVE = ['simulate', '--instance', 'demo', '--label', 'region=eu', '-d', 'inf', ...TICKS];
const REQUESTS = 'vectorlens_request_duration_seconds_count{endpoint="answer"}';

async function setUp() {
  const { url } = await startEmbedded();
  const requests = async () => (await storedIn(url)).get('vectorlens/demo')?.get(REQUESTS);
  const pushed = (least: number) =>
    until('a push', async () => ((await requests()) ?? -1) >= least || undefined);
  return { to: ['-g', url], url, requests, pushed };
}

test.concurrent('another run is alive: nothing is pushed over it, exit 1', async () => {
  const { to, url, pushed } = await setUp();
  const live = startCli([...LIVE, ...to, '--rate', '50', '--warmup', '0']);
  await pushed(1);
  const { code, stdout, stderr } = await runCli([...goOn(60), ...to, '-d', '2s']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    /^ragmon: another run pushes \{job="\w+",.*\n {2}stop that run first, or write the history/m,
  );
  live.kill('SIGTERM');
  // It never lost its groups.
  expect(await live.exited).toMatchObject({
    code: 143,
    stderr: expect.not.stringContaining('own'),
  });

  // What it left is not of the history either: going on from there would be a jump.
  const before = await storedIn(url);
  const after = await runCli([...goOn(60), ...to, '-d', '2s']);
  expect(after).toMatchObject({ code: 1, stdout: '' });
  expect(after.stderr).toMatch(
    / is not of this history: it holds .*, which was \d+ when that ended\n/,
  );
  expect(await storedIn(url)).toEqual(before);
});

test.concurrent('the run before was killed: the same command waits a moment and goes on', async () => {
  const { to, requests, pushed } = await setUp();
  const ended = history.history.groups[0]!.final[REQUESTS]!;
  const killed = startCli([...goOn(1), ...to, '-d', 'inf']);
  await pushed(ended);
  killed.kill('SIGKILL');
  await killed.exited;
  const left = await requests();
  const { code, stderr } = await runCli([
    ...goOn(60),
    ...to,
    '-d',
    '2s',
    '--scrape-interval',
    '4s',
  ]);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/demo.* was pushed just now by a run .* waiting for up to 12s/),
  });
  expect(await requests()).toBeGreaterThanOrEqual(left!);
});
