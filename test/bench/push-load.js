// @ts-check
// One push client under load, in a process of its own: prints what it did and what it cost.
// node push-load.js <client> <url> <groups>; each group has one push under way at a time.
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Pushgateway } from 'prom-client';
import { createPushClient } from '../../dist/pushgateway/client.js';
import { sampleJob } from './group.js';

const WARM_UP_MS = 1500;
const MEASURED_MS = 3000;

const [variant = '', url = '', groups = ''] = process.argv.slice(2);
const connections = Number(groups);
const job = sampleJob();
const body = job.text();
if (body !== (await job.registry.metrics())) throw new Error('they push different groups');
const serialise = variant === 'prom-client' ? () => job.registry.metrics() : () => job.text();
// A real gateway is slow: at its pace the warm-up would end before the serialiser is compiled.
for (let i = 0; i < 4000; i++) await serialise();

const createRagmon = () =>
  createPushClient({
    url,
    concurrency: connections,
    random: Math.random,
    clock: { now: Date.now, monotonic: () => performance.now(), sleep: (ms) => delay(ms) },
  });

/** @type {Record<string, () => (instance: string) => Promise<unknown>>} */
const variants = {
  // Serialised for every push, as a run does.
  ragmon: () => {
    const client = createRagmon();
    return (instance) => client.put({ job: 'bench', labels: { instance } }, () => job.text());
  },
  'prom-client': () => {
    const agent = new Agent({ keepAlive: true, maxSockets: connections });
    const gateway = new Pushgateway(url, { agent }, job.registry);
    return (instance) => gateway.push({ jobName: 'bench', groupings: { instance } });
  },
  // The same text every time: HTTP only.
  'ragmon-constant': () => {
    const client = createRagmon();
    return (instance) => client.put({ job: 'bench', labels: { instance } }, body);
  },
};

const push = variants[variant]?.();
if (!push) throw new Error(`no client ${variant}`);
let pushes = 0;
let running = true;
const workers = Array.from({ length: connections }, async (_, i) => {
  while (running) {
    await push(String(i));
    pushes += 1;
  }
});
// A push that fails ends the process, with its message.
const failure = Promise.all(workers);
await Promise.race([delay(WARM_UP_MS), failure]);
const before = { cpu: process.cpuUsage(), pushes, time: performance.now() };
await Promise.race([delay(MEASURED_MS), failure]);
const cpu = process.cpuUsage(before.cpu);
const done = pushes - before.pushes;
const seconds = (performance.now() - before.time) / 1000;
running = false;
await failure;
process.stdout.write(
  JSON.stringify({
    cpuMicrosPerPush: (cpu.user + cpu.system) / done,
    pushesPerSecond: done / seconds,
    bytes: body.length,
  }),
  () => process.exit(),
);
