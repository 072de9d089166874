import { UsageError } from '../../errors.js';
import { SERVICES } from '../../services/catalogue.js';
import { chatapi } from '../../services/chatapi.js';
import { docstore } from '../../services/docstore.js';
import { type CounterDeclaration, requests, type Service } from '../../services/service.js';
import { vectorlens } from '../../services/vectorlens.js';
import type { ServiceModel } from '../../world/model.js';
import type { Total } from '../../world/total.js';
import { type Column, INTEGER, MONEY } from './column.js';

/** What counters count, as the names of metrics say. */
const UNITS = ['dollars', 'tokens', 'units', 'lookup', 'error', 'request'];
const PICODOLLARS_PER_BILLIONTH = 1000n;

/** The columns that everybody gets. */
const FIRST: readonly Column[] = [
  {
    name: 'requests',
    meaning: 'Requests that users sent to vectorlens.',
    unit: 'requests',
    type: INTEGER,
    services: [vectorlens],
    adds: true,
    read: counted(
      vectorlens,
      requests(vectorlens.model, () => true),
    ),
  },
  cost('docstore_cost', 'What the document store cost.', docstore),
  cost('llm_cost', 'What the calls to an LLM cost.', chatapi),
];

/** Every column that there is: the first three, then one a series of each counter. */
export const COLUMNS: readonly Column[] = [
  ...FIRST,
  ...SERVICES.flatMap((service) =>
    service.instruments.flatMap((instrument) =>
      instrument.kind === 'counter' ? columnsOf(service, instrument) : [],
    ),
  ),
  {
    name: 'documentstore_storage_bytes',
    meaning: 'Bytes that the document store holds at the end of the day.',
    unit: 'bytes',
    type: INTEGER,
    services: [],
    adds: false,
    read: ({ storedBytes }) => BigInt(storedBytes),
  },
];

/**
 * Columns by their names, in the order in which they were asked for; `all` is every one.
 * @throws UsageError for a name that is none, and for one that comes twice
 */
export function columnsNamed(option: string, names: readonly string[]): readonly Column[] {
  const columns = names.flatMap((name) => {
    if (name === 'all') return COLUMNS;
    const column = COLUMNS.find((one) => one.name === name);
    if (column) return column;
    throw new UsageError(`${option}: there is no column ${JSON.stringify(name)}`, {
      hint: 'ragmon backfill --help lists them; all is every one',
    });
  });
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice) throw new UsageError(`${option}: ${twice.name} is given twice`);
  return columns;
}

export const FIRST_NAMES: readonly string[] = FIRST.map(({ name }) => name);

/** A column for each series of a counter, `<metric>_<label values>`, but for what has to be drawn. */
function columnsOf(service: Service, counter: CounterDeclaration): readonly Column[] {
  return counter.series
    .filter(({ observed }) => !observed)
    .map(({ labels, read, money }) => {
      const words = [counter.name.replace(/_total$/, ''), ...Object.values(labels)];
      const which = Object.entries(labels).map(([label, value]) => `${label} ${value}`);
      return {
        name: words.join('_').replace(/[^a-z0-9_]/g, '_'),
        meaning: `${counter.help.slice(0, -1)}${which.length > 0 ? `: ${which.join(', ')}` : ''}.`,
        unit: unitOf(counter.name),
        type: money === undefined ? INTEGER : MONEY,
        services: [service],
        adds: true,
        read:
          money === undefined
            ? counted(service, read)
            : ({ total }) => billionths(service.model, total(service.model), [money]),
      };
    });
}

function unitOf(metric: string): string {
  const unit = UNITS.find((word) => metric.includes(word)) ?? 'count';
  return unit === 'dollars' ? 'US dollars' : unit.replace(/[^s]$/, '$&s');
}

function counted(service: Service, read: (total: Total) => number): Column['read'] {
  return ({ total }) => BigInt(read(total(service.model)));
}

/** All that a service cost. */
function cost(name: string, meaning: string, service: Service): Column {
  const entries = [...service.model.moneyDivisors.keys()];
  return {
    name,
    meaning,
    unit: 'US dollars',
    type: MONEY,
    services: [service],
    adds: true,
    read: ({ total }) => billionths(service.model, total(service.model), entries),
  };
}

/** Entries of a total's money in billionths of a dollar, rounded once, halves up. */
function billionths(model: ServiceModel, total: Total, entries: readonly number[]): bigint {
  const divisor = entries.reduce((product, entry) => product * model.moneyDivisors[entry]!, 1n);
  const money = entries.reduce(
    (sum, entry) => sum + total.money[entry]! * (divisor / model.moneyDivisors[entry]!),
    0n,
  );
  const unit = divisor * PICODOLLARS_PER_BILLIONTH;
  return (2n * money + unit) / (2n * unit);
}
