import type { Scenario } from '../../world/incidents.js';
import { alertsBy, begins, fires, lasts, oneLine, traffic } from './words.js';

const HEAD = [
  '| scenario | what happens | lasts | fires | by | needs |',
  '|---|---|---|---|---|---|',
];

/** Scenarios as a table of Markdown, without a line end; the README's is this. */
export function scenariosMarkdown(scenarios: readonly Scenario[]): string {
  return [...HEAD, ...scenarios.map(line)].join('\n');
}

function line(scenario: Scenario): string {
  const { name, summary } = scenario;
  const cells = [
    ...[`\`${name}\``, summary, `${lasts(scenario)} after ${begins(scenario)}`],
    ...[fires(scenario, '`'), alertsBy(scenario), traffic(scenario)],
  ];
  return `| ${cells.map((cell) => oneLine(cell).replaceAll('|', '\\|')).join(' | ')} |`;
}
