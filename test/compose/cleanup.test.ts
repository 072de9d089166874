import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { agedGateway, ENDED, FOREIGN, HOUR, RUNNING } from '../cleanup/gateways.js';
import { startCli } from '../support/cli.js';
import { until } from '../support/processes.js';

const DAY = 24 * HOUR;

/** The arguments of the one container of a file in compose/. */
function argumentsIn(file: string): string[] {
  const text = readFileSync(new URL(`../../compose/${file}`, import.meta.url), 'utf8');
  const [, list] = /^ *(?:args|command): \[(.+)\]$/m.exec(text) ?? [];
  return list?.split(', ') ?? [];
}

test.each(['cleanup.yaml', 'cleanup.cronjob.yaml'])(
  '%s: old groups of jobs that ended go, evidence stays',
  async (file) => {
    const { url, push, ids } = await agedGateway();
    const groups: [string, number, string][] = [
      ['done', 1.1 * DAY, ENDED],
      ['done lately', 0.9 * DAY, ENDED],
      ['hangs', 9 * DAY, RUNNING],
      ['foreign', 9 * DAY, FOREIGN],
    ];
    for (const [job, age, body] of groups) await push({ job, labels: {} }, age, body);
    const argv = argumentsIn(file);
    expect(argv.join(' ')).toMatch(/^cleanup --finished --older-than 1d/);
    const janitor = startCli(argv, { env: { PUSHGATEWAY_URL: url } });
    await until('a sweep', async () => (await ids()).size < 4);
    await janitor.waitFor(/^(\S+ \S+ )?1 deleted · 3 stay/m);
    // A container is ended like this.
    if (argv.includes('--every')) janitor.kill('SIGTERM');
    expect((await janitor.exited).code).toBe(argv.includes('--every') ? 143 : 0);
    expect(await ids()).toEqual(new Set(['["done lately"]', '["hangs"]', '["foreign"]']));
  },
);
