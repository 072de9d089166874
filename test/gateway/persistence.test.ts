import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../src/env.js';
import { groupLabels } from '../../src/gateway/grouping.js';
import { DEFAULT_LIMITS } from '../../src/gateway/limits.js';
import { openPersistence, type PersistEntry } from '../../src/gateway/persistence.js';
import { type Gateway, type GatewayOptions, startGateway } from '../../src/gateway/server.js';
import { createStore } from '../../src/gateway/store.js';
import { parseText } from '../../src/gateway/text-parser.js';
import { temporaryFolder, until } from '../support/processes.js';
import { rawRequest } from './raw-http.js';

const folder = temporaryFolder();
const started: Gateway[] = [];
afterAll(async () => {
  await Promise.all(started.map((gateway) => gateway.close()));
  rmSync(folder, { recursive: true, force: true });
});

async function testGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = await startGateway(options);
  started.push(gateway);
  return gateway;
}

let files = 0;
const newFile = () => join(folder, `${files++}.ragmon`);

const put = async ({ port }: Gateway, job: string, body = 'x 1\n') =>
  (await rawRequest(port, 'PUT', `/metrics/job/${job}`, body)).status;
const shown = async ({ port }: Gateway) => [
  (await rawRequest(port, 'GET', '/metrics')).body,
  (await rawRequest(port, 'GET', '/api/v1/metrics')).body,
];

describe('a gateway with a file', () => {
  test('holds after a restart what it held, and several do not meet', async () => {
    const [a, b] = [newFile(), newFile()];
    const first = await Promise.all([a, b].map((file) => testGateway({ persistence: { file } })));
    expect(
      await put(first[0]!, 'a', '# HELP x Of a.\n# TYPE x counter\nx{l="\xc3\xa4"} 1e300\n'),
    ).toBe(200);
    expect(await put(first[0]!, 'a', 'x 1 1\n')).toBe(400);
    expect(await put(first[1]!, 'b')).toBe(200);
    const before = await Promise.all(first.map(shown));
    await Promise.all(first.map((gateway) => gateway.close()));
    const again = await Promise.all([a, b].map((file) => testGateway({ persistence: { file } })));
    expect(await Promise.all(again.map(shown))).toEqual(before);
    expect(again.map((gateway) => gateway.groups())).toEqual([1, 1]);
    expect(await put(again[0]!, 'a')).toBe(200);
    expect(again.map((gateway) => gateway.groups())).toEqual([1, 1]);
  });

  test('is one that starts empty where there is none yet, and leaves one', async () => {
    const file = newFile();
    const gateway = await testGateway({ persistence: { file } });
    await gateway.close();
    expect(readFileSync(file, 'utf8')).toMatch(
      /^\{"format":"ragmon-gateway","version":1\}\n\{"end":0,/,
    );
  });

  test('writes it when a signal closes it', async () => {
    const file = newFile();
    const stop = new AbortController();
    const gateway = await testGateway({ signal: stop.signal, persistence: { file } });
    await put(gateway, 'a');
    stop.abort();
    await gateway.close();
    expect(readFileSync(file, 'utf8')).toContain('"job","a"');
  });

  test('writes a change at once, and deletions too', async () => {
    const file = newFile();
    const gateway = await testGateway({ persistence: { file, intervalMs: 1 } });
    const written = (pattern: RegExp) =>
      until(`${pattern}`, () => {
        try {
          return pattern.test(readFileSync(file, 'utf8'));
        } catch {
          return false;
        }
      });
    await put(gateway, 'a');
    await written(/"job","a"/);
    await put(gateway, 'b');
    await written(/"job","b"/);
    await rawRequest(gateway.port, 'DELETE', '/metrics/job/a');
    await rawRequest(gateway.port, 'DELETE', '/metrics/job/b');
    await written(/"end":0/);
  });

  test.each([
    [
      'text',
      '# TYPE x gauge\nx 1\n',
      /^cannot load the persistence file \S+: line 1: not a file of/,
    ],
    ['nothing', '', /^cannot load the persistence file \S+: it is empty$/],
  ])('does not start on %s, and leaves it', async (_, text, message) => {
    const file = newFile();
    writeFileSync(file, text);
    await expect(startGateway({ persistence: { file } })).rejects.toMatchObject({
      name: 'RagmonError',
      exitCode: 1,
      message: expect.stringMatching(message),
      hint: expect.stringContaining('it is left as it is'),
    });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('does not start on more than its limits allow', async () => {
    const file = newFile();
    const gateway = await testGateway({ persistence: { file } });
    for (const job of ['a', 'b']) await put(gateway, job);
    await gateway.close();
    const before = readFileSync(file, 'utf8');
    await expect(
      startGateway({ persistence: { file }, limits: { groups: 1 } }),
    ).rejects.toMatchObject({
      message: expect.stringContaining(
        "line 3: the push would exceed this gateway's limit of 1 groups",
      ),
      hint: 'raise that limit; the file is left as it is',
    });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('does not start on a place that cannot be one', async () => {
    mkdirSync(join(folder, 'sub'));
    for (const [file, message] of [
      [join(folder, 'none', 'x'), 'cannot write the persistence file: .*/none/x: .*no such file'],
      [join(folder, 'sub'), 'cannot read the persistence file: .*/sub: it is no file'],
      ['/dev/null', 'cannot read the persistence file: /dev/null: it is no file'],
    ] as const) {
      await expect(startGateway({ persistence: { file } })).rejects.toThrow(new RegExp(message));
    }
  });

  test('does not touch the file when the port is taken', async () => {
    const { port } = await testGateway({});
    const file = newFile();
    await expect(startGateway({ port, persistence: { file } })).rejects.toThrow('cannot listen');
    expect(readdirSync(folder)).not.toContain(file.split('/').at(-1));
  });

  test('does not overwrite what another one wrote', async () => {
    const file = newFile();
    const entries: PersistEntry[] = [];
    const onPersist = (entry: PersistEntry) => entries.push(entry);
    const [a, b] = [
      await testGateway({ persistence: { file, intervalMs: 1 } }),
      await startGateway({ persistence: { file, intervalMs: 1, onPersist } }),
    ];
    await put(a, 'a');
    await until('its file', () => readdirSync(folder).includes(file.split('/').at(-1) ?? ''));
    expect(await put(b, 'b')).toBe(200);
    await until('two failures', () => entries.length > 1);
    const error = `${file}: another process writes it`;
    expect(entries[1]).toMatchObject({ final: false, groups: 1, error });
    await expect(b.close()).rejects.toMatchObject({
      name: 'RagmonError',
      exitCode: 1,
      message: `cannot write the persistence file: ${error}`,
    });
    expect(entries.at(-1)).toMatchObject({ final: true, error });
    await put(a, 'c');
    await a.close();
    const text = readFileSync(file, 'utf8');
    expect([...text.matchAll(/"job","(\w+)"/g)].map(([, job]) => job)).toEqual(['a', 'c']);
  });

  test('writes again when what another one wrote is moved away', async () => {
    const file = newFile();
    const entries: PersistEntry[] = [];
    const onPersist = (entry: PersistEntry) => entries.push(entry);
    const gateway = await testGateway({ persistence: { file, intervalMs: 1, onPersist } });
    writeFileSync(file, 'of another program');
    await put(gateway, 'a');
    await until('a failure', () => entries.at(-1)?.error !== undefined);
    expect(readFileSync(file, 'utf8')).toBe('of another program');
    rmSync(file);
    await until('a success', () => entries.at(-1)?.error === undefined);
    await gateway.close();
    expect(readFileSync(file, 'utf8')).toContain('"job","a"');
  });

  test('whose folder is gone tells of it, tries again, and fails at the end', async () => {
    const gone = join(folder, 'gone');
    mkdirSync(gone);
    const entries: PersistEntry[] = [];
    const onPersist = (entry: PersistEntry) => {
      entries.push(entry);
      throw new Error('an observer’s own mistake');
    };
    const persistence = { file: join(gone, 'x'), intervalMs: 1, onPersist };
    const gateway = await startGateway({ persistence });
    rmSync(gone, { recursive: true });
    expect(await put(gateway, 'a')).toBe(200);
    await until('two failures', () => entries.length > 1);
    expect(entries[1]).toMatchObject({
      groups: 1,
      final: false,
      error: expect.stringContaining('no such file'),
    });
    mkdirSync(gone);
    await until('a success', () => entries.at(-1)?.error === undefined);
    rmSync(gone, { recursive: true });
    await expect(gateway.close()).rejects.toMatchObject({
      name: 'RagmonError',
      exitCode: 1,
      message: expect.stringMatching(/^cannot write the persistence file: .*gone\/x: /),
    });
    expect(entries.at(-1)).toMatchObject({ final: true, error: expect.any(String) });
  });
});

describe('writing', () => {
  const change = (store: ReturnType<typeof createStore>, job: string) =>
    store.push(groupLabels(new Map([['job', job]])), parseText('x 1\n'), true, 1000);

  /** A file system whose writes end when told, and a clock whose pauses do. */
  async function slow() {
    const ends: ((error?: Error) => void)[] = [];
    const pauses: { ms: number; wake: () => void }[] = [];
    const written: string[] = [];
    const env = {
      ...SYSTEM,
      sleep: async (ms: number, signal?: AbortSignal) => {
        if (ms === 0) return await SYSTEM.sleep(0);
        await new Promise<void>((resolve) => {
          pauses.push({ ms, wake: resolve });
          signal?.addEventListener('abort', () => resolve());
          if (signal?.aborted) resolve();
        });
      },
      checkWritable: async (path: string) => path,
      readPieces: SYSTEM.readPieces,
      writeFile: async (_: string, content: string | Iterable<Uint8Array>) => {
        await new Promise<void>((resolve, reject) => {
          ends.push((error) => (error ? reject(error) : resolve()));
        });
        if (typeof content !== 'string') written.push(Buffer.concat([...content]).toString());
      },
    };
    let persistence: Awaited<ReturnType<typeof openPersistence>> | undefined;
    const store = createStore(DEFAULT_LIMITS, () => persistence?.changed());
    persistence = await openPersistence(store, {
      ...{ env, file: '/no/such/file', intervalMs: 30_000, maxLabels: 64 },
    });
    const jobs = () =>
      written.map((text) => [...text.matchAll(/"job","(\w+)"/g)].map(([, job]) => job).join());
    return { store, persistence, ends, pauses, jobs };
  }

  test('is one at a time; a change meanwhile leads to another, after the interval', async () => {
    const { store, persistence, ends, pauses, jobs } = await slow();
    change(store, 'a');
    change(store, 'b');
    await until('a write', () => ends.length === 1);
    change(store, 'c');
    await SYSTEM.sleep(20);
    expect([ends.length, pauses.length]).toEqual([1, 0]);
    ends[0]!();
    await until('a pause', () => pauses.length === 1);
    expect([pauses[0]?.ms, jobs()]).toEqual([30_000, ['a,b']]);
    change(store, 'd');
    await SYSTEM.sleep(20);
    expect(ends.length).toBe(1);
    pauses[0]!.wake();
    await until('the next write', () => ends.length === 2);
    ends[1]!();
    await until('its pause', () => pauses.length === 2);
    expect(jobs()).toEqual(['a,b', 'a,b,c,d']);
    // Nothing changed: nothing is written, and the next change is written at once.
    pauses[1]!.wake();
    await SYSTEM.sleep(20);
    expect([ends.length, pauses.length]).toEqual([2, 2]);
    change(store, 'e');
    await until('a write at once', () => ends.length === 3);
    ends[2]!();
    const closed = persistence.close();
    await until('the last write', () => ends.length === 4);
    ends[3]!();
    await closed;
    expect(jobs().slice(2)).toEqual(['a,b,c,d,e', 'a,b,c,d,e']);
  });

  test('at the end waits for the one under way', async () => {
    const { store, persistence, ends, jobs } = await slow();
    change(store, 'a');
    await until('a write', () => ends.length === 1);
    change(store, 'b');
    const closed = persistence.close();
    await SYSTEM.sleep(20);
    expect(ends.length).toBe(1);
    ends[0]!(new Error('full'));
    await until('the last write', () => ends.length === 2);
    ends[1]!();
    await closed;
    expect(jobs()).toEqual(['a,b']);
  });
});
