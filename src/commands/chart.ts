import type { Command } from 'commander';
import type { Env } from '../env.js';
import type { ChartFlags } from './chart/flags.js';

const EXAMPLES = `
Any CSV or Parquet file with the columns date, requests, docstore_cost and llm_cost will do, one row
a UTC day; other columns are left alone. A page (.html) has everything inside: it opens from the
disk, zooms, shows the numbers of a day, and is light or dark as its reader's system is.

Examples:
  ragmon chart rag_metrics_1yr.csv                         rag_metrics_1yr.svg
  ragmon chart rag_metrics_1yr.csv -o year.html --events events.json
  ragmon chart rag_metrics_1yr.parquet -o year.png --theme dark --size 1920x1080
  ragmon chart costs.csv -o costs.png --title 'What search cost us'

Exit codes: 0 the chart was written, 1 it could not be written, 2 wrong usage, or data that is none.`;

/** `ragmon chart`: a picture of daily data. */
export function registerChart(program: Command, env: Env, done: (code: number) => void): void {
  program
    .command('chart')
    .description(
      'Draws the requests and the cost of each day, with 7-day means and incidents: as SVG, as a ' +
        'page to look into, or as PNG.',
    )
    .argument('<file>', 'data, .csv or .parquet')
    .option('-o, --output <file>', 'ends in .svg, .html or .png (default: the data’s name, .svg)')
    .option('--events <file>', 'incidents to mark: JSON [{name, from, to}], times in RFC 3339')
    .option('--theme <name>', 'light, dark (default: light; a page: as the reader’s system)')
    .option('--size <size>', 'in pixels (default: 1280x720)')
    .option('--title <text>', 'what stands above it')
    .option('--force', 'overwrite a file that exists')
    .option('-q, --quiet', 'say nothing')
    .option('-v, --verbose', 'errors with their stack')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: ChartFlags) => {
      const { chart } = await import('./chart/act.js');
      done(await chart(file, flags, env));
    });
}
