import type { Env } from '../../env.js';
import { EXIT, messageOf, RagmonError, UsageError } from '../../errors.js';
import { drawChart } from '../../history/chart/draw.js';
import { type ChartIncident, type ChartRow, incidentsWithin } from '../../history/chart/rows.js';
import { period } from '../../history/chart/words.js';
import { count } from '../../ui/format.js';
import type { ChartFlags } from './flags.js';
import { type ChartOptions, chartOptionsOf } from './options.js';

/** `ragmon chart`: file → rows → chart → file. Resolves to the exit code. */
export async function chart(file: string, flags: ChartFlags, env: Env): Promise<number> {
  const options = chartOptionsOf(file, flags);
  const { output, title, style } = options;
  if (!flags.force && (await env.fileVersion(output)) !== undefined) {
    throw new UsageError(`${output} exists`, {
      hint: 'overwrite it with --force, or name another',
    });
  }
  await env.checkWritable(output).catch((cause: unknown) => {
    throw new UsageError(`cannot write ${messageOf(cause)}`, { cause });
  });
  const rows = await readRows(options, env);
  const incidents = flags.events === undefined ? [] : await readEvents(flags.events, env);
  const content = await drawChart({ rows, incidents, title }, style);
  const written = env.writeFile(output, typeof content === 'string' ? content : [content]);
  await written.catch((cause: unknown) => {
    throw new RagmonError(`cannot write ${messageOf(cause)}`, { cause });
  });
  if (!flags.quiet) env.stdout.write(`${output}: ${words(rows, incidents)}\n`);
  return EXIT.done;
}

async function readRows({ input, kind }: ChartOptions, env: Env): Promise<readonly ChartRow[]> {
  if (kind === 'csv') {
    const text = await reading('data', env.readFile(input));
    return (await import('../../history/chart/read-csv.js')).rowsOfCsv(input, text);
  }
  const bytes = await reading('data', wholeOf(env.readPieces(input)));
  const { rowsOfParquet } = await import('../../history/chart/read-parquet.js');
  return await rowsOfParquet(input, bytes);
}

async function readEvents(path: string, env: Env): Promise<readonly ChartIncident[]> {
  const text = await reading('events', env.readFile(path));
  return (await import('../../history/chart/read-events.js')).incidentsOf(path, text);
}

async function wholeOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

async function reading<T>(what: string, promise: Promise<T>): Promise<T> {
  return await promise.catch((cause: unknown) => {
    throw new UsageError(`cannot read the ${what}: ${messageOf(cause)}`, { cause });
  });
}

/** `365 days, 21 Nov 2025 – 20 Nov 2026, 5 of 6 incidents` */
function words(rows: readonly ChartRow[], incidents: readonly ChartIncident[]): string {
  const marked = incidentsWithin(rows, incidents).length;
  const all = incidents.length;
  const share = marked === all ? `${all}` : `${marked} of ${all}`;
  const tail = all === 0 ? '' : `, ${share} incident${all === 1 ? '' : 's'}`;
  return `${count(rows.length)} day${rows.length === 1 ? '' : 's'}, ${period(rows)}${tail}`;
}
