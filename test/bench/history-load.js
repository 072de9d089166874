// @ts-check
// Writes a history of the whole world: `drain <days> <step>` makes its OpenMetrics files and drops
// them, and prints samples, CPU seconds and peak memory in MB; `files`, `text` and `tsdb` write into
// a folder, and print the seconds that it took.
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

/** @type {(act: () => Promise<unknown>) => Promise<void>} */
async function timed(act) {
  const start = performance.now();
  await act();
  process.stdout.write(`${(performance.now() - start) / 1000}\n`);
}

if (what === 'drain') {
  const nowhere = {
    ...SYSTEM,
    fileVersion: async () => undefined,
    /** @type {typeof SYSTEM.writeFile} */
    writeFile: async (_, content) => {
      if (typeof content !== 'string') for await (const piece of content) void piece;
    },
  };
  const before = process.cpuUsage();
  const { samples } = await writeOpenMetrics(options, '/tmp', nowhere);
  const { user, system } = process.cpuUsage(before);
  const mb = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(`${JSON.stringify({ samples, cpu: (user + system) / 1e6, mb })}\n`);
} else if (what === 'files') {
  await timed(() => writeOpenMetrics(options, folder, SYSTEM));
} else if (what === 'text') {
  await timed(() => writeFile(folder, openMetricsText(options)));
} else {
  await timed(() => writeBlocks(options, folder, { ...SYSTEM, vars: process.env }));
}
