import { expect, test } from 'vitest';
import { runCli, startCli } from '../support/cli.js';
import { temporaryFolder, until } from '../support/processes.js';
import type { StartGateway } from '../support/servers.js';
import { clientOf, increments, isExact, ledgerFile, storedIn } from './gateway.js';

const FAST = ['--interval', '1s', '--warmup', '0', '--start', '2026-03-02T09:00:00Z'];

/** What `ragmon simulate` does with a gateway. */
export function simulateSuite(startGateway: StartGateway): void {
  test.concurrent('every counter and bucket that is stored equals the ledger, and verify says so', async () => {
    const gateway = await startGateway();
    const ledger = ledgerFile();
    const run = await runCli(
      ['simulate', '-g', gateway.url, '-d', '4s', '--rate', '40', ...FAST, '--ledger', ledger.path],
      {},
    );
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('vectorlens') });
    const stored = await storedIn(gateway.url);
    const truth = ledger.read();
    expect(stored.size).toBe(3);
    for (const { service, job, key, final, base, stored: ok } of truth.delivery!.groups) {
      expect({ ok, base }).toEqual({ ok: true, base: {} });
      const group = stored.get(`${service}/${key.instance}`)!;
      expect(Object.fromEntries(group)).toEqual(final);
      for (const [id, value] of Object.entries(increments(truth, service, job))) {
        expect([id, group.get(id)]).toEqual([id, value]);
      }
    }
    const requests = Object.entries(increments(truth, 'vectorlens')).filter(([id]) =>
      id.startsWith('vectorlens_request_total'),
    );
    expect(requests.reduce((sum, [, n]) => sum + n, 0)).toBeGreaterThan(50);
    const verified = await runCli(['verify', ledger.path, '--gateway', gateway.url]);
    expect(verified).toMatchObject({ code: 0 });
  });

  test.concurrent('the truth is byte-identical for the same inputs, live or dry, whatever the ticks', async () => {
    const gateway = await startGateway();
    const truths: string[] = [];
    for (const args of [
      ['--speed', '60', '--interval', '1s', '-g', gateway.url, '--warmup', '0'],
      ['--speed', '30', '--interval', '700ms', '-g', gateway.url, '--warmup', '0'],
      ['--dry-run'],
    ]) {
      const ledger = ledgerFile();
      const run = await runCli(
        [
          ...['simulate', '-d', '3m30s', '--start', '2026-03-02T09:00:10Z', '--seed', 'same'],
          ...['--jobs', '2', '--scenario', 'error-burst', '--ledger', ledger.path, ...args],
        ],
        {},
      );
      expect(run.code).toBe(0);
      // As written: a reader could put keys in another order.
      const [truth] = ledger.text().split('\n "delivery": ');
      truths.push(truth!);
    }
    expect(truths[1]).toBe(truths[0]);
    expect(truths[2]).toBe(truths[0]);
    const { incidents } = JSON.parse(`${truths[0]!.replace(/,\s*$/, '')}}`).truth;
    expect(incidents).toEqual([
      {
        name: 'error-burst',
        scenario: 'error-burst',
        from: '2026-03-02T09:02:00.000Z',
        to: '2026-03-02T09:03:00.000Z',
      },
    ]);
  });

  test.concurrent('carry: a second run goes on where the first ended; fresh starts over; per-run moves out', async () => {
    const gateway = await startGateway();
    const play = async (...args: string[]) => {
      const ledger = ledgerFile();
      const run = await runCli(
        [
          ...['simulate', '-g', gateway.url, '-s', 'chatapi', '-d', '2s', '--rate', '60', ...FAST],
          ...['--instance', 'a', '--ledger', ledger.path, ...args],
        ],
        {},
      );
      expect(run.code).toBe(0);
      return ledger.read();
    };
    const id = 'chatapi_tokens_input_total{model="gpt-5-mini"}';
    const first = await play('--seed', 'one');
    const second = await play('--seed', 'two');
    const [a, b] = [increments(first, 'chatapi'), increments(second, 'chatapi')];
    let stored = (await storedIn(gateway.url)).get('chatapi/a')!;
    for (const [series, value] of Object.entries(b)) {
      if (isExact(series))
        expect([series, stored.get(series)]).toEqual([series, a[series]! + value]);
    }
    expect(second.delivery!.groups[0]).toMatchObject({ existed: true });
    expect(second.delivery!.groups[0]!.base[id]).toBe(a[id]);

    const third = await play('--seed', 'two', '--counters', 'fresh');
    stored = (await storedIn(gateway.url)).get('chatapi/a')!;
    expect(stored.get(id)).toBe(increments(third, 'chatapi')[id]);
    expect(stored.get(id)).toBe(b[id]);

    const fourth = await play('--counters', 'per-run');
    const groups = await storedIn(gateway.url);
    expect([...groups.keys()].sort()).toEqual(['chatapi/a', `chatapi/a-${fourth.delivery!.runId}`]);
  });

  test.concurrent('jobs, chains and shards: together exactly the one run', async () => {
    const gateway = await startGateway();
    const base = [
      ...['simulate', '-d', '6s', '--rate', '30', ...FAST, '--instance', 'm', '--seed', 'shards'],
      ...['--jobs', '3'],
    ];
    const whole = ledgerFile();
    expect((await runCli([...base, '--dry-run', '--ledger', whole.path])).code).toBe(0);
    const one = ledgerFile();
    const single = base.toSpliced(base.indexOf('--jobs'), 2);
    expect((await runCli([...single, '--dry-run', '--ledger', one.path])).code).toBe(0);

    const shards = [ledgerFile(), ledgerFile()];
    const runs = await Promise.all(
      shards.map(({ path }, i) =>
        runCli([
          ...[...base, '-g', gateway.url, '--shard', `${i}/2`, '--job-lifetime', '2s'],
          ...['--ledger', path],
        ]),
      ),
    );
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const [a, b] = shards.map(({ read }) => read());
    expect(a!.delivery!.runId).toBe(b!.delivery!.runId);
    expect(a!.delivery!.jobsInChain).toBe(3);
    for (const service of ['vectorlens', 'docstore', 'chatapi']) {
      const parts = [...a!.truth.services[service]!, ...b!.truth.services[service]!].sort(
        (x, y) => x.job - y.job,
      );
      expect(parts).toEqual(whole.read().truth.services[service]);
      for (const [id, value] of Object.entries(increments(one.read(), service))) {
        const sum = parts.reduce((n, { increments: part }) => n + part[id]!, 0);
        if (isExact(id)) expect([id, sum]).toEqual([id, value]);
        else expect(sum).toBeCloseTo(value, 6);
      }
    }
    const stored = await storedIn(gateway.url);
    expect([...stored.keys()].filter((key) => key.startsWith('docstore')).sort()).toEqual([
      'docstore/m-0',
      'docstore/m-1',
      'docstore/m-2',
    ]);
    for (const { service, key, final } of [...a!.delivery!.groups, ...b!.delivery!.groups]) {
      expect(Object.fromEntries(stored.get(`${service}/${key.instance}`)!)).toEqual(final);
    }
  });

  test.concurrent('nothing is in progress after a job has ended, and it says that it has', async () => {
    const gateway = await startGateway();
    const before = Date.now() / 1000;
    const run = await runCli([
      ...['simulate', '-g', gateway.url, '-d', '3s', '--rate', '500', ...FAST],
      ...['--scenario', 'latency-spike', '--speed', '100', '-d', '5m'],
    ]);
    expect(run.code).toBe(0);
    for (const [key, values] of await storedIn(gateway.url)) {
      const gauge = [...values].filter(([id]) => id.includes('in_progress'));
      expect(gauge.map(([, value]) => value)).toEqual(gauge.map(() => 0));
      const start = values.get('ragmon_job_start_timestamp_seconds')!;
      const success = values.get('ragmon_job_last_success_timestamp_seconds')!;
      expect(start, key).toBeGreaterThan(before);
      expect(success).toBeGreaterThanOrEqual(start + 2);
      expect(values.get('ragmon_job_duration_seconds')).toBeCloseTo(success - start, 0);
    }
  });

  test.concurrent('killed with SIGKILL half-way and run again with carry: nothing that was pushed is lost', async () => {
    const gateway = await startGateway();
    const args = [
      ...['simulate', '-g', gateway.url, '--rate', '50', ...FAST, '--instance', 'k'],
      ...['--jobs', '2', '--warmup', '0'],
    ];
    const killed = startCli([...args, '-d', 'inf']);
    await until('some pushes', async () => {
      const values = (await storedIn(gateway.url)).get('vectorlens/k-1');
      return (
        (values?.get('vectorlens_request_duration_seconds_count{endpoint="search"}') ?? 0) > 20
      );
    });
    killed.kill('SIGKILL');
    expect((await killed.exited).signal).toBe('SIGKILL');
    const before = await storedIn(gateway.url);
    const ledger = ledgerFile();
    const again = await runCli([...args, '-d', '2s', '--ledger', ledger.path]);
    expect(again.code).toBe(0);
    // The killed run pushed a moment ago and never said that it ended.
    expect(again.stderr).toContain('another run seems to be pushing');
    const after = await storedIn(gateway.url);
    for (const { service, job, key } of ledger.read().delivery!.groups) {
      const group = `${service}/${key.instance}`;
      for (const [id, value] of Object.entries(increments(ledger.read(), service, job))) {
        const expected = before.get(group)!.get(id)! + value;
        if (isExact(id)) expect([id, after.get(group)!.get(id)]).toEqual([id, expected]);
      }
    }
  });

  test.concurrent('the gateway goes away for several ticks and comes back: exit 0 and the totals', async () => {
    const persistenceFile = `${temporaryFolder()}/state`;
    const gateway = await startGateway({ persistenceFile });
    const ledger = ledgerFile();
    const run = startCli([
      ...['simulate', '-g', gateway.url, '-d', '12s', '--rate', '50', ...FAST, '-v'],
      ...['--ledger', ledger.path],
    ]);
    await run.waitFor(/00:02\/00:12/);
    await gateway.stop();
    await run.waitFor(/00:06\/00:12/);
    const again = await startGateway({ persistenceFile, port: gateway.port });
    const { code, stderr } = await run.exited;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const stored = await storedIn(again.url);
    for (const { service, key, final, pushes } of ledger.read().delivery!.groups) {
      expect(Object.fromEntries(stored.get(`${service}/${key.instance}`)!)).toEqual(final);
      expect(pushes.retried + pushes.failed).toBeGreaterThan(0);
      for (const [id, value] of Object.entries(increments(ledger.read(), service))) {
        expect([id, final[id]]).toEqual([id, value]);
      }
    }
    expect((await runCli(['verify', ledger.path])).code).toBe(0);
  });

  test.concurrent.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: the tick is finished, the last state pushed, exit %i', async (signal, code) => {
    const gateway = await startGateway();
    const ledger = ledgerFile();
    const run = startCli([
      ...['simulate', '-g', gateway.url, '-d', 'inf', '--rate', '50', ...FAST, '-v'],
      ...['--interval', '3s', '--ledger', ledger.path],
    ]);
    await run.waitFor(/00:03/);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    run.kill(signal);
    const result = await run.exited;
    expect(result.code).toBe(code);
    const { truth, delivery } = ledger.read();
    expect(delivery!.stoppedBy).toBe(signal);
    // Played to the moment of the signal, not only to the last tick.
    expect(Date.parse(truth.end) - Date.parse(truth.start)).toBeGreaterThanOrEqual(4000);
    const stored = await storedIn(gateway.url);
    for (const { service, key, final } of delivery!.groups) {
      const group = Object.fromEntries(stored.get(`${service}/${key.instance}`)!);
      expect(group).toEqual(final);
      expect(Object.keys(group).filter((id) => id.includes('last_success'))).toHaveLength(1);
    }
  });

  test.concurrent('two runs on one key: the second warns, the first reports that its group is lost', async () => {
    const gateway = await startGateway();
    const args = ['simulate', '-g', gateway.url, '-s', 'docstore', ...FAST, '--instance', 'x'];
    const first = startCli([...args, '-d', '24s', '-i', '4s', '-v'], { timeoutMs: 60_000 });
    await first.waitFor(/00:04/);
    // It pushes between any two pushes of the first.
    const second = startCli([...args, '-d', '30s', '-v']);
    await second.waitFor(/another run seems to be pushing \{job="docstore",instance="x"\}/);
    const { code, stdout, stderr } = await first.exited;
    second.kill('SIGTERM');
    expect({ code, stderr }).toMatchObject({ code: 1 });
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'no longer this run’s own: another run pushes it',
    );
    expect(stderr).toContain('1 of 1 groups not as they should be');
    expect((await second.exited).code).toBe(143);
  });

  test.concurrent('two processes on the same shard, with the same run id, notice each other', async () => {
    const gateway = await startGateway();
    const args = [
      ...['simulate', '-g', gateway.url, '-s', 'docstore', ...FAST, '--instance', 'y', '-v'],
      ...['--jobs', '2', '--shard', '0/2'],
    ];
    const first = startCli([...args, '-d', '24s', '-i', '4s'], { timeoutMs: 60_000 });
    await first.waitFor(/00:04/);
    const second = startCli([...args, '-d', '30s']);
    await second.waitFor(/another run seems to be pushing \{job="docstore",instance="y-0"\}/);
    expect((await first.exited).code).toBe(1);
    second.kill('SIGTERM');
    expect((await second.exited).code).toBe(143);
  });

  test.concurrent('--cleanup deletes the own groups after --linger, and no others', async () => {
    const gateway = await startGateway();
    const client = clientOf(gateway.url);
    await client.put({ job: 'vectorlens', labels: { instance: 'other' } }, 'x 1\n');
    await client.close();
    const ledger = ledgerFile();
    const run = await runCli([
      ...['simulate', '-g', gateway.url, '-d', '2s', ...FAST, '--cleanup', '--linger', '1s'],
      ...['--instance', 'mine', '--ledger', ledger.path],
    ]);
    expect(run.code).toBe(0);
    expect(ledger.read().delivery!.cleanedUp).toBe(true);
    await until('deletion', async () => (await storedIn(gateway.url)).size === 1);
    expect([...(await storedIn(gateway.url)).keys()]).toEqual(['vectorlens/other']);
  });

  test.concurrent('--cleanup leaves a group that another run has taken over by then', async () => {
    const gateway = await startGateway();
    const args = ['simulate', '-g', gateway.url, '-s', 'docstore', ...FAST, '--instance', 'z'];
    const first = startCli([...args, '-d', '2s', '--cleanup', '--linger', '12s']);
    await first.waitFor(/the groups stay for 12s, then they are deleted/);
    const second = await runCli([...args, '-d', '2s']);
    expect(second.code).toBe(0);
    const { code, stdout } = await first.exited;
    expect(code).toBe(1);
    expect(stdout.replace(/\s+/g, ' ')).toContain('another run pushes it');
    expect([...(await storedIn(gateway.url)).keys()]).toEqual(['docstore/z']);
  });

  test.concurrent('a stop during the warm-up and during --linger: at once, exit 130', async () => {
    const gateway = await startGateway();
    const args = ['simulate', '-g', gateway.url, '-s', 'docstore', '-d', '2s', '-i', '1s'];
    const warming = startCli([...args, '--warmup', '30s', '--instance', 'a']);
    await warming.waitFor(/1 new group at zero, held for 30s/);
    warming.kill('SIGINT');
    expect(await warming.exited).toMatchObject({ code: 130 });
    // It did nothing, so it says of no job that it ended well.
    const held = (await storedIn(gateway.url)).get('docstore/a')!;
    expect([...held.keys()].filter((id) => id.includes('last_success'))).toEqual([]);

    const lingering = startCli([
      ...[...args, '--warmup', '0', '--instance', 'b', '--cleanup', '--linger', '30s'],
    ]);
    await lingering.waitFor(/the groups stay for 30s/);
    lingering.kill('SIGINT');
    const { code, seconds } = await lingering.exited;
    expect(code).toBe(130);
    expect(seconds).toBeLessThan(10);
    await until('deletion', async () => (await storedIn(gateway.url)).size === 1);
  });

  test.concurrent('an empty group, left by a refused push, counts as new', async () => {
    const gateway = await startGateway();
    const client = clientOf(gateway.url);
    const type = '# TYPE documentstore_request_total gauge\n';
    const other = { job: 'other', labels: {} };
    await client.put(other, `${type}documentstore_request_total 1\n`);
    const args = ['simulate', '-g', gateway.url, '-s', 'docstore', '-d', '2s', '-i', '1s'];
    const refused = await runCli([...args, '--warmup', '1s', '--instance', 'e']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^ragmon: push of .*400.*$/m);
    await client.delete(other);
    await client.close();
    const again = await runCli([...args, '--warmup', '1s', '--instance', 'e']);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('1 new group at zero');
  });

  test.concurrent('a chain over an outage: what a later job made good is no failure', async () => {
    const persistenceFile = `${temporaryFolder()}/state`;
    const gateway = await startGateway({ persistenceFile });
    const run = startCli([
      ...['simulate', '-g', gateway.url, '-s', 'chatapi', '-d', '14s', ...FAST, '-v'],
      ...['--job-lifetime', '2s', '--retries', '0'],
    ]);
    await run.waitFor(/00:02/);
    await gateway.stop();
    await run.waitFor(/00:06/);
    await startGateway({ persistenceFile, port: gateway.port });
    expect(await run.exited).toMatchObject({ code: 0 });
  });

  test.concurrent('a chain whose last job pushes only once is no other run', async () => {
    const gateway = await startGateway();
    const run = await runCli([
      ...['simulate', '-g', gateway.url, '-s', 'chatapi', '--warmup', '0', '-d', '6s'],
      ...['--job-lifetime', '3s', '--interval', '3s', '--counters', 'fresh'],
    ]);
    expect(run).toMatchObject({ code: 0, stderr: expect.not.stringContaining('not as they') });
  });

  test.concurrent('a long tick lets signals through', async () => {
    const gateway = await startGateway();
    const run = startCli([
      ...['simulate', '-g', gateway.url, '-d', '3650d', '--speed', '1000000', ...FAST, '-v'],
    ]);
    // Each tick has eleven days to catch up with, and more: the next one is under way.
    await run.waitFor(/11d 13:46:40/, 30_000);
    const asked = performance.now();
    run.kill('SIGINT');
    expect((await run.exited).code).toBe(130);
    expect(performance.now() - asked).toBeLessThan(10_000);
  });

  test.concurrent('new groups stand at zero for the warm-up, existing ones are not held', async () => {
    const gateway = await startGateway();
    const ledgers = [ledgerFile(), ledgerFile()];
    const [first, second] = ledgers.map(({ path }) => [
      ...['simulate', '-g', gateway.url, '-d', '2s', '-i', '1s', '--rate', '50'],
      ...['--warmup', '3s', '--start', '2026-03-02T09:00:00Z', '--instance', 'w'],
      ...['--ledger', path],
    ]);
    const run = startCli(first!);
    const held = await until('the zeros', async () => {
      const stored = await storedIn(gateway.url);
      return stored.size === 3 && stored;
    });
    const values = [...held.values()].flatMap((group) =>
      [...group].filter(([id]) => !id.startsWith('ragmon_')).map(([, value]) => value),
    );
    expect(new Set(values)).toEqual(new Set([0]));
    const { code, stderr } = await run.exited;
    expect(code).toBe(0);
    expect(stderr).toContain('3 new groups at zero, held for 3s');
    const again = await runCli(second!);
    expect(again).toMatchObject({ code: 0, stderr: expect.not.stringContaining('held') });

    // How long the world waited for its groups, or they for the world, in milliseconds.
    const [waited, went] = ledgers.map(({ read }) => {
      const { groups, worldStartedAt } = read().delivery!;
      return groups.map(({ firstPush }) => Date.parse(worldStartedAt) - Date.parse(firstPush!));
    });
    expect(Math.min(...waited!)).toBeGreaterThanOrEqual(3000);
    expect(Math.max(...went!)).toBeLessThanOrEqual(0);
  });
}
