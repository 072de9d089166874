import type { Command } from 'commander';
import type { Env } from '../env.js';
import { COLUMNS } from '../history/daily/columns.js';
import type { BackfillFlags } from './backfill/flags.js';
import { collect } from './connection.js';

const EXAMPLES = `
Examples:
  ragmon backfill                                      rag_metrics_1yr.csv: the year up to yesterday
  ragmon backfill --chart                              the same, and a picture of it
  ragmon backfill --days 30 --end 2026-03-31 -o - --seed demo
  ragmon backfill --from 2025-01-01 --to 2025-12-31 --columns all --format parquet
  ragmon backfill --columns requests,llm_cost --bigquery-schema schema.json
  ragmon backfill --scenario error-burst@2026-03-01T10:00:00Z --events incidents.json
  ragmon backfill --format events                      each request of yesterday
  ragmon backfill --format tsdb --days 30 -o data      blocks for a Prometheus`;

const FORMS = `
Formats:
  csv, ndjson, parquet  a row a day
  events                a line a user request, NDJSON; of yesterday, where no days are named
  openmetrics           every series at every step: a folder with a file a window, or -o - for one text
  tsdb                  the same as blocks of Prometheus, made by promtool, in the data directory -o
The last two end three hours before now at the latest, and go on where an earlier call was stopped.`;

const EXIT_CODES = `
Exit codes: 0 done, 1 failed (a file could not be written, promtool is missing), 2 wrong usage, 130 or
143 stopped by a signal. A file appears only when it is whole.`;

/** `ragmon backfill`: what the world did in the past. */
export function registerBackfill(program: Command, env: Env, done: (code: number) => void): void {
  program
    .command('backfill')
    .option('--days <n>', 'how many days (default: 365)')
    .option('--end <date>', 'the last of them, included (default: yesterday, UTC)')
    .option('--from <date>', 'the first day, instead of --days')
    .option('--to <date>', 'with --from: the last day, included (default: yesterday)')
    .option('--columns <names>', 'which follow the date: a list, or all (repeatable)', collect)
    .option('--format <name>', 'see below (default: csv)')
    .option(
      '-o, --output <file>',
      'file or folder, or - for stdout (default: rag_metrics_1yr.csv, or …_<n>d)',
    )
    .option('--force', 'overwrite files that are there')
    .option('--seed <text>', 'seed of the world ($RAGMON_SEED, else ragmon)')
    .option('--rate <rps>', 'mean user requests per second (default: 1)')
    .option('--profile <shape>', 'daily or flat (default: daily)')
    .option(
      '--scenario <name>',
      'none, year, or one at a time, as error-burst@2026-03-01 or mine.yaml@2026-03-01 (a file ends in .yaml, .yml or .json or has a /; repeatable; default: year)',
      collect,
    )
    .option('--step <duration>', 'openmetrics and tsdb: from sample to sample (default: 1m)')
    .option(
      '--instance <name>',
      'openmetrics and tsdb: the instance label ($RAGMON_INSTANCE, else the host’s name)',
    )
    .option('--label <name=value>', 'openmetrics and tsdb: a label more (repeatable)', collect)
    .option('--prices <file>', 'JSON of dated prices instead of the built-in ones ($RAGMON_PRICES)')
    .option(
      '--chart [file]',
      'draw the rows too: .svg, .html or .png (default: the data’s name, .svg)',
    )
    .option('--events <file>', 'write the incidents of these days, JSON')
    .option('--bigquery-schema <file>', 'write the schema of the columns as bq load reads it, JSON')
    .option('--json', 'the summary as one JSON document on stdout')
    .option('-q, --quiet', 'no progress and no summary')
    .option('-v, --verbose', 'errors with their stack')
    .option('--no-color', 'no colour, no cursor movement')
    .addHelpText('after', () => `${FORMS}\n${columnsText()}${EXAMPLES}\n${EXIT_CODES}`)
    .action(async (flags: BackfillFlags) => {
      const { backfill } = await import('./backfill/act.js');
      done(await backfill(flags, env));
    });
}

function columnsText(): string {
  const width = Math.max(...COLUMNS.map(({ name }) => name.length));
  const lines = COLUMNS.map(
    ({ name, meaning, unit }) => `  ${name.padEnd(width)}  ${meaning.slice(0, -1)} (${unit})`,
  );
  return `\nColumns, after date:\n${lines.join('\n')}\n`;
}
