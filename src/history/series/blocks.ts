import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { RagmonError } from '../../errors.js';
import type { Window } from './windows.js';

/** What `meta.json` says of a block; times in milliseconds, `maxTime` not included. */
const Block = z.object({
  ulid: z.string(),
  minTime: z.number(),
  maxTime: z.number(),
  stats: z.object({ numSamples: z.number().default(0), numSeries: z.number().default(0) }),
});
export type Block = z.infer<typeof Block>;

const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** The blocks in a data directory of Prometheus. */
export async function readBlocks(folder: string): Promise<readonly Block[]> {
  const names = (await readdir(folder)).filter((name) => ULID.test(name));
  return await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name, 'meta.json');
      try {
        return Block.parse(JSON.parse(await readFile(path, 'utf8')));
      } catch (cause) {
        throw new RagmonError(`${path}: it does not describe a block`, {
          hint: 'give a directory of Prometheus, or a new one',
          cause,
        });
      }
    }),
  );
}

/** The block that a window's samples make, all of them. */
export function blockOf({ first, last, steps }: Window, series: number): Omit<Block, 'ulid'> {
  return {
    minTime: first * 1000,
    maxTime: last * 1000 + 1,
    stats: { numSamples: steps * series, numSeries: series },
  };
}

export function isWhole(block: Block, expected: Omit<Block, 'ulid'>): boolean {
  return difference(block, expected) === undefined;
}

/** What a block has, and what it should have, as half a sentence; undefined where it has it all. */
export function difference(block: Block, expected: Omit<Block, 'ulid'>): string | undefined {
  const facts = [
    ['samples', block.stats.numSamples, expected.stats.numSamples],
    ['series', block.stats.numSeries, expected.stats.numSeries],
    ['as its first millisecond', block.minTime, expected.minTime],
    ['as its end', block.maxTime, expected.maxTime],
  ] as const;
  const wrong = facts.find(([, has, wanted]) => has !== wanted);
  return wrong && `${wrong[1]} ${wrong[0]} of ${wrong[2]}`;
}

export function overlaps(block: Block, other: Omit<Block, 'ulid'>): boolean {
  return block.minTime < other.maxTime && other.minTime < block.maxTime;
}
