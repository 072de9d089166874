import { expect, test } from 'vitest';
import { bigquerySchema } from '../../../src/history/bigquery.js';
import { bigqueryFields, type Column, type Row } from '../../../src/history/daily/column.js';
import { columnsNamed } from '../../../src/history/daily/columns.js';
import { FORMATS } from '../../../src/history/daily/formats.js';
import { dayOf } from '../../../src/world/time.js';

const COLUMNS = columnsNamed('--columns', ['requests', 'llm_cost']);
const ROWS: Row[] = [
  { day: dayOf('2024-02-29'), values: [12_345_678_901n, 1_000_000_001n] },
  { day: dayOf('2024-03-01'), values: [0n, 0n] },
  { day: dayOf('2024-03-02'), values: [7n, 20_500_000_000n] },
];

async function written(
  format: keyof typeof FORMATS,
  columns: readonly Column[] = COLUMNS,
  rows: readonly Row[] = ROWS,
): Promise<Buffer> {
  const writer = await FORMATS[format].load();
  const pieces: Uint8Array[] = [];
  const given = async function* () {
    yield* rows;
  };
  for await (const piece of writer(columns, given())) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('CSV: plain decimals, a header, lines that end with a line feed', async () => {
  expect(`${await written('csv')}`).toBe(
    'date,requests,llm_cost\n2024-02-29,12345678901,1.000000001\n2024-03-01,0,0\n2024-03-02,7,20.5\n',
  );
});

test('NDJSON: an object a line, its numbers with all their decimals', async () => {
  const lines = `${await written('ndjson')}`.split('\n');
  expect(lines[0]).toBe('{"date":"2024-02-29","requests":12345678901,"llm_cost":1.000000001}');
  expect(lines.slice(0, -1).map((line) => JSON.parse(line))).toEqual([
    { date: '2024-02-29', requests: 12345678901, llm_cost: 1.000000001 },
    { date: '2024-03-01', requests: 0, llm_cost: 0 },
    { date: '2024-03-02', requests: 7, llm_cost: 20.5 },
  ]);
  expect(lines.at(-1)).toBe('');
});

test('BigQuery: a field for the date and for each column, in their order', () => {
  expect(JSON.parse(bigquerySchema(bigqueryFields(COLUMNS)))).toEqual([
    { name: 'date', type: 'DATE', mode: 'REQUIRED', description: 'The UTC day (day).' },
    {
      name: 'requests',
      type: 'INT64',
      mode: 'REQUIRED',
      description: 'Requests that users sent to vectorlens (requests).',
    },
    {
      name: 'llm_cost',
      type: 'NUMERIC',
      mode: 'REQUIRED',
      description: 'What the calls to an LLM cost (US dollars).',
    },
  ]);
});

test('the same rows give the same bytes', async () => {
  for (const format of ['csv', 'ndjson', 'parquet'] as const) {
    expect((await written(format)).equals(await written(format))).toBe(true);
  }
});
