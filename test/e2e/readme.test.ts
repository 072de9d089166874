import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { spawnGuarded, temporaryFolder } from '../support/processes.js';
import { needs, startPrometheus, startPushgateway } from '../support/servers.js';
import { BLOCKS, FIRST, README, ROOT, shell } from './readme.js';

const CHECK = 'npm run check\n';

test('CI runs the README’s test command, after npm ci', () => {
  expect(BLOCKS).toContain(CHECK);
  const script = readFileSync(join(ROOT, '.ci/run'), 'utf8');
  expect(script).toMatch(/^npm ci$.*npm run check/ms);
});

needs('prometheus', 'prometheus-pushgateway')('the README’s other commands', () => {
  const blocks = BLOCKS.filter((block) => block !== CHECK && block !== FIRST);
  test.concurrent.each(blocks)('%s', { timeout: 150_000 }, async (block) => {
    const gateway = await startPushgateway();
    const usesPrometheus = block.includes('http://127.0.0.1:9090');
    const prometheus = usesPrometheus
      ? await startPrometheus({ pushgateway: gateway.url, scrapeInterval: '5s' })
      : undefined;
    const script = block
      .replaceAll('http://127.0.0.1:9090', prometheus?.url ?? '')
      // It runs until it is stopped.
      .replaceAll(/^npx ragmon gateway.*$/gm, 'timeout -s INT 3 $& || test $? = 124');
    const run = shell(script, {
      PUSHGATEWAY_URL: gateway.url,
      RAGMON_GATEWAY_LISTEN: '127.0.0.1:0',
    });
    const { code } = await run.exited;
    expect({ code, output: run.output() }).toMatchObject({ code: 0 });
    await Promise.all([gateway.stop(), prometheus?.stop()]);
  });
});

test('its example of the library runs', async () => {
  const [, example] = /```js\n(.*?)```/s.exec(README)!;
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(ROOT, join(folder, 'node_modules', 'ragmon'));
  writeFileSync(join(folder, 'example.mjs'), `${example}\nconsole.log(total.counts[0] > 500);\n`);
  const run = spawnGuarded(process.execPath, ['example.mjs'], { cwd: folder });
  const { code } = await run.exited;
  expect({ code, output: run.output() }).toEqual({ code: 0, output: 'true\n' });
});
