import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { messageOf, UsageError } from '../../errors.js';
import { COLUMNS, checkColumns, rowsOf } from './read-rows.js';
import type { ChartRow } from './rows.js';

/**
 * The rows of a Parquet file that has a chart's columns. Rejects with a UsageError that names file,
 * row and column of what is wrong.
 */
export async function rowsOfParquet(file: string, bytes: Uint8Array): Promise<readonly ChartRow[]> {
  const buffer = new Uint8Array(bytes).buffer;
  const reading = async <T>(promise: Promise<T>) =>
    await promise.catch((cause: unknown) => {
      throw new UsageError(`${file} cannot be read as Parquet: ${messageOf(cause)}`, { cause });
    });
  const metadata = await reading(parquetMetadataAsync(buffer));
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  checkColumns(file, names);
  const rows = await reading(
    parquetReadObjects({ file: buffer, metadata, compressors, columns: [...COLUMNS] }),
  );
  return rowsOf(
    file,
    rows.map((cells, index) => ({ place: `${file}: row ${index + 1}`, cells })),
  );
}
