// @ts-check
// `history-load.js <what> <days> <step> [<folder>]` writes a history of the whole world: `files` its
// OpenMetrics files, `drain` the same for nobody, `text` all of it as one file, `tsdb` blocks. Prints
// what was written, CPU seconds without those of promtool, and peak memory in MB.
import { writeFile } from 'node:fs/promises';
import { SYSTEM } from '../../dist/env.js';
import { openMetricsText, writeOpenMetrics } from '../../dist/history/series/openmetrics-files.js';
import { writeBlocks } from '../../dist/history/series/tsdb.js';
import { SERVICES } from '../../dist/services/catalogue.js';
import { createWorld } from '../../dist/world/world.js';

const [what, days, step, folder = '/dev/null'] = process.argv.slice(2);
const from = Date.parse('2025-03-03T00:00:00Z') / 1000;
const options = {
  world: createWorld({ seed: 'bench', rate: 1, profile: 'daily' }),
  services: SERVICES,
  from,
  to: from + Number(days) * 86_400,
  step: Number(step),
  instance: 'demo',
  labels: {},
};

/** Takes files, and drops them. @type {typeof SYSTEM} */
const nowhere = {
  ...SYSTEM,
  fileVersion: async () => undefined,
  writeFile: async (_, content) => {
    if (typeof content !== 'string') for await (const piece of content) void piece;
  },
};

/** @type {Record<string, () => Promise<unknown>>} */
const acts = {
  drain: () => writeOpenMetrics(options, '/tmp', nowhere),
  files: () => writeOpenMetrics(options, folder, SYSTEM),
  text: () => writeFile(folder, openMetricsText(options)),
  tsdb: () => writeBlocks(options, folder, { ...SYSTEM, vars: process.env }),
};
const before = process.cpuUsage();
const written = await acts[what ?? '']?.();
const { user, system } = process.cpuUsage(before);
const mb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(`${JSON.stringify({ ...Object(written), cpu: (user + system) / 1e6, mb })}\n`);
