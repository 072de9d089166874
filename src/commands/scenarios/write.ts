import { stringify } from 'yaml';
import type { Scenario } from '../../world/incidents.js';

/** Where editors look for the form of the file: `ragmon scenarios --schema` prints it. */
const MODELINE = '# yaml-language-server: $schema=scenario.schema.json\n';

/** A scenario as YAML, which reads back as the same. */
export function scenarioYaml({ within, incidents, ...scenario }: Scenario): string {
  const { name, summary, expect, may, needs } = scenario;
  const document = {
    ...{ name, summary, expect },
    ...(may === undefined ? {} : { may }),
    ...(within === undefined ? {} : { within: durationText(within) }),
    ...(needs === undefined ? {} : { needs }),
    incidents: incidents.map(({ name, offset, duration, change, jobs }) => ({
      ...{ name, offset: durationText(offset), duration: durationText(duration) },
      ...(Object.keys(change).length > 0 ? { change } : {}),
      ...(jobs === undefined ? {} : { jobs }),
    })),
  };
  return MODELINE + stringify(document, { lineWidth: 100 });
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** Seconds as a duration: `1h30m`, `250ms`. */
export function durationText(seconds: number): string {
  let left = Math.round(seconds * 1000);
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}
