import { count, DASH } from '../../ui/format.js';
import { type Look, listLines } from '../../ui/list.js';
import { type AnyScenario, isDated } from '../../world/dated.js';
import type { Scenario } from '../../world/incidents.js';
import { PARAMETER_NAMES, PARAMETERS, type ParameterName } from '../../world/parameters.js';
import { durationText } from './write.js';

// The lists as people read them.

export function scenarioLines(all: readonly AnyScenario[], look: Look): string[] {
  const script = (read: (scenario: Exclude<AnyScenario, { incidentsIn: unknown }>) => string) => {
    return (row: AnyScenario) => (isDated(row) ? DASH : read(row));
  };
  const { palette } = look;
  return listLines<AnyScenario>(
    {
      rows: all,
      columns: [
        {
          ...{ header: 'scenario', align: 'left', importance: 0, cell: ({ name }) => name },
          paint: () => palette.accent,
        },
        { header: 'begins', importance: 2, cell: script(begins) },
        { header: 'lasts', importance: 1, cell: script(lasts) },
        { header: 'alerts by', importance: 3, cell: script(alertsBy) },
        { header: 'needs', importance: 4, cell: script(traffic) },
      ],
      notes: [
        {
          ...{ header: 'fires', lead: 'fires ' },
          texts: (row) => (isDated(row) ? [] : [fires(row)]),
        },
        {
          ...{ header: 'what happens', faint: true },
          texts: ({ summary }) => [oneLine(summary)],
        },
      ],
    },
    look,
  );
}

/** As text of somebody's own can stand in a line, and moves no cursor. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}

export function fires({ expect, may = [] }: Scenario, quote: '`' | '' = ''): string {
  const list = (alerts: readonly string[]) =>
    alerts.map((one) => quote + oneLine(one) + quote).join(', ');
  const surely = list(expect) || 'nothing';
  return may.length === 0 ? surely : `${surely}; perhaps ${list(may)}`;
}

/** From the start of the first incident on. */
export function alertsBy({ within }: Scenario): string {
  return within === undefined ? DASH : durationText(within);
}

/** User requests per second. */
export function traffic({ needs }: Scenario): string {
  return needs === undefined ? DASH : `${needs}/s`;
}

/** From the start of a run to the first incident. */
export function begins({ incidents }: Scenario): string {
  return durationText(Math.min(...incidents.map(({ offset }) => offset)));
}

/** From the start of the first incident to the end of the last. */
export function lasts({ incidents }: Scenario): string {
  const end = Math.max(...incidents.map(({ offset, duration }) => offset + duration));
  return durationText(end - Math.min(...incidents.map(({ offset }) => offset)));
}

export function parameterLines(look: Look): string[] {
  const number = (n: number) => (n >= 1000 ? count(n) : String(n));
  return listLines<ParameterName>(
    {
      rows: PARAMETER_NAMES,
      columns: [
        {
          ...{ header: 'parameter', align: 'left', importance: 0, cell: (name) => name },
          paint: () => look.palette.accent,
        },
        { header: 'kind', align: 'left', importance: 3, cell: (name) => PARAMETERS[name].kind },
        { header: 'normal', importance: 1, cell: (name) => number(PARAMETERS[name].normal) },
        {
          ...{ header: 'limits', importance: 2 },
          cell: (name) => `${number(PARAMETERS[name].least)} to ${number(PARAMETERS[name].most)}`,
        },
      ],
      notes: [{ header: 'meaning', faint: true, texts: (name) => [PARAMETERS[name].meaning] }],
    },
    look,
  );
}
