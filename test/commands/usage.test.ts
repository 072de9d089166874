import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src/cli.js';
import { memoryEnv } from '../support/env.js';
import { type FaultyGateway, startFaultyGateway } from '../support/faulty-gateway.js';

let gateway: FaultyGateway;
beforeAll(async () => {
  gateway = await startFaultyGateway();
});
afterAll(() => gateway.stop());

const FILES = {
  'text.json': 'hello',
  'prices.json': JSON.stringify({ models: [{ from: '2026-01-01', model: 'x' }], store: [] }),
  'late.json': JSON.stringify({
    models: [],
    store: [{ from: '2026-01-01', read: 1, write: 1, storage: 1 }],
  }),
};

describe('wrong usage: exit 2, one clear line, nothing pushed', () => {
  test.each([
    [['--service', 'nosuch'], '--service: there is no service "nosuch"'],
    [['--service', ''], '--service: there is no service ""'],
    [['--duration', '-5s'], '--duration: "-5s" is not a duration'],
    [['--duration=-5s'], '--duration: "-5s" is not a duration'],
    [['--duration', '0'], '--duration must be longer than 0'],
    [['--duration', '1500ms'], '--duration: world time has a grid of one second'],
    [['--interval', 'soon'], '--interval: "soon" is not a duration'],
    [['--interval', '0s'], '--interval must be longer than 0'],
    [['--jobs', '0'], '--jobs: "0" is not a whole number from 1 to 10000'],
    [['--jobs', '1.5'], '--jobs: "1.5" is not a whole number'],
    [['--job-lifetime', '0'], '--job-lifetime must be longer than 0'],
    [['--rate', '-1'], '--rate: "-1" is not a number above 0'],
    [['--rate', 'NaN'], '--rate: "NaN" is not a number above 0'],
    [['--profile', 'weekly'], '--profile: "weekly" is none of daily, flat'],
    [['--start', 'tomorrow'], '--start: "tomorrow" is not a time'],
    [['--speed', '0'], '--speed: "0" is not a number above 0'],
    [['--scenario', 'doom'], '--scenario: there is no scenario "doom"'],
    [['--scenario', 'doom'], 'there are none, year, latency-spike, error-burst'],
    [['--scenario', 'min.txt'], "; a file's name ends in .yaml, .yml or .json, or has a / in it"],
    [['--scenario', 'year', '--scenario', 'error-burst'], 'one, not year and error-burst'],
    [['--scenario', 'a.yaml, b.yaml'], '--scenario: a run plays one, not a.yaml and b.yaml'],
    [['--scenario', ' doom'], '--scenario: there is no scenario "doom"'],
    [['--scenario', 'good.yaml@2026-03-01'], 'good.yaml@2026-03-01: a run plays it from its start'],
    [
      ['--scenario', 'error-burst@2026-03-01'],
      'write --scenario error-burst; dates are for ragmon',
    ],
    [['--scenario', 'a@b.yaml'], 'cannot read the scenario: ENOENT: no such file or directory'],
    [['--scenario', 'error-burst', '-d', '30s'], 'the run is too short for scenario "error-burst"'],
    [['--counters', 'sum'], '--counters: "sum" is none of carry, fresh, per-run'],
    [['--warmup', 'x'], '--warmup: "x" is not a duration'],
    [['--scrape-interval', '0'], '--scrape-interval must be longer than 0'],
    [['--instance', ''], '--instance must not be empty'],
    [['--label', 'nonsense'], '--label: "nonsense" is not name=value'],
    [['--label', '9a=b'], '--label: "9a" is not a label name'],
    [['--label', '__a=b'], '--label: "__a" is not a label name'],
    [['--label', 'a='], '--label: a has an empty value'],
    [['--label', 'a=1', '--label', 'a=2'], '--label: a is given twice'],
    [['--label', 'job=x'], '--label: the label job is in use already'],
    [['--label', 'instance=x'], '--label: the label instance is in use already'],
    [['--label', 'le=x'], '--label: the label le is in use already'],
    [['--label', 'quantile=x'], '--label: the label quantile is in use already'],
    [['--label', 'model=x'], '--label: the label model is in use already'],
    [['--label', 'run_id=x'], '--label: the label run_id is in use already'],
    [['--shard', '2/2'], '--shard: "2/2" is not i/n'],
    [['--shard', '0/2', '--instance', 'a'], '--shard needs an explicit --start'],
    [['--shard', '0/2', '--start', '2026-01-01T00:00:00Z'], '--shard needs an explicit --instance'],
    [
      ['--shard', '7/9', '--start', '2026-01-01T00:00:00Z', '--instance', 'a'],
      'shard 7/9 has no job: the run has only 3',
    ],
    [['--linger', '5s'], '--linger is the wait before --cleanup'],
    [['--gateway', 'not a url'], 'not a URL of a Pushgateway'],
    [['--gateway', 'ftp://x'], 'begins with http or https'],
    [['--gateway', 'http://x/?a=1'], 'has no ? and no #'],
    [['--ca-file', 'missing.pem'], 'cannot read the CA file'],
    [['--password-file', 'missing'], 'cannot read the password file'],
    [['--username', 'a', '--token-file', 'text.json'], 'exclude each other'],
    [['--header', 'nocolon'], '--header: "nocolon" is not "name: value"'],
    [['--header', 'a b: c'], 'not a header name'],
    [['--concurrency', '0'], '--concurrency: "0" is not a whole number'],
    [['--timeout', '-1s'], '--timeout: "-1s" is not a duration'],
    [['--retries', 'many'], '--retries: "many" is not a whole number'],
    [['--prices', 'missing.json'], 'cannot read the price list'],
    [['--prices', 'text.json'], 'cannot read the price list'],
    [['--prices', 'prices.json'], 'prices.json is no price list: models.0.model'],
    [['--dry-run', '-d', 'inf'], '--dry-run needs an end'],
    [['--bogus'], "unknown option '--bogus'"],
    [['extra'], 'too many arguments'],
    [['--duration'], "option '-d, --duration <d>' argument missing"],
  ])('%j', async (args, message) => {
    const env = memoryEnv(['simulate', ...args], {
      vars: { PUSHGATEWAY_URL: gateway.url },
      files: FILES,
    });
    const code = await run(env);
    const err = env.err();
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
    expect(err.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    expect(err).toMatch(/^ragmon: /);
    expect(env.out()).toBe('');
    expect(gateway.requests).toEqual([]);
  });

  test('a price list without a price for the day', async () => {
    const env = memoryEnv(
      ['simulate', '--prices', 'late.json', '--start', '2026-03-02T00:00:00Z'],
      {
        vars: { PUSHGATEWAY_URL: gateway.url },
        files: FILES,
      },
    );
    expect(await run(env)).toBe(2);
    expect(env.err()).toContain('the price list has no price of gpt-5-mini');
    expect(gateway.requests).toEqual([]);
  });

  test('an unknown command, and none', async () => {
    const unknown = memoryEnv(['dance']);
    expect(await run(unknown)).toBe(2);
    expect(unknown.err()).toMatch(/^ragmon: unknown command 'dance'/);
    const none = memoryEnv([]);
    expect(await run(none)).toBe(2);
    expect(none.err()).toContain('Usage: ragmon');
  });
});

describe('help and version', () => {
  test('--version is the package’s', async () => {
    for (const flag of ['--version', '-V']) {
      const env = memoryEnv([flag]);
      expect(await run(env)).toBe(0);
      expect(env.out()).toMatch(/^\d+\.\d+\.\d+\n$/);
    }
  });

  test.each(['simulate', 'verify', 'cleanup'])(
    '%s --help has examples, on stdout',
    async (name) => {
      const env = memoryEnv([name, '--help'], { columns: 100 });
      expect(await run(env)).toBe(0);
      expect(env.out()).toContain(`Usage: ragmon ${name}`);
      expect(env.out()).toContain('Examples:');
      expect(env.err()).toBe('');
    },
  );

  test('--help lists the commands', async () => {
    const env = memoryEnv(['--help']);
    expect(await run(env)).toBe(0);
    expect(env.out()).toMatch(/simulate .*\n.*verify .*\n.*cleanup /s);
  });
});
