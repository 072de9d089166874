import type { Env } from '../env.js';
import { UsageError } from '../errors.js';
import type { HistoryLedger } from '../ledger/history-ledger.js';
import { incidentEntry, iso } from '../ledger/times.js';
import { type AnyScenario, type DatedScenario, datedNamed, touching } from '../world/dated.js';
import { PRICES, type PriceList, pricesId } from '../world/prices.js';
import { WORLD_VERSION } from '../world/world.js';
import { historyGroups } from './history-groups.js';
import { incidentsFrom } from './incidents.js';
import { NO_SCENARIO } from './names.js';
import type { GivenOptions } from './options.js';

/**
 * Options of a run, the scenario by its name or, of somebody's own, with its dates; what is not given
 * follows from the ledger.
 */
export type AskedOptions = Omit<GivenOptions, 'scenario' | 'continued'> & {
  readonly scenario?: string | DatedScenario | undefined;
};

const LEAVE_OUT = 'leave it out, or do not continue this history';

/**
 * The options of a run that goes on from the end of a history, in the same world and the same groups.
 * @param nameOf what an option is called where it was given
 * @throws UsageError for an option that contradicts the ledger, and for one that cannot be continued
 */
export function continueFrom(
  ledger: HistoryLedger,
  asked: AskedOptions,
  { now }: Pick<Env, 'now'>,
  nameOf: (option: keyof AskedOptions) => string,
): GivenOptions {
  const { truth } = ledger;
  checkWorld(ledger);
  const { services, instance, labels, final } = historyGroups(ledger);
  const end = seconds(truth.end);
  const names = asked.services?.map(({ name }) => name).join();

  const agree = <T>(
    option: keyof AskedOptions,
    given: T | undefined,
    held: T | undefined,
    hint = LEAVE_OUT,
  ) => {
    if (given === undefined || given === held) return;
    const what = held === undefined ? 'the ledger has none' : `the ledger has ${held}`;
    throw new UsageError(`${nameOf(option)} ${given}: ${what}`, { hint });
  };
  agree('seed', asked.seed, truth.seed);
  agree('rate', asked.rate, truth.options.rate);
  agree('profile', asked.profile, truth.options.profile);
  const own = typeof asked.scenario === 'object' ? asked.scenario : undefined;
  agree(
    'scenario',
    own?.name ?? asked.scenario,
    truth.options.scenario ?? NO_SCENARIO,
    own && SAME_FILE,
  );
  agree('services', names, services.map(({ name }) => name).join());
  agree('instance', asked.instance, instance);
  for (const [name, value] of Object.entries(asked.labels ?? {})) {
    const held = labels[name];
    agree('labels', `${name}=${value}`, held === undefined ? held : `${name}=${held}`);
  }
  const prices = pricesOf(ledger, asked.prices, nameOf('prices'));
  agree('jobs', asked.jobs, truth.options.jobs);
  agree('shard', asked.shard && `${asked.shard.index}/${asked.shard.of}`, truth.options.shard);
  if (asked.counters !== undefined && asked.counters !== 'carry') {
    const option = nameOf('counters');
    throw new UsageError(`${option} ${asked.counters}: the counters go on from the ledger`);
  }
  const start = asked.start ?? Math.floor(now() / 1000);
  if (start < end && asked.start === undefined) {
    throw new UsageError(`the ledger ends in the future, at ${truth.end}`, {
      hint: `the run can start then: ${nameOf('start')} ${truth.end}`,
    });
  }
  if (start < end) {
    throw new UsageError(
      `${nameOf('start')} ${iso(start * 1000)}: the ledger ends later, at ${truth.end}`,
    );
  }
  return {
    ...asked,
    ...{ seed: truth.seed, rate: truth.options.rate, profile: truth.options.profile },
    ...{ services, prices, instance, labels, start },
    scenario: scenarioOf(ledger, own),
    continued: { end, final },
  };
}

/** A file's scenario in a ledger: `mine#1f2e3d4c`. What the file is called is not known. */
const OF_FILE = /[^,@]+#[0-9a-f]{8}/g;
const FILE = '<file>';
const SAME_FILE = 'give the file as it was for the history, at the same time';

/** Whether its history was made with the built-in prices; a list of one's own is given again. */
export function hasBuiltInPrices({ truth }: HistoryLedger): boolean {
  return truth.options.prices === pricesId(PRICES);
}

function pricesOf(ledger: HistoryLedger, given: PriceList | undefined, option: string): PriceList {
  const prices = given ?? PRICES;
  const held = ledger.truth.options.prices;
  if (pricesId(prices) === held) return prices;
  const what = given === undefined ? 'no price list is given' : `${option} ${pricesId(given)}`;
  const own = `give the price list that the history was made with (${option})`;
  throw new UsageError(`${what}: the ledger has ${held}`, {
    hint: hasBuiltInPrices(ledger) ? LEAVE_OUT : own,
  });
}

function checkWorld({ truth }: HistoryLedger): void {
  if (truth.world === WORLD_VERSION) return;
  throw new UsageError(
    `the ledger is of version ${truth.world} of the world, this is version ${WORLD_VERSION}`,
    { hint: 'write the history anew with this ragmon, or go on with the one that wrote it' },
  );
}

/** The scenario, as far as its incidents in the history are those that the ledger lists. */
function scenarioOf(
  { truth }: HistoryLedger,
  given: DatedScenario | undefined,
): AnyScenario | undefined {
  const name = truth.options.scenario ?? NO_SCENARIO;
  const scenario = given ?? (name === NO_SCENARIO ? undefined : datedNamed(name));
  if (name !== NO_SCENARIO && scenario === undefined) {
    // A digest is of a file, of which the ledger holds no more than that.
    if (name.includes('#')) {
      throw new UsageError(`the ledger's scenario ${name} is of somebody's own file`, {
        hint: `give the file as it was given to the history: --scenario ${name.replace(OF_FILE, FILE)}`,
      });
    }
    throw new UsageError(`the ledger's scenario ${JSON.stringify(name)} cannot be continued`, {
      hint: 'year and none can, and error-burst@2026-03-01T10:00:00Z',
    });
  }
  const [start, end] = [seconds(truth.start), seconds(truth.end)];
  if (end < start) throw new UsageError('the ledger ends before it starts');
  const own = touching(incidentsFrom(scenario, truth.seed, start, end), start, end);
  if (JSON.stringify(own.map(incidentEntry)) !== JSON.stringify(truth.incidents)) {
    throw new UsageError(`the ledger's incidents are not those of its scenario ${name}`, {
      hint: 'what was between its end and now cannot be known',
    });
  }
  return scenario;
}

function seconds(time: string): number {
  return Date.parse(time) / 1000;
}
