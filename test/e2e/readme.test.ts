import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { spawnGuarded, temporaryFolder } from '../support/processes.js';
import { needs, startEmbedded, startPrometheus, startPushgateway } from '../support/servers.js';
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

describe('its examples of the library run', () => {
  const examples = [...README.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code!);
  test.each([
    ['world', 'total.counts[0] > 500'],
    ['cleanup', 'deleted.length === 0 && plan.entries.length === 0'],
  ])('%s', async (what, holds) => {
    const gateway = await startEmbedded();
    const example = examples.find((code) => code.includes(what))!;
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules', 'ragmon'));
    const code = example.replaceAll('http://127.0.0.1:9091', gateway.url);
    writeFileSync(join(folder, 'example.mjs'), `${code}\nconsole.log(${holds});\n`);
    const run = spawnGuarded(process.execPath, ['example.mjs'], { cwd: folder });
    const { code: exit } = await run.exited;
    expect({ exit, output: run.output() }).toEqual({ exit: 0, output: 'true\n' });
    expect(examples).toHaveLength(2);
  });
});
