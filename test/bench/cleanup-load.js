// @ts-check
// One way to empty a gateway, in seconds and as JSON: `node cleanup-load.js bare|sweep <url> <groups>`,
// or the median milliseconds of a push into what it holds: `node cleanup-load.js push <url>`.
import { Pool } from 'undici';
import { sampleJob } from './group.js';

const CONNECTIONS = 8;
const [what, url = '', groups = '0'] = process.argv.slice(2);

/** Three listings, of which the bodies are read and forgotten, and between them the deletions. */
const bare = async () => {
  const pool = new Pool(url, { connections: CONNECTIONS, headersTimeout: 0, bodyTimeout: 0 });
  /** @type {(method: 'GET' | 'DELETE', path: string) => Promise<void>} */
  const request = async (method, path) => {
    const answer = await pool.request({ method, path });
    await answer.body.dump({ limit: 2 ** 40 });
    if (answer.statusCode > 202) throw new Error(`${method} ${path}: ${answer.statusCode}`);
  };
  const started = performance.now();
  await request('GET', '/api/v1/metrics');
  await request('GET', '/api/v1/metrics');
  const listed = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < Number(groups))
      await request('DELETE', `/metrics/job/bench/instance/host-${next++}`);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const deleting = (performance.now() - listed) / 1000;
  await request('GET', '/api/v1/metrics');
  const total = (performance.now() - started) / 1000;
  await pool.destroy();
  return { deleting, total };
};

const sweep = async () => {
  const { cleanup } = await import('../../dist/cleanup/cleanup.js');
  const { deleted, failures, seconds } = await cleanup({
    ...{ gateway: url, anyOwner: true, olderThan: 0, concurrency: CONNECTIONS },
  });
  if (deleted.length !== Number(groups)) {
    throw new Error(`${deleted.length} deleted, ${failures.length} not: ${failures[0]?.error}`);
  }
  const { deleting, total } = seconds;
  return { deleting, total, peakMb: process.resourceUsage().maxRSS / 1024 };
};

const push = async () => {
  const pool = new Pool(url, { connections: 1 });
  const body = sampleJob().text();
  const times = [];
  for (let i = 0; i < 15; i++) {
    const started = performance.now();
    const answer = await pool.request({ method: 'PUT', path: '/metrics/job/live', body });
    await answer.body.dump();
    times.push(performance.now() - started);
  }
  await pool.destroy();
  return times.toSorted((a, b) => a - b)[7];
};

const run = { bare, sweep, push }[what ?? ''];
if (!run) throw new Error(`no ${what}`);
process.stdout.write(`${JSON.stringify(await run())}\n`);
