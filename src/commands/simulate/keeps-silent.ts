import { iso } from '../../ledger/times.js';
import type { Plan } from '../../run/plan.js';
import { looksAt } from '../../stack/rules/looks-at.js';
import { shortDuration } from '../../ui/format.js';
import { isDated } from '../../world/dated.js';
import type { Scenario } from '../../world/incidents.js';
import { MINUTE } from '../../world/time.js';
import { expectedTraffic } from '../../world/traffic.js';

/**
 * Why the alerts that a run's scenario names may keep silent, and what to do: a line for each reason;
 * none where nothing speaks against them.
 */
export function keepsSilent(plan: Plan): readonly string[] {
  const { scenario, speed } = plan.options;
  if (scenario === undefined || isDated(scenario) || scenario.expect.length === 0) return [];
  const may = `the alerts of ${scenario.name} may keep silent`;
  if (speed > 1) return [`${may}: they look back at minutes, as they are at --speed 1`];
  const reasons = [unseen, tooShort, tooQuiet].flatMap((reason) => reason(plan, scenario) ?? []);
  return reasons.map((reason) => `${may}: ${reason}`);
}

/** Services on whose metrics they are do not run. */
function unseen({ options }: Plan, { expect }: Scenario): string | undefined {
  const names = options.services.map(({ name }) => name);
  const lacking = expect.flatMap((alert) => {
    const { services, together } = looksAt(alert);
    const left = [...services].filter((service) => !names.includes(service));
    return left.length > 0 && (together || left.length === services.size) ? [{ alert, left }] : [];
  });
  if (lacking.length === 0) return undefined;
  const left = [...new Set(lacking.flatMap((one) => one.left))];
  const alerts = lacking.map(({ alert }) => alert).join(', ');
  const look = lacking.length === 1 ? 'looks' : 'look';
  return `${alerts} ${look} at ${left.join(', ')}, which --service leaves out`;
}

/** The run ends before the last of them is due. That is counted in wall time, as alerts look back. */
function tooShort(plan: Plan, { within }: Scenario): string | undefined {
  const { start, duration, speed } = plan.options;
  if (within === undefined || duration === undefined) return undefined;
  const needed = beginning(plan) * MINUTE - start + within * speed;
  if (duration >= needed) return undefined;
  const enough = shortDuration(Math.ceil(needed / MINUTE) * MINUTE);
  return (
    `they take up to ${shortDuration(within)} from the beginning of the incident: ` +
    `--duration ${enough} is enough`
  );
}

function tooQuiet(plan: Plan, { needs = 0 }: Scenario): string | undefined {
  const { rate, profile } = plan.options;
  const begins = beginning(plan);
  const expected = expectedTraffic(rate, profile, begins);
  if (expected >= needs) return undefined;
  const time = iso(begins * MINUTE * 1000).slice(11, 16);
  const enough = Math.ceil(((rate * needs) / expected) * 10) / 10;
  return (
    `they need ${needs} requests per second, ${expected.toFixed(2)} are expected at ` +
    `${time} UTC: --rate ${enough} is enough`
  );
}

/** The minute in which the first incident begins. */
function beginning({ incidents }: Plan): number {
  return Math.min(...incidents.map(({ from }) => from));
}
