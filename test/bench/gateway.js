// @ts-check
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execute, here, interleave, start } from './harness.js';

const GROUPS = 2000;
const ROUNDS = 3;

/** @typedef {{ url: string, output: () => string, stop: () => Promise<void> }} Server */

/** @type {(command: string, args: string[]) => Promise<Server>} */
async function serve(command, args) {
  const { output, stop } = start(command, args);
  for (const end = performance.now() + 20_000; performance.now() < end; await delay(20)) {
    const port = output().match(/Listening on"? address=\S*:(\d+)/)?.[1];
    if (port) return { url: `http://127.0.0.1:${port}`, output, stop };
  }
  throw new Error(`${command} does not listen\n${output()}`);
}

/** @type {(...args: string[]) => Promise<Server>} */
export const real = (...args) =>
  serve('prometheus-pushgateway', ['--web.listen-address=127.0.0.1:0', ...args]);
const embedded = () => serve(process.execPath, ['--expose-gc', here('gateway-serve.js')]);

/** @type {(what: string, server: Server, groups: number) => Promise<number>} */
const load = async (what, { url }, groups) =>
  Number(await execute(process.execPath, [here('gateway-load.js'), what, url, `${groups}`]));

/**
 * The real gateway with so many groups. Filled by pushes that it checks it would take minutes: so
 * one that does not check them leaves a file, and the one to measure starts from that.
 * @param {number} groups
 * @param {string} file
 */
export async function filled(groups, file) {
  const quick = await real(
    ...[
      '--push.disable-consistency-check',
      '--persistence.interval=1s',
      `--persistence.file=${file}`,
    ],
  );
  try {
    await load('fill', quick, groups);
    // It writes a file whole, at most a second after each push.
    const deadline = performance.now() + 60_000;
    for (let size = -1, same = 0; same < 3; ) {
      await delay(1000);
      const now = existsSync(file) ? statSync(file).size : -1;
      same = now > 0 && now === size ? same + 1 : 0;
      size = now;
      if (performance.now() > deadline) throw new Error('the real gateway wrote no file');
    }
  } finally {
    await quick.stop();
  }
  // Its own changes are not written any more.
  return await real(`--persistence.file=${file}`, '--persistence.interval=1h');
}

/** Bytes held, after a garbage collection. @type {(server: Server) => Promise<number>} */
async function memory({ output }) {
  const url = output().match(/Memory at (\S+)/)?.[1];
  const answer = await fetch(`${url}`);
  return Number(await answer.text());
}

/** @type {import('./run.js').Benchmark[]} */
export const gateway = [
  {
    name: 'gateway-one',
    run: async () => {
      const servers = { embedded: await embedded(), real: await real('--persistence.file=') };
      try {
        for (const server of Object.values(servers)) await load('push', server, 1); // Warm.
        const rate = await interleave(ROUNDS, {
          embedded: () => load('push', servers.embedded, 1),
          real: () => load('push', servers.real, 1),
        });
        return [
          {
            name: 'pushes/s, 1 group: embedded / real gateway',
            ratio: rate.embedded / rate.real,
            bound: { min: 1 },
            detail: `${rate.embedded.toFixed(0)} / ${rate.real.toFixed(0)}`,
          },
        ];
      } finally {
        await Promise.all(Object.values(servers).map(({ stop }) => stop()));
      }
    },
  },
  {
    name: 'gateway-many',
    run: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'ragmon-bench-'));
      const servers = {
        embedded: await embedded(),
        real: await filled(GROUPS, join(folder, 'store')),
      };
      try {
        const empty = await memory(servers.embedded);
        const size = await load('fill', servers.embedded, GROUPS);
        const held = ((await memory(servers.embedded)) - empty) / GROUPS;
        const rate = await interleave(ROUNDS, {
          embedded: () => load('push', servers.embedded, GROUPS),
          real: () => load('push', servers.real, GROUPS),
        });
        const ms = await interleave(ROUNDS, {
          embedded: () => load('scrape', servers.embedded, GROUPS),
          real: () => load('scrape', servers.real, GROUPS),
        });
        return [
          {
            name: `pushes/s, ${GROUPS} groups: embedded / real gateway`,
            ratio: rate.embedded / rate.real,
            bound: { min: 30 },
            detail: `${rate.embedded.toFixed(0)} / ${rate.real.toFixed(0)}`,
          },
          {
            name: `scrape of ${GROUPS} groups: embedded / real gateway`,
            ratio: ms.embedded / ms.real,
            bound: { max: 1.5 },
            detail: `${ms.embedded.toFixed(0)} / ${ms.real.toFixed(0)} ms`,
          },
          {
            name: 'memory of a group: embedded / its text',
            ratio: held / size,
            bound: { max: 6 },
            detail: `${(held / 1024).toFixed(1)} / ${(size / 1024).toFixed(1)} KB`,
          },
        ];
      } finally {
        await Promise.all(Object.values(servers).map(({ stop }) => stop()));
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
];
