// @ts-check
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleJob } from './group.js';
import { execute, here, interleave, startGateway, startStub } from './harness.js';

const GROUPS = 16;
const ROUNDS = 5;

/**
 * @param {'ragmon' | 'ragmon-constant' | 'prom-client'} client
 * @param {string} url
 * @returns {Promise<{ cpuMicrosPerPush: number, pushesPerSecond: number }>}
 */
async function load(client, url) {
  return JSON.parse(
    await execute(process.execPath, [here('push-load.js'), client, url, `${GROUPS}`]),
  );
}

/** Pushes per second of wrk, with one thread and a connection a group. @param {string} url */
async function wrk(url) {
  const body = join(tmpdir(), `ragmon-bench-${process.pid}.txt`);
  writeFileSync(body, sampleJob().text());
  try {
    /** @type {(seconds: number) => Promise<string>} */
    const run = (seconds) =>
      execute('wrk', ['-t1', `-c${GROUPS}`, `-d${seconds}s`, '-s', here('push.lua'), url], {
        BODY: body,
        GROUPS: `${GROUPS}`,
      });
    await run(1); // The server is warm, as it is for the others.
    const output = await run(3);
    const rate = output.match(/^Requests\/sec:\s+([\d.]+)$/m)?.[1];
    if (!rate || /Non-2xx|Socket errors/.test(output)) throw new Error(`wrk:\n${output}`);
    return Number(rate);
  } finally {
    rmSync(body, { force: true });
  }
}

/**
 * A server of its own for each run.
 * @param {() => Promise<{ url: string, stop: () => Promise<void> }>} startServer
 * @param {(url: string) => Promise<number>} measure
 */
const against = (startServer, measure) => async () => {
  const server = await startServer();
  try {
    return await measure(server.url);
  } finally {
    await server.stop();
  }
};

/** @type {import('./run.js').Benchmark[]} */
export const push = [
  {
    name: 'push-cpu',
    run: async () => {
      const us = await interleave(ROUNDS, {
        ragmon: against(startGateway, async (url) => (await load('ragmon', url)).cpuMicrosPerPush),
        prom: against(
          startGateway,
          async (url) => (await load('prom-client', url)).cpuMicrosPerPush,
        ),
      });
      return [
        {
          name: 'client CPU per push: ragmon / prom-client',
          ratio: us.ragmon / us.prom,
          bound: { max: 0.75 },
          detail: `${us.ragmon.toFixed(0)} µs / ${us.prom.toFixed(0)} µs`,
        },
      ];
    },
  },
  ...[
    { name: 'push-stub', server: 'stub', start: startStub, rounds: 3 },
    {
      name: 'push-gateway',
      server: 'gateway',
      start: startGateway,
      rounds: ROUNDS,
      bound: { min: 0.8 },
    },
  ].map(({ name, server, start, rounds, bound }) => ({
    name,
    run: async () => {
      const rate = await interleave(rounds, {
        ragmon: against(start, async (url) => (await load('ragmon-constant', url)).pushesPerSecond),
        wrk: against(start, wrk),
      });
      return [
        {
          name: `pushes/s, ${server}: ragmon / wrk`,
          ratio: rate.ragmon / rate.wrk,
          ...(bound ? { bound } : {}),
          detail: `${rate.ragmon.toFixed(0)} / ${rate.wrk.toFixed(0)}`,
        },
      ];
    },
  })),
];
