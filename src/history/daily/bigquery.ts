import { type Column, DATE } from './column.js';

/** A BigQuery schema of the columns, as `bq load` reads it: JSON. */
export function bigquerySchema(columns: readonly Column[]): string {
  const fields = [
    DATE,
    ...columns.map(({ name, meaning, unit, type: { bigquery } }) => ({
      ...{ name, meaning, unit, bigquery },
    })),
  ].map(({ name, meaning, unit, bigquery }) => ({
    name,
    type: bigquery,
    mode: 'REQUIRED',
    description: `${meaning.slice(0, -1)} (${unit}).`,
  }));
  return `${JSON.stringify(fields, null, 1)}\n`;
}
