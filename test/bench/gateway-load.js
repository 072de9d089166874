// @ts-check
// What a gateway does, seen from outside: `node gateway-load.js fill|push|scrape <url> <groups> <ms>`.
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Pool } from 'undici';
import { sampleJob } from './group.js';

const [what, url = '', groups = '1', ms = '2000'] = process.argv.slice(2);
const body = sampleJob().text();

/** @type {(pool: Pool, group: number) => Promise<void>} */
const push = async (pool, group) => {
  const path = `/metrics/job/bench/instance/host-${group}`;
  const answer = await pool.request({ method: 'PUT', path, body });
  await answer.body.dump();
  if (answer.statusCode > 202) throw new Error(`push: ${answer.statusCode}`);
};

/** Pushes of random groups, 16 at a time, in a second. */
const rate = async () => {
  const pool = new Pool(url, { connections: 16 });
  let done = 0;
  const end = performance.now() + Number(ms);
  const start = performance.now();
  const worker = async () => {
    while (performance.now() < end) {
      await push(pool, Math.floor(Math.random() * Number(groups)));
      done++;
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  const seconds = (performance.now() - start) / 1000;
  await pool.destroy();
  return done / seconds;
};

const fill = async () => {
  const pool = new Pool(url, { connections: 4 });
  let next = 0;
  const worker = async () => {
    while (next < Number(groups)) await push(pool, next++);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  await pool.destroy();
  return body.length;
};

/** Median milliseconds of five scrapes. */
const scrape = async () => {
  const client = new Client(url, { headersTimeout: 60_000, bodyTimeout: 60_000 });
  const times = [];
  for (let i = 0; i < 5; i++) {
    await delay(50);
    const start = performance.now();
    const answer = await client.request({ method: 'GET', path: '/metrics' });
    await answer.body.dump({ limit: 2 ** 30 });
    times.push(performance.now() - start);
    if (answer.statusCode !== 200) throw new Error(`scrape: ${answer.statusCode}`);
  }
  await client.destroy();
  return times.toSorted((a, b) => a - b)[2] ?? Number.NaN;
};

const run = { fill, push: rate, scrape }[what ?? ''];
if (!run) throw new Error(`no ${what}`);
process.stdout.write(`${await run()}\n`);
