import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from '../../src/ui/shell.js';

test('a shell reads each word as it was; what is plain stays as it is', () => {
  const words = ['mine.yaml@2026-03-01T10:00:00Z,year', 'data/a-b_c=1', 'my data', "it's", '$HOME'];
  words.push('a`b`', '~', 'a\\b', '"', '', 'mine#1', '*', 'größe');
  const command = `printf '<%s>' ${words.map(shellWord).join(' ')}`;
  const read = execFileSync('sh', ['-c', command], { encoding: 'utf8' });
  expect(read).toBe(words.map((word) => `<${word}>`).join(''));
  expect(words.slice(0, 3).map(shellWord)).toEqual([...words.slice(0, 2), "'my data'"]);
});
