import { amountIndex } from './amounts.js';
import type { SystemState } from './conditions.js';
import { serviceModel } from './model.js';
import { numbersInBuckets, timesInBuckets } from './observations.js';
import { observing } from './observing.js';
import {
  DOCSTORE_FAILURES,
  type DocstoreOutcome,
  OPERATIONS,
  type Operation,
  ROUTES,
  type Route,
  routesWhere,
} from './routes.js';
import { DOCS_RETURNED, DOCSTORE_TIMEOUT, UNITS } from './store.js';
import { always, asQuickAs, grouped, operationTime } from './times.js';

const MICROSECONDS = 1e6;
const DURATION = [
  0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
].map((bound) => Math.round(bound * MICROSECONDS));
const LIMIT = DOCSTORE_TIMEOUT * MICROSECONDS;
const DOCUMENTS = DOCS_RETURNED.map((_, documents) => documents);
const FALL_OF_DOCUMENTS = numbersInBuckets(DOCS_RETURNED);

const OUTCOMES = ['ok', ...DOCSTORE_FAILURES] as const;

/** What became of the route's call for an operation: each route has one at most. */
function outcomeOf({ calls }: Route, operation: Operation): DocstoreOutcome | undefined {
  return calls.find((call) => call.operation === operation)?.outcome;
}

const CLASSES = OPERATIONS.flatMap((operation) =>
  OUTCOMES.map((outcome) => ({
    name: `${operation}/${outcome}`,
    operation,
    outcome,
    routes: routesWhere((route) => outcomeOf(route, operation) === outcome),
  })),
);

function classesWhere(test: (each: (typeof CLASSES)[number]) => boolean): readonly number[] {
  return CLASSES.flatMap((each, index) => (test(each) ? [index] : []));
}
const succeeded = (...operations: Operation[]) =>
  classesWhere((each) => each.outcome === 'ok' && operations.includes(each.operation));

/** Where what stands in a tally. */
export const DOCSTORE_INDEX = {
  duration: (operation: Operation) => OPERATIONS.indexOf(operation),
  documents: OPERATIONS.length,
  readUnits: 0,
  writeUnits: 1,
  /** Megabyte-seconds. */
  storage: 2,
};

const UNIT_AMOUNTS = {
  search: amountIndex('units/search'),
  get: amountIndex('units/get'),
  put: amountIndex('units/put'),
};

export const docstoreModel = serviceModel({
  name: 'docstore',
  classes: CLASSES,
  histograms: [
    ...OPERATIONS.map((operation) => ({
      of: classesWhere((each) => each.operation === operation),
      bounds: DURATION,
      scale: MICROSECONDS,
      observe: observing(
        `duration/${operation}`,
        DURATION,
        grouped(
          routesWhere(({ calls }) => calls.some((call) => call.operation === operation)),
          (route) => asQuickAs(outcomeOf(route, operation)!),
        ).map((routes) => ({
          routes,
          fall: (state: SystemState) => {
            const outcome = outcomeOf(ROUTES[routes[0]!]!, operation)!;
            const time = operationTime(state, operation, outcome);
            return timesInBuckets(always(time), DURATION, MICROSECONDS, LIMIT);
          },
        })),
      ),
    })),
    {
      of: succeeded('search'),
      bounds: DOCUMENTS,
      scale: 1,
      observe: observing(
        'documents',
        DOCUMENTS,
        succeeded('search').map((index) => ({
          routes: CLASSES[index]!.routes,
          fall: () => FALL_OF_DOCUMENTS,
        })),
      ),
    },
  ],
  amounts: [
    {
      of: succeeded('search', 'get'),
      law: { kind: 'poisson', ...UNITS.get },
      read: ({ flow: { amounts } }) => amounts[UNIT_AMOUNTS.search]! + amounts[UNIT_AMOUNTS.get]!,
    },
    {
      of: succeeded('put'),
      law: { kind: 'poisson', ...UNITS.put },
      read: ({ flow: { amounts } }) => amounts[UNIT_AMOUNTS.put]!,
    },
    {
      of: [],
      law: { kind: 'time' },
      read: ({ megabyteSeconds }) => megabyteSeconds,
    },
  ],
  // Storage is priced by the megabyte-day and metered in megabyte-seconds.
  moneyDivisors: [1n, 1n, 86_400n],
  money: ({ amounts }, prices) => [
    BigInt(amounts[DOCSTORE_INDEX.readUnits]!) * prices.read,
    BigInt(amounts[DOCSTORE_INDEX.writeUnits]!) * prices.write,
    BigInt(amounts[DOCSTORE_INDEX.storage]!) * prices.storage,
  ],
});
