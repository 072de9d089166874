import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import type { Row } from '../../../src/history/daily/column.js';
import { decimal } from '../../../src/history/daily/column.js';
import { COLUMNS } from '../../../src/history/daily/columns.js';
import { dailyRows } from '../../../src/history/daily/days.js';
import { FORMATS } from '../../../src/history/daily/formats.js';
import { dayOf } from '../../../src/world/time.js';
import { temporaryFolder } from '../../support/processes.js';
import { worldOf } from '../../world/worlds.js';

// What an analyst's tool reads in the files: types, days, and the sums of every column.

const FROM = dayOf('2026-02-20');
const ROWS: readonly Row[] = [...dailyRows(worldOf({ rate: 20 }), COLUMNS, FROM, FROM + 10)];
const folder = temporaryFolder();

test.each(['csv', 'ndjson', 'parquet'] as const)('DuckDB reads %s', async (format) => {
  const file = join(folder, `rows.${format}`);
  const writer = await FORMATS[format].load();
  const pieces: Uint8Array[] = [];
  const rows = async function* () {
    yield* ROWS;
  };
  for await (const piece of writer(COLUMNS, rows())) pieces.push(piece);
  writeFileSync(file, Buffer.concat(pieces));

  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const ask = async (query: string) =>
    (await connection.runAndReadAll(query)).getRowObjectsJson() as Record<string, unknown>[];
  try {
    const described = await ask(`DESCRIBE SELECT * FROM '${file}'`);
    expect(described.map(({ column_name }) => column_name)).toEqual([
      'date',
      ...COLUMNS.map(({ name }) => name),
    ]);
    const types = described.map(({ column_type }) => column_type);
    expect(types[0]).toBe('DATE');
    if (format === 'parquet') {
      const expected = COLUMNS.map(({ type }) =>
        type.decimals === 0 ? 'BIGINT' : 'DECIMAL(18,9)',
      );
      expect(types.slice(1)).toEqual(expected);
    }
    const sums = COLUMNS.map(
      ({ name }) => `sum(CAST(${name} AS DECIMAL(30,9)))::VARCHAR AS ${name}`,
    );
    const [row] = await ask(
      `SELECT min(date)::VARCHAR AS first, max(date)::VARCHAR AS last, count(*)::INT AS days, ${sums} FROM '${file}'`,
    );
    expect(row).toMatchObject({ first: '2026-02-20', last: '2026-03-01', days: 10 });
    COLUMNS.forEach(({ name, type }, i) => {
      const sum = ROWS.reduce((total, { values }) => total + values[i]!, 0n);
      const [whole, rest] = String(row![name]).split('.');
      expect([name, `${whole}.${rest}`.replace(/\.?0*$/, '')]).toEqual([
        name,
        decimal(sum, type.decimals)
          .replace(/^(\d+)$/, '$1.')
          .replace(/\.?0*$/, ''),
      ]);
    });
  } finally {
    connection.closeSync();
  }
});
