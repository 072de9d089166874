import { iso } from '../ledger/times.js';
import { isDated } from '../world/dated.js';
import { MINUTE } from '../world/time.js';
import { expectedTraffic } from '../world/traffic.js';
import type { Plan } from './plan.js';

/**
 * Why the alerts that a run's scenario names may keep silent, and what to do; undefined where nothing
 * speaks against them.
 */
export function keepsSilent({ options, incidents }: Plan): string | undefined {
  const { scenario, rate, profile, speed } = options;
  if (scenario === undefined || isDated(scenario) || scenario.expect.length === 0) return undefined;
  const { name, needs = 0 } = scenario;
  const may = `the alerts of ${name} may keep silent`;
  if (speed > 1) return `${may}: they look back at minutes, as they are at --speed 1`;
  const begins = Math.min(...incidents.map(({ from }) => from));
  const expected = expectedTraffic(rate, profile, begins);
  if (expected >= needs) return undefined;
  const time = iso(begins * MINUTE * 1000).slice(11, 16);
  const enough = Math.ceil(((rate * needs) / expected) * 10) / 10;
  return (
    `${may}: they need ${needs} requests per second, ${expected.toFixed(2)} are expected at ` +
    `${time} UTC: --rate ${enough} is enough`
  );
}
