import { DAY } from '../../world/time.js';
import { addDayCounts, emptyTotal } from '../../world/total.js';
import type { World } from '../../world/world.js';
import type { Column, Day, Row } from './column.js';

/** The UTC days from one up to, not including, another: one row each, drawn when it is asked for. */
export function* dailyRows(
  world: World,
  columns: readonly Column[],
  from: number,
  to: number,
): Iterable<Row> {
  for (let day = from; day < to; day++) yield dailyRow(world, columns, day);
}

/** What the columns say of one UTC day. Services that none of them reads are not drawn. */
export function dailyRow(world: World, columns: readonly Column[], day: number): Row {
  const models = new Set(columns.flatMap(({ services }) => services.map(({ model }) => model)));
  const totals = new Map([...models].map((model) => [model, emptyTotal(model)]));
  addDayCounts(world, day, totals);
  const known: Day = {
    total: (model) => totals.get(model)!,
    storedBytes: world.storedBytes((day + 1) * DAY),
  };
  return { day, values: columns.map((column) => column.read(known)) };
}
