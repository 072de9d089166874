import { expect, test } from 'vitest';
import { runCli, startCli } from '../support/cli.js';
import { freePort } from '../support/servers.js';
import { ledgerFile, storedIn } from './gateway.js';
import { FIRST, shell } from './readme.js';

const FAST = ['--interval', '1s', '--start', '2026-03-02T09:00:00Z', '-d', '60s', '--speed', '30'];

test('the README’s first command needs nothing but Node', { timeout: 150_000 }, async ({
  skip,
}) => {
  // The one test that needs the default address.
  const taken = await fetch('http://127.0.0.1:9091/').then(
    () => true,
    () => false,
  );
  if (taken && !process.env.CI) skip('something answers at 127.0.0.1:9091');
  const run = shell(FIRST);
  const { code } = await run.exited;
  expect({ code, output: run.output() }).toMatchObject({ code: 0 });
  expect(run.stderr().split('\n')[0]).toBe(
    'ragmon: nobody answers at http://127.0.0.1:9091: started an embedded gateway for this run (--hold keeps it)',
  );
  // Nobody scrapes it, so nothing waits for a scrape.
  expect(run.stderr()).not.toMatch(/at zero/);
  expect(run.stdout()).toMatch(/^gateway {3}http:\/\/127.0.0.1:9091 \(embedded\)$/m);
  await expect(fetch('http://127.0.0.1:9091/')).rejects.toThrow();
});

test.each(['SIGTERM', 'SIGINT'] as const)('--hold keeps it up until %s', async (signal) => {
  const ledger = ledgerFile();
  const run = startCli([
    ...['simulate', '--gateway', 'embedded', '--hold', ...FAST, '--ledger', ledger.path],
  ]);
  await run.waitFor(/the gateway stays up at/, 30_000);
  const [, url = ''] = /stays up at (http:\S+) until it is stopped/.exec(run.stderr()) ?? [];
  expect(run.stderr()).toContain(`ragmon: at ${url}: an embedded gateway which stays until`);
  const stored = await storedIn(url);
  const { delivery } = ledger.read();
  expect(delivery?.gateway).toBe(url);
  expect(stored.size).toBe(3);
  for (const { service, key, final } of delivery!.groups) {
    expect(Object.fromEntries(stored.get(`${service}/${key.instance}`)!)).toEqual(final);
  }
  const verified = await runCli(['verify', ledger.path, '--gateway']);
  expect(verified).toMatchObject({ code: 0 });
  run.kill(signal);
  expect((await run.exited).code).toBe(signal === 'SIGINT' ? 130 : 143);
  await expect(fetch(url)).rejects.toThrow();
});

test('verify says that the run’s own gateway has ended with it', async () => {
  const ledger = ledgerFile();
  const args = ['simulate', '--gateway', 'embedded', ...FAST, '--ledger', ledger.path];
  expect((await runCli(args)).code).toBe(0);
  expect(ledger.read().delivery?.embedded).toBe(true);
  const verified = await runCli(['verify', ledger.path, '--retries', '0']);
  expect(verified.code).toBe(1);
  expect(verified.stderr).toMatch(
    /^ragmon: listing .*ECONNREFUSED.*\n {2}the run’s own gateway may have ended with it: simulate --hold keeps it up\n$/,
  );
});

test('a run that a signal ends holds nothing', async () => {
  const run = startCli([
    ...['simulate', '--gateway', 'embedded', '--hold', '--duration', 'inf', '--interval', '1s'],
  ]);
  await run.waitFor(/pushes \d+ ok/);
  run.kill('SIGINT');
  const { code, stderr } = await run.exited;
  expect(code).toBe(130);
  expect(stderr).not.toMatch(/stays up/);
});

test('a gateway that is named and does not answer is an error', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  for (const [args, env] of [
    [['-g', url], {}],
    [[], { PUSHGATEWAY_URL: url }],
  ] as const) {
    const run = await runCli(['simulate', ...args, '--retries', '0', ...FAST], { env });
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/ECONNREFUSED/);
    expect(run.stderr).not.toMatch(/embedded/);
  }
});

test.each([
  [['--hold', '--dry-run'], /^ragmon: --hold keeps a gateway up, but --dry-run has none\n$/],
  [['--hold', '-g', 'http://127.0.0.1:1'], /^ragmon: --hold keeps the embedded gateway up, but/],
])('%s is wrong usage', async (args, message) => {
  const run = await runCli(['simulate', ...args]);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toMatch(message);
});
