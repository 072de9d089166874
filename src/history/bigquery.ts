/** A column of a BigQuery table. */
export interface BigqueryField {
  readonly name: string;
  readonly type: 'DATE' | 'TIMESTAMP' | 'STRING' | 'INT64' | 'FLOAT64' | 'NUMERIC' | 'BIGNUMERIC';
  readonly mode: 'REQUIRED' | 'NULLABLE';
  readonly description: string;
}

/** A schema as `bq load` reads it: JSON. */
export function bigquerySchema(fields: readonly BigqueryField[]): string {
  return `${JSON.stringify(fields, null, 1)}\n`;
}
