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
        { header: 'begins', importance: 2, cell: script((one) => begins(one.incidents)) },
        { header: 'lasts', importance: 1, cell: script((one) => lasts(one.incidents)) },
        {
          ...{ header: 'alerts by', importance: 3 },
          cell: script(({ within }) => (within === undefined ? DASH : durationText(within))),
        },
        {
          ...{ header: 'needs', importance: 4 },
          cell: script(({ needs }) => (needs === undefined ? DASH : `${needs}/s`)),
        },
      ],
      notes: [
        {
          ...{ header: 'fires', lead: 'fires ' },
          texts: (row) => (isDated(row) ? [] : [fires(row)]),
        },
        {
          ...{ header: 'what happens', faint: true },
          texts: ({ summary }) => [summary.replace(/[\p{Cc}\s]+/gu, ' ').trim()],
        },
      ],
    },
    look,
  );
}

type Times = readonly { readonly offset: number; readonly duration: number }[];

function fires({ expect, may = [] }: Scenario): string {
  const surely = expect.join(', ') || 'nothing';
  return may.length === 0 ? surely : `${surely}; perhaps ${may.join(', ')}`;
}

/** From the start of a run to the first incident. */
function begins(incidents: Times): string {
  return durationText(Math.min(...incidents.map(({ offset }) => offset)));
}

/** From the start of the first incident to the end of the last. */
function lasts(incidents: Times): string {
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
