import { UsageError } from '../../errors.js';
import { parseChoice } from '../values.js';
import type { BackfillFlags } from './flags.js';
import type { DailyName, Form, SeriesName } from './form.js';

const DAILY = ['csv', 'ndjson', 'parquet'] as const satisfies DailyName[];
const SERIES = ['openmetrics', 'tsdb'] as const satisfies SeriesName[];
export const FORMAT_NAMES = [...DAILY, 'events', ...SERIES] as const;

export type FormatName = (typeof FORMAT_NAMES)[number];

/** Flags that not every format knows. */
const OWN: readonly (readonly [flag: string, name: keyof BackfillFlags, of: readonly string[]])[] =
  [
    ['--columns', 'columns', DAILY],
    ['--bigquery-schema', 'bigquerySchema', [...DAILY, 'events']],
    ['--chart', 'chart', DAILY],
    ['--force', 'force', [...DAILY, 'events']],
    ['--step', 'step', SERIES],
    ['--instance', 'instance', SERIES],
    ['--label', 'label', SERIES],
  ];

/**
 * The format that is named, csv by default.
 * @throws UsageError for a name that is none, and for a flag that it does not know
 */
export function formatNamed(flags: BackfillFlags): FormatName {
  const format = parseChoice('--format', flags.format ?? 'csv', FORMAT_NAMES);
  for (const [flag, name, formats] of OWN) {
    if (flags[name] === undefined || formats.includes(format)) continue;
    throw new UsageError(`${flag} goes with --format ${formats.join(', ')}, not with ${format}`);
  }
  return format;
}

/** Imported when needed: each brings what the others do not use. */
export async function loadForm(format: FormatName): Promise<Form> {
  switch (format) {
    case 'events':
      return (await import('./requests.js')).REQUESTS;
    case 'openmetrics':
    case 'tsdb':
      return (await import('./series.js')).seriesForm(format);
    default:
      return (await import('./daily.js')).dailyForm(format);
  }
}
