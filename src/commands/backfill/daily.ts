import { UsageError } from '../../errors.js';
import { bigquerySchema } from '../../history/bigquery.js';
import { bigqueryFields, type Column, type Row } from '../../history/daily/column.js';
import { columnsNamed, FIRST_NAMES } from '../../history/daily/columns.js';
import { dailyRows } from '../../history/daily/days.js';
import { FORMATS, type Format } from '../../history/daily/formats.js';
import { drawTable, type Column as TableColumn } from '../../ui/table.js';
import { DAY } from '../../world/time.js';
import { words } from '../values.js';
import type { ChartPlan } from './chart.js';
import { deliver, writeFile } from './deliver.js';
import type { BackfillFlags } from './flags.js';
import { type DailyName, type Form, type Result, STDOUT, type Task } from './form.js';
import type { Past } from './options.js';
import { paced } from './paced.js';
import { datesOf, datesText, dayCount, daysNamed, daysText, lengthOf } from './range.js';
import { createSums } from './sums.js';

/** A row a UTC day. */
export function dailyForm(name: DailyName): Form {
  return {
    span: (flags, env) => daysNamed(flags, env.now()),
    plan: (past, flags) => dailyTask(past, name, flags),
  };
}

async function dailyTask(past: Past, name: DailyName, flags: BackfillFlags): Promise<Task> {
  const { span, world } = past;
  const format: Format = FORMATS[name];
  const usual = `rag_metrics_${lengthOf(span)}.${format.extension}`;
  const { output = usual, bigquerySchema: schema } = flags;
  if (output === STDOUT && !format.text) {
    throw new UsageError(`--format ${name} is no text: name a file with -o`);
  }
  const columns = columnsNamed('--columns', words(flags.columns ?? FIRST_NAMES));
  const data = output === STDOUT ? usual : output;
  const chart = await chartPlan(flags, columns, data);
  const beside = [
    ...(chart ? [{ flag: '--chart', path: chart.path }] : []),
    ...(schema === undefined ? [] : [{ flag: '--bigquery-schema', path: schema }]),
  ];
  return {
    output,
    beside,
    unit: 'days',
    async write(env, progress) {
      const writer = await format.load();
      const sums = createSums(columns);
      const drawn: Row[] = [];
      const days = dailyRows(world, columns, span.from / DAY, span.to / DAY);
      const rows = keeping(sums.over(days), chart ? drawn : undefined);
      const { stop } = progress;
      const paces = paced(rows, dayCount(span), progress, env);
      await deliver(output, writer(columns, paces), { env, stop, toTheEnd: chart !== undefined });
      if (chart) {
        const { chartOf } = await import('./chart.js');
        await writeFile(chart.path, await chartOf(drawn, columns, past, chart), env);
      }
      if (schema !== undefined)
        await writeFile(schema, bigquerySchema(bigqueryFields(columns)), env);
      return resultOf(past, columns, sums.text());
    },
    stopped: () => (output === STDOUT ? 'the rows end here' : `${output} was not written`),
  };
}

/** What draws is imported only where something is drawn. */
async function chartPlan(
  { chart }: BackfillFlags,
  columns: readonly Column[],
  data: string,
): Promise<ChartPlan | undefined> {
  if (chart === undefined) return undefined;
  return (await import('./chart.js')).chartNamed(chart, columns, data);
}

/** Hands rows on, and keeps them: daily rows are few. */
function* keeping(rows: Iterable<Row>, kept: Row[] | undefined): Iterable<Row> {
  for (const row of rows) {
    kept?.push(row);
    yield row;
  }
}

function resultOf(
  { span }: Past,
  columns: readonly Column[],
  sums: ReadonlyMap<string, string>,
): Result {
  const table: TableColumn<[string, string]>[] = [
    { header: 'sums of the rows', align: 'left', cell: ([name]) => name },
    { header: '', align: 'left', cell: ([, sum]) => sum },
  ];
  return {
    amount: daysText(span),
    period: datesText(span),
    text: (palette) => drawTable(table, [...sums], palette),
    document: {
      ...datesOf(span),
      columns: ['date', ...columns.map(({ name }) => name)],
      // Money is text, as a double might not hold it.
      sums: Object.fromEntries(
        columns.flatMap(({ name, type }) => {
          const sum = sums.get(name);
          return sum === undefined ? [] : [[name, type.decimals === 0 ? Number(sum) : sum]];
        }),
      ),
    },
  };
}
