import type { HistoryOptions } from '../../../src/history/series/history.js';
import { createJobMetrics } from '../../../src/instruments/job-metrics.js';
import { SERVICES } from '../../../src/services/catalogue.js';
import { addStretch, emptyTotal } from '../../../src/world/total.js';
import { createWorld } from '../../../src/world/world.js';

export const FROM = Date.parse('2026-03-02T03:10:00Z') / 1000;
export const HOUR = 3600;

/** A short history; five minutes a step. */
export function historyOptions(given: Partial<HistoryOptions> = {}): HistoryOptions {
  return {
    world: createWorld({ seed: 'history', rate: 1, profile: 'daily' }),
    services: SERVICES,
    from: FROM,
    to: FROM + 5 * HOUR,
    step: 300,
    instance: 'demo',
    labels: { region: 'eu' },
    ...given,
  };
}

/** What a live job would show after playing from the start to `second`, gauges aside. */
export function truthAt(options: HistoryOptions, second: number): Map<string, number> {
  const world = createWorld(options.world.options);
  return new Map(
    options.services.flatMap((service) => {
      const total = emptyTotal(service.model);
      addStretch(world, service.model, options.from, second, [total]);
      const metrics = createJobMetrics(service, options.base?.[service.name]);
      metrics.setTotal(total);
      return [...metrics.values()];
    }),
  );
}

/** A line of the text: the id without the group's labels, the value as text, the time. */
export interface Line {
  readonly id: string;
  readonly group: string;
  readonly value: number;
  readonly time: number;
}

/** @throws where the text breaks a rule of OpenMetrics that a history has to keep */
export function parseHistory(text: string): { lines: Line[]; types: Map<string, string> } {
  if (!text.endsWith('\n# EOF\n')) throw new Error('no EOF');
  const types = new Map<string, string>();
  const lines: Line[] = [];
  let family = '';
  let metric = '';
  let time = 0;
  const seen = new Set<string>();
  for (const line of text.slice(0, -'# EOF\n'.length).trimEnd().split('\n')) {
    const type = line.match(/^# TYPE (\S+) (\S+)$/);
    if (type) {
      family = type[1]!;
      if (types.has(family)) throw new Error(`family ${family} twice`);
      types.set(family, type[2]!);
      continue;
    }
    if (line.startsWith(`# HELP ${family} `)) continue;
    const sample = line.match(/^([a-z_:]+)\{(.*)\} (\S+) (\d+)$/);
    if (!sample) throw new Error(`not a sample: ${JSON.stringify(line)}`);
    const [, name, labels, value, stamp] = sample as unknown as [
      string,
      string,
      string,
      string,
      string,
    ];
    if (!name.startsWith(family)) throw new Error(`${name} in family ${family}`);
    const pairs = labels.split(',');
    const own = pairs.filter((pair) => !/^(job|instance|region)=/.test(pair));
    const now = `${family}{${own.filter((pair) => !pair.startsWith('le=')).join(',')}}`;
    if (now !== metric) {
      if (seen.has(now)) throw new Error(`${now} is interleaved`);
      seen.add(now);
      metric = now;
      time = 0;
    }
    if (Number(stamp) < time) throw new Error(`${now} goes back in time`);
    time = Number(stamp);
    lines.push({
      id: own.length === 0 || own[0] === '' ? name : `${name}{${own.join(',')}}`,
      group: pairs.filter((pair) => !own.includes(pair)).join(','),
      value: Number(value),
      time,
    });
  }
  return { lines, types };
}
