import { expect, test } from 'vitest';
import { frozen } from './frozen.js';

test('seeded output is frozen: other numbers are another version of the world', async () => {
  await expect(`${frozen()}\n`).toMatchFileSnapshot('frozen.txt');
});
