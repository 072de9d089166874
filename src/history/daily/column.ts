import type { Service } from '../../services/service.js';
import type { ServiceModel } from '../../world/model.js';
import { dateOf } from '../../world/time.js';
import type { Total } from '../../world/total.js';
import type { BigqueryField } from '../bigquery.js';

/** A UTC day as the world knows it, without its observations: no latency was drawn for it. */
export interface Day {
  /** What a service did on that day. */
  total(model: ServiceModel): Total;
  /** Bytes that docstore holds at the end of the day. */
  readonly storedBytes: number;
}

/** How a column's numbers are written. All of them are integers, in units of 10^-decimals. */
export interface ColumnType {
  readonly decimals: number;
  /** BigQuery's name of it. */
  readonly bigquery: 'INT64' | 'NUMERIC';
  /** Its element of a Parquet schema. */
  readonly parquet: {
    readonly type: 'INT32' | 'INT64';
    readonly converted_type?: 'DATE' | 'DECIMAL';
    readonly precision?: number;
    readonly scale?: number;
  };
}

export const INTEGER: ColumnType = { decimals: 0, bigquery: 'INT64', parquet: { type: 'INT64' } };

/** US dollars to a billionth, as BigQuery's NUMERIC has them. */
export const MONEY: ColumnType = {
  decimals: 9,
  bigquery: 'NUMERIC',
  parquet: { type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: 9 },
};

/** A column of daily rows. The day itself is none: it always stands first. */
export interface Column {
  readonly name: string;
  /** One sentence. */
  readonly meaning: string;
  readonly unit: string;
  readonly type: ColumnType;
  /** Whose totals it reads: those of no other service are drawn. */
  readonly services: readonly Service[];
  /** Of something that adds up over days; not so what is true at an instant. */
  readonly adds: boolean;
  /** In units of 10^-decimals. */
  read(day: Day): bigint;
}

/** One UTC day, with a value for each column. */
export interface Row {
  readonly day: number;
  readonly values: readonly bigint[];
}

/** What stands before the columns. */
export const DATE = {
  name: 'date',
  meaning: 'The UTC day.',
  unit: 'day',
  bigquery: 'DATE',
  parquet: { type: 'INT32', converted_type: 'DATE' },
  text: ({ day }: Row) => dateOf(day),
} as const;

/** The columns of a table in BigQuery that takes these rows. */
export function bigqueryFields(columns: readonly Column[]): readonly BigqueryField[] {
  const all = [
    DATE,
    ...columns.map(({ name, meaning, unit, type: { bigquery } }) => ({
      ...{ name, meaning, unit, bigquery },
    })),
  ];
  return all.map(({ name, meaning, unit, bigquery }) => ({
    ...{ name, type: bigquery, mode: 'REQUIRED' },
    description: `${meaning.slice(0, -1)} (${unit}).`,
  }));
}

/** A number in plain decimal, without zeros at its end: 1500000000n in billionths is `1.5`. */
export function decimal(value: bigint, decimals: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = String(value < 0n ? -value : value).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const rest = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${sign}${whole}${rest === '' ? '' : `.${rest}`}`;
}
