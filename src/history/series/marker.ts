import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Env } from '../../env.js';
import { UsageError } from '../../errors.js';
import { PRICES, pricesId } from '../../world/prices.js';
import { digest } from '../../world/stream.js';
import { WORLD_VERSION } from '../../world/world.js';
import type { HistoryOptions } from './history.js';

/** Says, in a history's folder, what the history is of: a later call goes on with no other. */
export const MARKER = 'ragmon-history.json';

/** What a marker says besides: when the history was begun. */
const Begun = z.object({ begun: z.iso.datetime() });

type Files = Pick<Env, 'readFile' | 'fileVersion'>;

/**
 * When the history in a folder was begun, in milliseconds since the epoch; undefined where there is
 * none. What counts back from now counts from then, when it is gone on with.
 */
export async function begunAt(folder: string, files: Files): Promise<number | undefined> {
  const marker = Begun.safeParse(await readMarker(folder, files));
  return marker.success ? Date.parse(marker.data.begun) : undefined;
}

/** What the marker holds; undefined where there is none, null for what cannot be read. */
async function readMarker(folder: string, files: Files): Promise<unknown> {
  const path = join(folder, MARKER);
  try {
    if ((await files.fileVersion(path)) === undefined) return undefined;
    return JSON.parse(await files.readFile(path));
  } catch {
    return null;
  }
}

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
  env: Files & Pick<Env, 'writeFile' | 'now'>,
): Promise<boolean> {
  const path = join(folder, MARKER);
  const own = { format: 'ragmon-history', version: 1, as: format, ...identity(options, duration) };
  const there = await readMarker(folder, env);
  if (there === undefined) {
    const begun = new Date(env.now()).toISOString();
    await env.writeFile(path, `${JSON.stringify({ ...own, begun }, null, 2)}\n`);
    return false;
  }
  const { begun: _, ...rest } = Object(there) as Record<string, unknown>;
  if (isDeepStrictEqual(rest, JSON.parse(JSON.stringify(own)))) return true;
  if (typeof rest.world === 'number' && rest.world !== own.world) {
    throw new UsageError(
      `${folder} holds a history of version ${rest.world} of the world, ` +
        `this is version ${own.world}`,
      { hint: 'give a new folder, or go on with the ragmon that began it' },
    );
  }
  throw new UsageError(`${folder} holds another history`, {
    hint: `give another folder, or the options that ${MARKER} there shows`,
  });
}

function identity({ world, services, from, to, step, ...rest }: HistoryOptions, window: number) {
  const { seed, rate, profile, prices = PRICES, incidents = [] } = world.options;
  const base = Object.entries(rest.base ?? {}).map(([name, values]) => [name, [...values]]);
  return {
    world: WORLD_VERSION,
    seed,
    rate,
    profile,
    prices: pricesId(prices),
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
