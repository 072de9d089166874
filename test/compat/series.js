// @ts-check
// Writes series and events of a few hours, with whatever Node runs it, into a folder.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestEvents } from '../../dist/history/events/events.js';
import { eventLine } from '../../dist/history/events/line.js';
import { openMetricsText } from '../../dist/history/series/openmetrics-files.js';
import { SERVICES } from '../../dist/services/catalogue.js';
import { MINUTE } from '../../dist/world/time.js';
import { createWorld } from '../../dist/world/world.js';
import { yearIncidents } from '../../dist/world/year.js';

const HOUR = 3600;
const seed = 'compat';
const folder = process.argv[2] ?? '.';
// The hours in which the first incident of the year begins.
const year = Date.UTC(2026, 0, 1) / 60_000;
const incidents = yearIncidents(seed, year, year + 365 * 1440);
const begin = incidents[0]?.from ?? 0;
const world = createWorld({ seed, rate: 1, profile: 'daily', incidents });
const from = (begin - 60) * MINUTE;

const text = openMetricsText({
  world,
  services: SERVICES,
  from,
  to: from + 4 * HOUR,
  step: MINUTE,
  instance: 'demo',
  labels: {},
});
writeFileSync(join(folder, 'series.txt'), Buffer.concat([...text]));

const events = [...requestEvents(world, begin - 30, begin + 30)].map(eventLine);
writeFileSync(join(folder, 'events.ndjson'), events.join(''));
