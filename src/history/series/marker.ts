import { join } from 'node:path';
import type { Env } from '../../env.js';
import { UsageError } from '../../errors.js';
import { PRICES } from '../../world/prices.js';
import { nameKey } from '../../world/stream.js';
import { WORLD_VERSION } from '../../world/world.js';
import type { HistoryOptions } from './history.js';

/** Says, in a history's folder, what the history is of: a later call goes on with no other. */
export const MARKER = 'ragmon-history.json';

/**
 * Claims a folder for a history. True where it was begun before and can be gone on with.
 * @param duration seconds of a window
 * @throws UsageError when the folder holds another history
 */
export async function claim(
  folder: string,
  options: HistoryOptions,
  duration: number,
  format: 'openmetrics' | 'tsdb',
  files: Pick<Env, 'readFile' | 'writeFile' | 'fileVersion'>,
): Promise<boolean> {
  const path = join(folder, MARKER);
  const text = `${JSON.stringify({ format: 'ragmon-history', version: 1, as: format, ...identity(options, duration) }, null, 2)}\n`;
  if ((await files.fileVersion(path)) === undefined) {
    await files.writeFile(path, text);
    return false;
  }
  if ((await files.readFile(path)) === text) return true;
  throw new UsageError(`${folder} holds another history`, {
    hint: `give another folder, or the options that ${MARKER} there shows`,
  });
}

function identity({ world, services, from, to, step, ...rest }: HistoryOptions, window: number) {
  const { seed, rate, profile, incidents = [] } = world.options;
  const base = Object.entries(rest.base ?? {}).map(([name, values]) => [name, [...values]]);
  return {
    world: WORLD_VERSION,
    seed,
    rate,
    profile,
    prices: pricesId(world.options),
    incidents,
    services: services.map(({ name }) => name),
    from,
    to,
    step,
    window,
    instance: rest.instance,
    labels: rest.labels,
    base: base.length === 0 ? null : digest(JSON.stringify(base)),
  };
}

/** `built-in`, or a digest of the price list. */
export function pricesId({ prices = PRICES }: HistoryOptions['world']['options']): string {
  return prices === PRICES ? 'built-in' : digest(JSON.stringify(prices));
}

function digest(text: string): string {
  return (nameKey(text) >>> 0).toString(16).padStart(8, '0');
}
