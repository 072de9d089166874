import { expect, test } from 'vitest';
import { agedGateway, ENDED, FOREIGN, HOUR, RUNNING } from '../cleanup/gateways.js';
import { startCli } from '../support/cli.js';
import { argumentsOf, composeFile, containerOf, manifests } from '../support/compose.js';
import { until } from '../support/processes.js';

const DAY = 24 * HOUR;

test.each([
  ['compose.yaml', argumentsOf(composeFile().services.cleanup?.command)],
  ['cleanup.cronjob.yaml', manifests('cleanup.cronjob.yaml').flatMap((it) => containerOf(it).args)],
])('the janitor of %s: old groups of jobs that ended go, evidence stays', async (_, argv) => {
  const { url, push, ids } = await agedGateway();
  const groups: [string, number, string][] = [
    ['done', 1.1 * DAY, ENDED],
    ['done lately', 0.9 * DAY, ENDED],
    ['hangs', 9 * DAY, RUNNING],
    ['foreign', 9 * DAY, FOREIGN],
  ];
  for (const [job, age, body] of groups) await push({ job, labels: {} }, age, body);
  expect(argv.join(' ')).toMatch(/^cleanup --finished --older-than 1d/);
  const janitor = startCli(argv, { env: { PUSHGATEWAY_URL: url } });
  await until('a sweep', async () => (await ids()).size < 4);
  await janitor.waitFor(/^(\S+ \S+ )?1 deleted · 3 stay/m);
  // A container is ended like this.
  if (argv.includes('--every')) janitor.kill('SIGTERM');
  expect((await janitor.exited).code).toBe(argv.includes('--every') ? 143 : 0);
  expect(await ids()).toEqual(new Set(['["done lately"]', '["hangs"]', '["foreign"]']));
});
