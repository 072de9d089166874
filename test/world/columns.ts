import { MODELS } from '../../src/world/models.js';
import { type Route, routesWhere } from '../../src/world/routes.js';
import type { World } from '../../src/world/world.js';
import { COLUMNS, type Column, type Columns } from './alerts.js';
import { above, CHATAPI, DOCSTORE, histogram, sum, VECTORLENS } from './worlds.js';

const SEARCHES = routesWhere(({ endpoint }) => endpoint === 'search');
const ANSWERS = routesWhere(({ endpoint }) => endpoint === 'answer');
const ERRORS = routesWhere(({ end }) => end !== 'ok');
const OPERATIONS = routesWhere(({ calls }) => calls.length > 0);
const HITS = routesWhere(({ semantic }) => semantic === 'hit');
const LOOKUPS = routesWhere(({ semantic }) => semantic !== undefined);
export const CALLS = routesWhere(({ llm }) => llm !== undefined);
/** By LLM: calls that begin to answer. */
export const STREAMS = MODELS.map((_, model) =>
  routesWhere(({ llm }: Route) => llm?.model === model && llm.outcome === 'ok'),
);

export function emptyColumns(): Record<Column, number[]> {
  return Object.fromEntries(COLUMNS.map((name) => [name, [] as number[]])) as Record<
    Column,
    number[]
  >;
}

export function at(values: readonly number[], indices: readonly number[]): number {
  let total = 0;
  for (const index of indices) total += values[index]!;
  return total;
}

/** What a minute cost, in dollars: that follows from its flow. */
function dollars(world: World, minute: number): number {
  const prices = world.prices(Math.floor(minute / 1440));
  return [DOCSTORE, CHATAPI].reduce((total, { model }) => {
    const money = model.money(model.count(world.minute(minute)), prices);
    return total + sum(money.map((m, i) => Number(m) / Number(model.moneyDivisors[i]) / 1e12));
  }, 0);
}

/** What follows from the flow of a minute, but for its cost. */
export function countFlow(columns: Record<Column, number[]>, world: World, minute: number): void {
  const { flow, conditions } = world.minute(minute);
  const { limits, calls } = conditions;
  columns.requests.push(sum(flow.routes));
  columns.errors.push(at(flow.routes, ERRORS));
  columns.searches.push(at(flow.routes, SEARCHES));
  columns.answers.push(at(flow.routes, ANSWERS));
  columns.firstTokens.push(sum(STREAMS.map((each) => at(flow.routes, each))));
  columns.lookups.push(at(flow.routes, LOOKUPS));
  columns.hits.push(at(flow.routes, HITS));
  columns.operations.push(at(flow.routes, OPERATIONS));
  columns.calls.push(at(flow.routes, CALLS));
  const remaining = limits.map((limit, model) => Math.max(0, Math.round(limit - calls[model]!)));
  columns.limitsNear.push(remaining.filter((left) => left < 100).length);
}

/**
 * Everything that the alerts look at. Buckets are drawn for the minutes from `drawn` on only: before,
 * nothing is slow.
 */
export function observed(world: World, from: number, to: number, drawn = from): Columns {
  const columns = emptyColumns();
  for (let minute = from; minute < to; minute++) {
    countFlow(columns, world, minute);
    columns.cost.push(dollars(world, minute));
    const isDrawn = minute >= drawn;
    const v = isDrawn ? world.tally(VECTORLENS.model, minute) : undefined;
    const c = isDrawn ? world.tally(CHATAPI.model, minute) : undefined;
    const requests = (endpoint: string, bound: number) =>
      v
        ? above(
            histogram(VECTORLENS, 'vectorlens_request_duration_seconds', v, { endpoint }),
            bound,
          )
        : 0;
    columns.slowSearches.push(requests('search', 2));
    columns.slowAnswers.push(requests('answer', 15));
    columns.slowFirstTokens.push(
      c ? above(histogram(CHATAPI, 'chatapi_time_to_first_token_seconds', c), 3) : 0,
    );
  }
  return columns;
}
