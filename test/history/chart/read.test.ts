import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { rowsOfCsv } from '../../../src/history/chart/read-csv.js';
import { incidentsOf } from '../../../src/history/chart/read-events.js';
import { rowsOfParquet } from '../../../src/history/chart/read-parquet.js';
import { dayOf } from '../../../src/world/time.js';
import { csvOf, dateOf } from './samples.js';

const HEADER = 'date,requests,docstore_cost,llm_cost';
const ROWS = [
  { day: dayOf('2026-02-28'), requests: 10, docstoreCost: 0.25, llmCost: 1.5 },
  { day: dayOf('2026-03-01'), requests: 12, docstoreCost: 0, llmCost: 0.000000001 },
];

describe('CSV', () => {
  test('as backfill writes it', () => {
    expect(rowsOfCsv('a.csv', csvOf(ROWS))).toEqual(ROWS);
  });

  test('with other columns, another order, quotes, a byte order mark and CRLF', () => {
    const text =
      '\uFEFF"llm_cost",note,date, requests ,docstore_cost\r\n' +
      '1e-9,"a, ""b""",2026-03-01,12,0\r\n\r\n"1.5",,2026-02-28,10,.25\r\n';
    expect(rowsOfCsv('a.csv', text)).toEqual(ROWS);
  });

  test('up to 1e15 a day and 200 years', () => {
    const text = `${HEADER}\n2026-01-01,1e15,1e15,1e15\n2226-01-01,0,0,0\n`;
    expect(rowsOfCsv('a.csv', text).map(({ requests }) => requests)).toEqual([1e15, 0]);
  });

  test.each([
    ['', 'a.csv: it is empty'],
    [`${HEADER}\n`, 'a.csv: there are no rows'],
    ['date,requests\n', 'a.csv: the columns docstore_cost, llm_cost are missing'],
    ['date,requests,docstore_cost,LLM_cost\n', 'a.csv: the column llm_cost is missing'],
    ['date;requests;docstore_cost;llm_cost\n', 'a.csv: the columns date, requests, docstore_cost'],
    [`${HEADER},date\n`, 'a.csv: the column date is there twice'],
    [`${HEADER}\n2026-01-01,1,2\n`, 'a.csv:2: the row has 3 cells, the header 4'],
    [`${HEADER}\n2026-01-01,1,2,3,4\n`, 'a.csv:2: the row has 5 cells, the header 4'],
    [`${HEADER}\n\n2026-01-01,1,2,x\n`, 'a.csv:3: llm_cost: "x" is not a number'],
    [`${HEADER}\n2026-01-01,1,,3\n`, 'a.csv:2: docstore_cost is empty'],
    [`${HEADER}\n2026-01-01,-1,2,3\n`, 'a.csv:2: requests: "-1" is below zero'],
    [`${HEADER}\n2026-01-01,0x10,2,3\n`, 'a.csv:2: requests: "0x10" is not a number'],
    [`${HEADER}\n2026-01-01,1,2,NaN\n`, 'a.csv:2: llm_cost: "NaN" is not a number'],
    [
      `${HEADER}\n2026-01-01,1,2,1e999\n`,
      'a.csv:2: llm_cost: "1e999" is more than a chart can show',
    ],
    [
      `${HEADER}\n2026-01-01,1000000000000001,2,3\n`,
      'a.csv:2: requests: "1000000000000001" is more',
    ],
    [
      `${HEADER}\n2226-02-01,1,2,3\n2100-01-01,1,2,3\n2026-01-01,1,2,3\n`,
      'a.csv:2: date: "2226-02-01" is more than 200 years after "2026-01-01", in a.csv:4',
    ],
    [`${HEADER}\n0001-01-01,1,2,3\n9999-12-31,1,2,3\n`, 'a.csv:3: date: "9999-12-31" is more'],
    [`${HEADER}\n2026-01-01,1,2,$3\n`, 'a.csv:2: llm_cost: "$3" is not a number'],
    [`${HEADER}\n2026-02-30,1,2,3\n`, 'a.csv:2: date: "2026-02-30" is not a date'],
    [`${HEADER}\n01/02/2026,1,2,3\n`, 'a.csv:2: date: "01/02/2026" is not a date'],
    [
      `${HEADER}\n2026-01-01,1,2,3\n2026-01-01,1,2,3\n`,
      'a.csv:3: date: the day was there before, in a.csv:2',
    ],
    [`${HEADER}\n"2026-01-01,1,2,3\n`, 'a.csv cannot be read as CSV: '],
  ])('%j is refused', (text, message) => {
    const read = () => rowsOfCsv('a.csv', text);
    expect(read).toThrow(message);
    expect(read).toThrow(UsageError);
  });
});

describe('Parquet', () => {
  const data = (name: string, of: (row: (typeof ROWS)[number]) => unknown, type: string) => ({
    ...{ name, data: ROWS.map(of), type },
  });
  const written = (dates: object, requests: object) =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          dates,
          requests,
          data('docstore_cost', ({ docstoreCost }) => docstoreCost, 'DOUBLE'),
          data('llm_cost', ({ llmCost }) => llmCost, 'DOUBLE'),
        ] as never,
      }),
    );

  test('with dates as days and counts as 64 bits', async () => {
    const required = { repetition_type: 'REQUIRED' };
    const schema = [
      { name: 'root', num_children: 4 },
      { name: 'date', type: 'INT32', converted_type: 'DATE', ...required },
      { name: 'requests', type: 'INT64', ...required },
      { name: 'docstore_cost', type: 'DOUBLE', ...required },
      { name: 'llm_cost', type: 'DOUBLE', ...required },
    ];
    const columnData = [
      { name: 'date', data: ROWS.map(({ day }) => new Date(day * 86_400_000)) },
      { name: 'requests', data: ROWS.map(({ requests }) => BigInt(requests)) },
      { name: 'docstore_cost', data: ROWS.map(({ docstoreCost }) => docstoreCost) },
      { name: 'llm_cost', data: ROWS.map(({ llmCost }) => llmCost) },
    ];
    const bytes = new Uint8Array(parquetWriteBuffer({ columnData, schema } as never));
    expect(await rowsOfParquet('a.parquet', bytes)).toEqual(ROWS);
  });

  test('with dates as text', async () => {
    const bytes = written(
      data('date', ({ day }) => dateOf(day), 'STRING'),
      data('requests', ({ requests }) => requests, 'INT32'),
    );
    expect(await rowsOfParquet('a.parquet', bytes)).toEqual(ROWS);
  });

  test('what is wrong is named', async () => {
    const requests = data('requests', ({ requests }) => requests, 'INT32');
    const dates = data('day', ({ day }) => dateOf(day), 'STRING');
    await expect(rowsOfParquet('a.parquet', written(dates, requests))).rejects.toThrow(
      'a.parquet: the column date is missing',
    );
    const bad = data('date', ({ day }) => (day === ROWS[0]?.day ? '2026-02-28' : 'soon'), 'STRING');
    await expect(rowsOfParquet('a.parquet', written(bad, requests))).rejects.toThrow(
      'a.parquet: row 2: date: "soon" is not a date',
    );
    await expect(rowsOfParquet('a.parquet', Buffer.from(csvOf(ROWS)))).rejects.toThrow(
      'a.parquet cannot be read as Parquet: ',
    );
  });
});

describe('events', () => {
  test('names and times; the rest is left alone', () => {
    const text = `[{"name":"fire","from":"2026-03-01T10:00:00Z","to":"2026-03-01T13:30:00+02:00","alerts":[]}]`;
    const from = Date.parse('2026-03-01T10:00:00Z') / 1000;
    expect(incidentsOf('e.json', text)).toEqual([{ name: 'fire', from, to: from + 5400 }]);
  });

  test.each([
    ['{', 'e.json is no list of events: it is not JSON'],
    ['{}', 'e.json is no list of events: the whole: '],
    ['[{"name":"a","from":"2026-03-01","to":"2026-03-02"}]', 'events: 0.from: '],
    ['[{"name":"","from":"2026-03-01T10:00:00Z","to":"2026-03-01T11:00:00Z"}]', 'events: 0.name: '],
    [
      '[{"name":"a","from":"2026-03-01T10:00:00Z","to":"2026-03-01T10:00:00Z"}]',
      'events: 0: "to" is not after "from"',
    ],
  ])('%s is refused', (text, message) => {
    expect(() => incidentsOf('e.json', text)).toThrow(message);
  });
});
