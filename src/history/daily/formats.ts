import type { Column, Row } from './column.js';

/** Writes daily rows, piece by piece. */
export type Writer = (
  columns: readonly Column[],
  rows: AsyncIterable<Row>,
) => AsyncIterable<Uint8Array>;

export interface Format {
  /** Of the file's name. */
  readonly extension: string;
  readonly text: boolean;
  /** Imported when needed: each brings a library of its own. */
  load(): Promise<Writer>;
}

/** The forms that daily rows have. */
export const FORMATS = {
  csv: { extension: 'csv', text: true, load: async () => (await import('./csv.js')).csv },
  ndjson: {
    extension: 'ndjson',
    text: true,
    load: async () => (await import('./ndjson.js')).ndjson,
  },
  parquet: {
    extension: 'parquet',
    text: false,
    load: async () => (await import('./parquet.js')).parquet,
  },
} as const satisfies Record<string, Format>;
