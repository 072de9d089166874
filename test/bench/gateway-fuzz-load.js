// @ts-check
// Random and mutated requests to a gateway in this process, a connection each:
// `node --expose-gc gateway-fuzz-load.js <requests> <seed>`. Prints what came of them as JSON.
import { connect } from 'node:net';
import { startGateway } from '../../dist/gateway/server.js';
import { garbage, generator, requestBytes } from '../gateway/garbage.js';

const AT_ONCE = 20;
const TIMEOUT_MS = 10_000;
const [requests = '1000', seed = '1'] = process.argv.slice(2);
const { port, url } = await startGateway({
  clock: { now: () => Date.now() },
  limits: { groups: 500, series: 20_000 },
});

/** The first bytes of the answer. @type {(bytes: Buffer) => Promise<string>} */
const exchange = (bytes) =>
  new Promise((resolve, reject) => {
    let first = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk) => {
      if (first === '') first = chunk.toString('latin1');
    });
    socket.on('error', (error) => (first === '' ? reject(error) : undefined));
    socket.on('close', () => resolve(first));
  });

const heap = () => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** @type {Record<string, number>} */
const statuses = {};
/** @type {{ status: string, request: import('../gateway/garbage.js').Garbage }[]} */
const problems = [];
const random = generator(Number(seed));
let slowest = 0;
let sent = 0;
let warm = 0;
const worker = async () => {
  while (sent < Number(requests)) {
    sent++;
    if (sent === Number(requests) / 2) warm = heap();
    const request = garbage(random);
    const start = performance.now();
    const answer = await exchange(requestBytes(request)).catch((error) => `${error}`);
    slowest = Math.max(slowest, performance.now() - start);
    const status = answer.match(/^HTTP\/1\.1 (\d+)/)?.[1] ?? answer;
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (!/^[234]\d\d$/.test(status)) problems.push({ status, request });
  }
};
await Promise.all(Array.from({ length: AT_ONCE }, worker));
const scrape = await fetch(`${url}/metrics`);
await scrape.text();
const grown = heap() - warm;
const result = { statuses, slowest, grown, scrape: scrape.status, problems: problems.slice(0, 5) };
process.stdout.write(JSON.stringify(result), () => process.exit(0));
