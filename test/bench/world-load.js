// @ts-check
// Plays 30 days of the whole world, a minute at a time, into the instruments of every service;
// prints the CPU time in milliseconds.
import { createJobMetrics } from '../../dist/instruments/job-metrics.js';
import { SERVICES } from '../../dist/services/catalogue.js';
import { addStretch, emptyTotal } from '../../dist/world/total.js';
import { createWorld } from '../../dist/world/world.js';

const DAYS = 30;
const rate = Number(process.argv[2]);
const start = Date.parse('2026-03-02T00:00:00Z') / 1000;
const world = createWorld({ seed: 'bench', rate, profile: 'daily' });
const before = process.cpuUsage();
for (const service of SERVICES) {
  const metrics = createJobMetrics(service);
  const total = emptyTotal(service.model);
  for (let minute = 0; minute < DAYS * 1440; minute++) {
    const from = start + minute * 60;
    addStretch(world, service.model, from, from + 60, [total]);
    metrics.setTotal(total);
  }
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${(user + system) / 1000}\n`);
