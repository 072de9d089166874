import type { Scenario } from '../../world/incidents.js';
import { durationText } from './write.js';

/** The table of the README: what happens, which alerts fire by when, and the traffic they need. */
export function scenariosMarkdown(scenarios: readonly Scenario[]): string {
  const rows = scenarios.map(
    ({ name, summary, expect, may = [], within = 0, needs = 0, incidents }) => {
      const [{ offset, duration } = { offset: 0, duration: 0 }] = incidents;
      const times = `${durationText(duration)} after ${durationText(offset)}`;
      const list = (alerts: readonly string[]) => alerts.map((alert) => `\`${alert}\``).join(', ');
      const alerts = list(expect) + (may.length === 0 ? '' : `; perhaps ${list(may)}`);
      return `| \`${name}\` | ${summary} | ${times} | ${alerts} | ${durationText(within)} | ${needs}/s |`;
    },
  );
  const header =
    '| scenario | what happens | lasts | fires | by | needs |\n|---|---|---|---|---|---|';
  return [header, ...rows].join('\n');
}
