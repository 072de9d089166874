import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../errors.js';
import { layoutOf } from '../instruments/layout.js';
import type { Values } from '../instruments/parts.js';
import type { HistoryLedger } from '../ledger/history-ledger.js';
import type { Service } from '../services/service.js';
import { labelProblem } from './labels.js';
import { servicesNamed } from './names.js';

/** What the groups of a history have in common, and the last values of each. */
export interface HistoryGroups {
  readonly services: readonly Service[];
  readonly instance: string;
  readonly labels: Readonly<Record<string, string>>;
  /** By service name: every counter and bucket. */
  readonly final: Readonly<Record<string, Values>>;
}

/**
 * The groups that a history's ledger tells of, when they fit its truth, and each other: a ledger is
 * a file, and can be edited.
 * @throws UsageError naming the first thing that does not fit
 */
export function historyGroups({ truth, history }: HistoryLedger): HistoryGroups {
  const services = servicesNamed('the ledger', truth.options.services);
  const [first] = history.groups;
  const names = services.map(({ name }) => name).join();
  const told = history.groups.map(({ service }) => service).join();
  if (first === undefined || told !== names) {
    throw new UsageError(`the ledger's groups are of ${told || 'nothing'}, not of ${names}`);
  }
  const { job: _, ...common } = first.key;
  const { instance, ...labels } = common;
  const final = history.groups.map(({ key, final }, i) => {
    const service = services[i]!;
    if (!isDeepStrictEqual(key, { ...common, job: service.name })) {
      throw new UsageError("the ledger's groups differ in their labels");
    }
    const [job] = truth.services[service.name] ?? [];
    checkValues(service, final, job?.increments ?? {});
    return [service.name, new Map(Object.entries(final))] as const;
  });
  for (const [name, value] of Object.entries(labels)) {
    const bad = labelProblem(name, value, services);
    if (bad) throw new UsageError(`the ledger's groups: ${bad.problem}`);
  }
  return { services, instance, labels, final: Object.fromEntries(final) };
}

function checkValues(
  service: Service,
  final: Readonly<Record<string, number>>,
  increments: Readonly<Record<string, number>>,
): void {
  const { counters } = layoutOf(service);
  const strange = Object.keys(final).find((id) => !counters.has(id));
  if (strange !== undefined) {
    throw new UsageError(`the ledger has a last value of ${strange}, which is no counter`);
  }
  const whole = wholeNumbers(service);
  for (const id of counters) {
    const value = final[id];
    if (value === undefined) throw new UsageError(`the ledger has no last value of ${id}`);
    const wrong = (what: string) => new UsageError(`the ledger's last value of ${id} is ${what}`);
    if (whole.has(id) && !Number.isInteger(value)) throw wrong('no whole number');
    if (value < (increments[id] ?? 0)) throw wrong('less than its increment');
  }
}

/** The ids of what is counted: all but money and the sums of histograms. */
function wholeNumbers(service: Service): ReadonlySet<string> {
  const { ids } = layoutOf(service);
  const whole = service.instruments.flatMap((instrument, i) => {
    const own = ids[i] ?? [];
    if (instrument.kind === 'counter') {
      return own.filter((_, place) => instrument.series[place]?.money === undefined);
    }
    return own.filter((id) => !id.startsWith(`${instrument.name}_sum`));
  });
  return new Set(whole);
}
