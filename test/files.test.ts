import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockFolder } from '../src/files.js';
import { temporaryFolder } from './support/processes.js';

const ROUNDS = 200;
const CONTENDERS = [11, 12];
const DEAD = 10;

/** How many of two processes that begin at once take the same folder, round by round. */
async function holders(prepare: (folder: string) => Promise<void>): Promise<number[]> {
  const all = temporaryFolder();
  const isRunning = (pid: number) => pid !== DEAD;
  const counts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const folder = join(all, `${round}`);
    await mkdir(folder);
    await prepare(folder);
    const taken = await Promise.allSettled(
      CONTENDERS.map((pid) => lockFolder(folder, pid, isRunning)),
    );
    const held = taken.filter(({ status }) => status === 'fulfilled');
    counts.push(held.length);
    for (const each of taken) {
      if (each.status === 'fulfilled') await each.value();
      else expect(`${each.reason}`).toMatch(/another ragmon is at work in .* \(process 1[12]\)/);
    }
    expect(readdirSync(folder)).toEqual([]);
  }
  return counts;
}

test('of two processes that begin at once one takes a folder', async () => {
  expect(new Set(await holders(async () => {}))).toEqual(new Set([1]));
});

test('also where one was killed that held it', async () => {
  const killed = async (folder: string) => void (await lockFolder(folder, DEAD, () => false));
  expect(new Set(await holders(killed))).toEqual(new Set([1]));
});
