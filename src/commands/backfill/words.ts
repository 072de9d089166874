import type { Palette } from '../../ui/colours.js';
import { type Beside, type Result, STDOUT, type Task } from './form.js';
import type { FormatName } from './formats.js';
import type { Past } from './options.js';

/** What was done. */
export interface Done {
  readonly format: FormatName;
  readonly task: Task;
  readonly beside: readonly Beside[];
  readonly past: Past;
  readonly result: Result;
}

/** What was written, for a person. */
export function summaryText({ task, beside, past, result }: Done, palette: Palette): string {
  const head = `${task.output === STDOUT ? 'stdout' : task.output}: ${result.amount}`;
  const world = `seed ${past.world.options.seed}, scenario ${past.scenario}`;
  return [
    `${palette.strong(head)}, ${result.period}, ${world}`,
    ...result.text(palette),
    ...beside.map(({ path }) => `also written: ${path}`),
    '',
  ].join('\n');
}

/** The same for a program. */
export function summaryDocument({ format, task, beside, past, result }: Done): object {
  return {
    ...{ file: task.output, format, seed: past.world.options.seed, scenario: past.scenario },
    ...result.document,
    beside: beside.map(({ path }) => path),
  };
}
