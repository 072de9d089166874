import type { Env } from '../../env.js';
import { RagmonError, UsageError } from '../../errors.js';
import { DAY, MINUTE } from '../../world/time.js';
import { PROFILES } from '../../world/traffic.js';
import { createWorld, type World } from '../../world/world.js';
import { datedGiven } from '../dated-scenario.js';
import { readPrices } from '../prices.js';
import { parseChoice, parsePositive, words } from '../values.js';
import type { BackfillFlags } from './flags.js';
import type { Span } from './range.js';

/** What is told of: a stretch of a world's past. */
export interface Past {
  readonly span: Span;
  readonly world: World;
  /** As it was named. */
  readonly scenario: string;
}

/** What is played where nothing is named. */
const SCENARIO = 'year';

/**
 * The world that the flags, the variables and the defaults describe.
 * @throws UsageError naming the flag and what it should be
 */
export async function pastOf(flags: BackfillFlags, span: Span, env: Env): Promise<Past> {
  const seed = flags.seed ?? (env.vars.RAGMON_SEED || 'ragmon');
  const scenario = await datedGiven(words(flags.scenario ?? [SCENARIO]), env);
  const minutes = { from: Math.floor(span.from / MINUTE), to: Math.ceil(span.to / MINUTE) };
  const world = createWorld({
    seed,
    rate: flags.rate === undefined ? 1 : parsePositive('--rate', flags.rate, 1e7),
    profile: parseChoice('--profile', flags.profile ?? 'daily', PROFILES),
    prices: await readPrices(flags.prices ?? env.vars.RAGMON_PRICES, env),
    incidents: scenario.incidentsIn(seed, minutes.from, minutes.to),
  });
  checkPrices(world, span);
  return { span, world, scenario: scenario.name };
}

/** Finds a price that is missing before anything is written; with later days they only get more. */
function checkPrices(world: World, { from }: Span): void {
  try {
    world.prices(Math.floor(from / DAY));
  } catch (error) {
    if (!(error instanceof RagmonError)) throw error;
    throw new UsageError(error.message, error.hint ? { hint: error.hint } : {});
  }
}
