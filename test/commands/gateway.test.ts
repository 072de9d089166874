import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli.js';
import type { GatewayFlags } from '../../src/commands/gateway/flags.js';
import { groupText } from '../../src/commands/gateway/group-text.js';
import { createLimiter } from '../../src/commands/gateway/limiter.js';
import { createLog } from '../../src/commands/gateway/log.js';
import { gatewayOptionsOf } from '../../src/commands/gateway/options.js';
import { RagmonError } from '../../src/errors.js';
import { DEFAULT_LIMITS } from '../../src/gateway/limits.js';
import type { RequestEntry } from '../../src/gateway/observer.js';
import { memoryEnv } from '../support/env.js';
import { until } from '../support/processes.js';

const options = (flags: GatewayFlags, vars: Record<string, string> = {}) =>
  gatewayOptionsOf(flags, { vars });

test('the defaults', () => {
  expect(options({})).toEqual({
    ...{ host: '127.0.0.1', port: 9091, routePrefix: undefined, enableAdminApi: false },
    ...{ limits: DEFAULT_LIMITS, persistence: undefined, json: false, detail: 'normal' },
  });
});

describe('flags and variables', () => {
  const VARS = {
    RAGMON_GATEWAY_LISTEN: ':1',
    RAGMON_GATEWAY_ROUTE_PREFIX: '/var',
    RAGMON_GATEWAY_PERSISTENCE_FILE: 'var',
  };

  test.each<[GatewayFlags, Record<string, string>, object]>([
    [{ listen: '0.0.0.0:0' }, {}, { host: '0.0.0.0', port: 0 }],
    [{ listen: '[::1]:9091' }, {}, { host: '::1', port: 9091 }],
    [{ listen: '[fe80::1%eth0]:9' }, {}, { host: 'fe80::1%eth0', port: 9 }],
    [{ listen: ':9091' }, {}, { host: '', port: 9091 }],
    [{ listen: '9092' }, {}, { host: '127.0.0.1', port: 9092 }],
    [{ listen: ' localhost:65535 ' }, {}, { host: 'localhost', port: 65_535 }],
    [{}, VARS, { host: '', port: 1, routePrefix: '/var', persistence: { file: 'var' } }],
    [{ listen: '2', routePrefix: '/a' }, VARS, { host: '127.0.0.1', port: 2, routePrefix: '/a' }],
    [{ persistenceFile: 'a' }, VARS, { persistence: { file: 'a', intervalMs: undefined } }],
    [{ persistenceFile: '' }, VARS, { persistence: undefined }],
    [
      {},
      { RAGMON_GATEWAY_LISTEN: '', RAGMON_GATEWAY_PERSISTENCE_FILE: '' },
      { port: 9091, persistence: undefined },
    ],
    [{ persistenceInterval: '1m30s' }, VARS, { persistence: { file: 'var', intervalMs: 90_000 } }],
    [{ enableAdminApi: true, json: true }, {}, { enableAdminApi: true, json: true }],
    [{ quiet: true, verbose: true }, {}, { detail: 'errors' }],
    [{ verbose: true }, {}, { detail: 'all' }],
    [
      { maxGroups: '5', maxSeries: '6', maxLabels: '7', maxPushMetrics: '8' },
      {},
      { limits: { ...DEFAULT_LIMITS, groups: 5, series: 6, labels: 7, pushMetrics: 8 } },
    ],
    [
      { maxBody: '1MiB', maxStored: '64MB', maxHeader: '4096', maxPending: '2 GB' },
      {},
      {
        limits: {
          ...DEFAULT_LIMITS,
          bodyBytes: 2 ** 20,
          storedBytes: 64e6,
          headerBytes: 4096,
          pendingBytes: 2e9,
        },
      },
    ],
    [
      { maxBody: '100MB' },
      {},
      { limits: { ...DEFAULT_LIMITS, bodyBytes: 1e8, pendingBytes: 1e8 } },
    ],
  ])('%j %j', (flags, vars, expected) => {
    expect(options(flags, vars)).toMatchObject(expected);
  });

  test.each<[string[], string]>([
    [['--listen', ''], '--listen: "" is no address to listen on'],
    [['--listen', 'localhost'], '--listen: "localhost" is no address'],
    [['--listen', '::1:9091'], '--listen: "::1:9091" is no address'],
    [['--listen', '[::1]'], '--listen: "[::1]" is no address'],
    [['--listen', 'a:65536'], '--listen: "a:65536" is no address'],
    [['--listen', 'a:-1'], '--listen: "a:-1" is no address'],
    [['--listen', 'http://a:1'], '--listen: "http://a:1" is no address'],
    [['--route-prefix', '/a?b'], 'not a route prefix: "/a?b"'],
    [['--persistence-interval', '5m'], '--persistence-interval is for --persistence-file'],
    [
      ['--persistence-file', 'x', '--persistence-interval', '0'],
      '--persistence-interval must be longer than 0',
    ],
    [['--max-groups', '0'], '--max-groups: "0" is not a whole number from 1 to 1000000000'],
    [['--max-labels', '1.5'], '--max-labels: "1.5" is not a whole number'],
    [['--max-body', 'much'], '--max-body: "much" is not a size'],
    [['--max-body', '-1'], '--max-body: "-1" is not a size'],
    [['--max-body', '1TB'], '--max-body: "1TB" is not a size'],
    [['--max-body', '1GiB'], '--max-body: 1GiB is not from 1 to 536870880 bytes'],
    [['--max-header', '1'], '--max-header: 1 is not from 1024 to'],
    [['--max-body', '2MB', '--max-pending', '1MB'], '--max-pending is less than --max-body'],
    [['--bogus'], "unknown option '--bogus'"],
    [['extra'], 'too many arguments'],
  ])('%j: exit 2', async (args, message) => {
    const env = memoryEnv(['gateway', ...args]);
    expect(await run(env)).toBe(2);
    expect(env.err()).toContain(`ragmon: ${message.startsWith('--') ? message : ''}`);
    expect(env.err()).toContain(message);
    expect(env.err().trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    expect([env.out(), env.listeners()]).toEqual(['', 0]);
  });

  test('a variable that is wrong is named', async () => {
    const env = memoryEnv(['gateway'], { vars: { RAGMON_GATEWAY_LISTEN: 'nowhere' } });
    expect(await run(env)).toBe(2);
    expect(env.err()).toContain('RAGMON_GATEWAY_LISTEN: "nowhere" is no address');
  });

  test('--help has examples, on stdout', async () => {
    const env = memoryEnv(['gateway', '--help'], { columns: 100 });
    expect(await run(env)).toBe(0);
    expect(env.out()).toContain('Usage: ragmon gateway');
    expect(env.out()).toContain('Examples:');
    expect(env.out().replace(/\s+/g, ' ')).toContain('deletes everything, pages delete groups');
    expect(env.out().replace(/\s+/g, ' ')).toContain('of its group, and in a path');
    expect(env.err()).toBe('');
    const { groups, series, labels, pushMetrics, connections, ...sizes } = DEFAULT_LIMITS;
    const shown = [...env.out().matchAll(/--max-[\w-]+ .*?\(default: (\S+)\)/gs)].map(
      ([, text]) => text,
    );
    const bytes = Object.values(sizes).map((size) =>
      size % 2 ** 20 ? `${size / 2 ** 10}KiB` : `${size / 2 ** 20}MiB`,
    );
    expect(shown.sort()).toEqual(
      [groups, series, labels, pushMetrics, connections, ...bytes].map(String).sort(),
    );
  });
});

describe('a run', () => {
  /** `ragmon gateway` in this process, stopped after `act`. */
  async function session(args: string[], act: (url: string) => Promise<void>, files = {}) {
    const env = memoryEnv(['gateway', '--listen', '0', ...args], { clock: 'real', files });
    const code = run(env);
    const url = await until('its URL', () => /http:\/\/[^\s"]+/.exec(env.err() + env.out())?.[0]);
    await act(url);
    env.signal('SIGTERM');
    expect(await code).toBe(143);
    expect(env.listeners()).toBe(0);
    return env;
  }
  const put = async (url: string, body = 'x 1\n', job = 'a') =>
    (await fetch(`${url}/metrics/job/${job}`, { method: 'PUT', body })).status;

  test('says where it is, what it refused, and why it ended', async () => {
    const { err, out } = await session([], async (url) => {
      expect(await put(url)).toBe(200);
      expect(await put(url, 'x\n')).toBe(400);
      for (let i = 0; i < 5; i++) expect(await put(url, 'y\n')).toBe(400);
    });
    expect(out()).toBe('');
    const lines = err().split('\n');
    expect(lines[0]).toMatch(
      /^ragmon: gateway at http:\/\/127\.0\.0\.1:\d+ \(in memory; --persistence-file keeps it\)$/,
    );
    const reason = 'text format parsing error in line 1: expected float as value, got ""';
    expect(lines[1]?.replace(/^\S+ \S+/, 'T')).toBe(`T 400 PUT {job="a"}: ${reason}`);
    expect(lines[2]?.replace(/^\S+ \S+/, 'T')).toBe(`T 5 × 400 PUT {job="a"}: ${reason}`);
    expect(lines.slice(3)).toEqual(['ragmon: stopped by SIGTERM', '']);
  });

  test('--json: an object a line on stdout, with the keys that are documented', async () => {
    const { err, out } = await session(['--json', '-v', '--persistence-file', 'f'], async (url) => {
      await put(url);
      await put(url, 'x\n');
    });
    expect(err()).toBe('');
    const lines = out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const keys: Record<string, string[]> = {
      start: ['url', 'host', 'port', 'persistenceFile', 'groups'],
      request: ['method', 'path', 'status', 'reason', 'ms', 'bytesIn', 'bytesOut'],
      refused: ['method', 'path', 'status', 'reason', 'group', 'count'],
      written: ['file', 'groups', 'bytes', 'ms', 'final', 'error'],
      stop: ['signal', 'groups'],
    };
    for (const { event, ...entry } of lines) {
      expect(Object.keys(entry)).toEqual(['time', 'level', ...(keys[event] ?? [event])]);
      expect(new Date(entry.time).toISOString()).toBe(entry.time);
    }
    expect(new Set(lines.map(({ event }) => event))).toEqual(new Set(Object.keys(keys)));
    expect(lines.find(({ event }) => event === 'refused')).toMatchObject({
      ...{ level: 'warn', method: 'PUT', path: '/metrics/job/a', status: 400 },
      ...{ reason: expect.stringContaining('expected float'), group: '{job="a"}', count: 1 },
    });
    expect(lines.at(-1)).toMatchObject({ level: 'info', signal: 'SIGTERM', groups: 1 });
  });

  test('-v: every request; -q: nothing', async () => {
    const work = async (url: string) => {
      await put(url);
      await put(url, 'x\n');
      await fetch(`${url}/nope?token=hush`, { headers: { Authorization: 'Bearer hush' } });
    };
    const { err } = await session(['-v', '--route-prefix', '/p'], work);
    const lines = err()
      .replace(/^\d+-\d+-\d+ \d+:\d+:\d+ /gm, '')
      .replace(/\d+(\.\d+)? ms/g, 'N ms')
      .split('\n');
    expect(lines[1]).toMatch(/^200 PUT \/p\/metrics\/job\/a, N ms, in \d+, out \d+ bytes$/);
    expect(lines[2]).toMatch(
      /^400 PUT \/p\/metrics\/job\/a, .* bytes: text format parsing error in/,
    );
    expect(lines[3]).toMatch(/^404 GET \/p\/nope, /);
    expect(lines).toHaveLength(6);
    expect(err()).not.toContain('hush');
  });

  test('-q: nothing', async () => {
    const env = memoryEnv(['gateway', '--listen', '127.0.0.1:0', '-q'], { clock: 'real' });
    const code = run(env);
    await until('a listener', () => env.listeners() > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    env.signal('SIGINT');
    expect(await code).toBe(130);
    expect([env.out(), env.err()]).toEqual(['', '']);
  });

  test('what is not loopback is said in a line', async () => {
    const env = memoryEnv(['gateway', '--listen', '0.0.0.0:0'], { clock: 'real' });
    const code = run(env);
    await until('the warning', () => env.err().includes('whoever'));
    env.signal('SIGINT');
    expect(await code).toBe(130);
    expect(env.err()).toMatch(
      /^ragmon: it listens on 0\.0\.0\.0, port \d+: whoever reaches that can push, read and delete$/m,
    );
  });

  test('a port that is taken: exit 1, the address and what to do', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const env = memoryEnv(['gateway', '--listen', `${port}`], { clock: 'real' });
    expect(await run(env)).toBe(1);
    server.close();
    expect(env.err()).toBe(
      `ragmon: the gateway cannot listen on 127.0.0.1:${port}: EADDRINUSE: address already in use\n` +
        '  is another gateway there? --listen 127.0.0.1:0 takes a free port\n',
    );
  });

  test('what fails after the start leaves no server behind', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const env = memoryEnv(['gateway', '--listen', `${port}`, '--json'], { clock: 'real' });
    env.stdout.write = () => {
      throw new RagmonError('nobody reads this');
    };
    expect(await run(env)).toBe(1);
    expect(env.err()).toBe('ragmon: nobody reads this\n');
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
    expect(env.listeners()).toBe(0);
  });

  test('a file that is none: exit 1, and it is left as it is', async () => {
    const argv = ['gateway', '--listen', '0', '--persistence-file', 'f'];
    const env = memoryEnv(argv, { clock: 'real', files: { f: 'hello\n' } });
    expect(await run(env)).toBe(1);
    expect(env.err()).toBe(
      'ragmon: cannot load the persistence file f: line 1: not a file of a ragmon gateway\n' +
        '  it is left as it is: move it away to start empty, or name another file\n',
    );
    expect([...env.files]).toEqual([['f', 'hello\n']]);
  });
});

describe('the log', () => {
  const entry = (more: Partial<RequestEntry>): RequestEntry => ({
    ...{ method: 'PUT', path: '/metrics/job/a', ms: 1, bytesIn: 1, bytesOut: 1 },
    ...more,
  });
  const logged = (...entries: RequestEntry[]) => {
    const env = memoryEnv([], { startsAt: 0 });
    const log = createLog(env, { json: false, detail: 'normal', persistence: undefined });
    for (const one of entries) log.request(one);
    return env.err().split('\n').slice(0, -1);
  };

  test.each<[Partial<RequestEntry>, string | undefined]>([
    [{ status: 200 }, undefined],
    [{ status: 422, reason: 'full' }, '422 PUT {job="a"}: full'],
    [{ status: 500, reason: 'bug' }, '500 PUT {job="a"}: bug'],
    [{}, 'gone PUT {job="a"}'],
    [{ method: 'DELETE', path: '/metrics/job/', status: 404 }, '404 DELETE /metrics/job/'],
    [{ method: 'GET', path: '/favicon.ico', status: 404 }, undefined],
    [{ method: 'GET' }, undefined],
    [{ method: 'GET', path: '/metrics', status: 500 }, '500 GET /metrics'],
  ])('%j: %s', (more, line) => {
    expect(logged(entry(more))).toEqual(line ? [`1970-01-01 00:00:00 ${line}`] : []);
  });

  test('of what is no request', () => {
    const nothing = { ms: 0, bytesIn: 0, bytesOut: 0 };
    expect(
      logged({ ...nothing, status: 431, reason: 'Too Large' }, { ...nothing, reason: 'more' }),
    ).toEqual(['1970-01-01 00:00:00 431: Too Large', '1970-01-01 00:00:00 refused: more']);
  });

  test('is never longer than can be read', () => {
    const [line] = logged(
      entry({ status: 400, path: `/${'p'.repeat(5000)}`, reason: 'r'.repeat(5000) }),
    );
    expect(line!.length).toBeLessThan(1100);
  });

  test('names groups whatever they are called', () => {
    expect(groupText('/metrics/job/a%0a%1b/l@base64/w6Q', '')).toBe('{job="a\\n\\x1b",l="ä"}');
    expect(groupText('/p/metrics/job/a', '/p')).toBe('{job="a"}');
    expect(groupText('/metrics/job/a', '/p')).toBeUndefined();
    expect(groupText('/metrics/job/a/b', '')).toBeUndefined();
    expect(groupText('/metrics/job@base64/!', '')).toBeUndefined();
    expect(groupText(undefined, '')).toBeUndefined();
    expect(groupText('/metrics/job/%zz', '')).toBeUndefined();
  });
});

describe('a flood', () => {
  function limited() {
    const told: string[] = [];
    let wake = () => {};
    const sleep = async (ms: number, signal?: AbortSignal) => {
      expect(ms).toBe(10_000);
      await new Promise<void>((resolve) => {
        wake = resolve;
        signal?.addEventListener('abort', () => resolve());
      });
    };
    const limiter = createLimiter<string>({ sleep }, (entry, count) =>
      told.push(`${count} ${entry}`),
    );
    const window = async () => {
      wake();
      await new Promise((resolve) => setImmediate(resolve));
      return told.splice(0);
    };
    return { ...limiter, told: () => told.splice(0), window };
  }

  test('is told at its first, and then once a window with its number', async () => {
    const { take, told, window } = limited();
    for (let i = 0; i < 100; i++) take('a', `a${i}`);
    take('b', 'b0');
    expect(told()).toEqual(['1 a0', '1 b0']);
    expect(await window()).toEqual(['99 a99']);
    for (let i = 0; i < 7; i++) take('a', `c${i}`);
    take('b', 'b1');
    expect(told()).toEqual(['1 b1']);
    expect(await window()).toEqual(['7 c6']);
    expect(await window()).toEqual([]);
    take('a', 'd0');
    expect(told()).toEqual(['1 d0']);
  });

  test('of ever new kinds is one kind from the 21st on', async () => {
    const { take, told, window } = limited();
    for (let i = 0; i < 1000; i++) take(`k${i}`, `e${i}`);
    expect(told()).toHaveLength(21);
    expect(await window()).toEqual(['979 e999']);
  });

  test('leaves nothing untold at the end', () => {
    const { take, told, end } = limited();
    for (const one of ['1', '2', '3']) take('a', one);
    end();
    expect(told()).toEqual(['1 1', '2 3']);
  });
});
