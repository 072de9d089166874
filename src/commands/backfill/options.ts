import type { Env } from '../../env.js';
import { RagmonError, UsageError } from '../../errors.js';
import { bigquerySchema } from '../../history/daily/bigquery.js';
import type { Column } from '../../history/daily/column.js';
import { columnsNamed, FIRST_NAMES } from '../../history/daily/columns.js';
import { FORMATS, type Format } from '../../history/daily/formats.js';
import { createWorld, type World, type WorldOptions } from '../../world/world.js';
import { readPrices } from '../simulate/prices.js';
import { parseChoice, parsePositive } from '../values.js';
import { eventsOf } from './events.js';
import type { BackfillFlags } from './flags.js';
import { type DayRange, lengthOf, rangeOf } from './range.js';
import { incidentsNamed } from './scenario.js';

export type FormatName = keyof typeof FORMATS;

/** What a backfill does, all of it checked. */
export interface BackfillOptions {
  readonly range: DayRange;
  readonly world: World;
  readonly seed: string;
  /** As it was named. */
  readonly scenario: string;
  readonly columns: readonly Column[];
  readonly formatName: FormatName;
  readonly format: Format;
  /** The file, or `-` for stdout. */
  readonly output: string;
  /** Small files beside it, by path. */
  readonly beside: ReadonlyMap<string, string>;
}

export const STDOUT = '-';
const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];
const PROFILES = ['daily', 'flat'] as const;
/** What is played where nothing is named. */
const SCENARIO = 'none';

/**
 * What a backfill does, from flags, variables and defaults.
 * @throws UsageError naming the flag and what it should be
 */
export async function backfillOptionsOf(flags: BackfillFlags, env: Env): Promise<BackfillOptions> {
  const range = rangeOf(flags, env.now());
  const formatName = parseChoice('--format', flags.format ?? 'csv', FORMAT_NAMES);
  const format: Format = FORMATS[formatName];
  const output = flags.output ?? `rag_metrics_${lengthOf(range)}.${format.extension}`;
  if (output === STDOUT && !format.text) {
    throw new UsageError(`--format ${formatName} is no text: name a file with -o`);
  }
  if (output === STDOUT && flags.json) {
    throw new UsageError('--json and -o - both write to stdout: name a file with -o');
  }
  const seed = flags.seed ?? (env.vars.RAGMON_SEED || 'ragmon');
  const names = words(flags.scenario ?? [SCENARIO]);
  const incidents = incidentsNamed(names, seed, range, env.now());
  const worldOptions: WorldOptions = {
    seed,
    rate: flags.rate === undefined ? 1 : parsePositive('--rate', flags.rate, 1e7),
    profile: parseChoice('--profile', flags.profile ?? 'daily', PROFILES),
    prices: await readPrices(flags.prices ?? env.vars.RAGMON_PRICES, env),
    incidents,
  };
  const columns = columnsNamed('--columns', words(flags.columns ?? FIRST_NAMES));
  const world = createWorld(worldOptions);
  checkPrices(world, range);
  const scenario = names.join(',');
  return {
    ...{ range, world, seed, scenario, columns, formatName, format, output },
    beside: besides(output, [
      ['--events', flags.events, () => eventsOf(scenario, seed, range, incidents)],
      ['--bigquery-schema', flags.bigquerySchema, () => bigquerySchema(columns)],
    ]),
  };
}

/** `--columns a,b --columns c` */
function words(given: readonly string[]): readonly string[] {
  return given.flatMap((word) => word.split(',')).map((word) => word.trim());
}

/** Finds a price that is missing before anything is written; with later days they only get more. */
function checkPrices(world: World, { from }: DayRange): void {
  try {
    world.prices(from);
  } catch (error) {
    if (!(error instanceof RagmonError)) throw error;
    throw new UsageError(error.message, error.hint ? { hint: error.hint } : {});
  }
}

/** Each of the files has a name of its own. */
function besides(
  output: string,
  given: readonly (readonly [flag: string, path: string | undefined, text: () => string])[],
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [flag, path, text] of given) {
    if (path === undefined) continue;
    if (path === STDOUT) throw new UsageError(`${flag} needs the name of a file`);
    if (path === output || files.has(path)) {
      throw new UsageError(`${flag}: another file is to be written to ${path}`);
    }
    files.set(path, text());
  }
  return files;
}
