import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { spawnGuarded, temporaryFolder } from '../support/processes.js';
import { needs, startPrometheus, startPushgateway } from '../support/servers.js';

const ROOT = new URL('../..', import.meta.url).pathname;
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const BLOCKS = [...README.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block!);
const CHECK = 'npm run check\n';
const [FIRST] = BLOCKS;

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
    const script = block.replaceAll('http://127.0.0.1:9090', prometheus?.url ?? '');
    const run = shell(script, { PUSHGATEWAY_URL: gateway.url });
    const { code } = await run.exited;
    expect({ code, output: run.output() }).toMatchObject({ code: 0 });
    await Promise.all([gateway.stop(), prometheus?.stop()]);
  });
});

test('the first command needs nothing but Node', { timeout: 150_000 }, async ({ skip }) => {
  // The one test that needs the default address.
  const taken = await fetch('http://127.0.0.1:9091/').then(
    () => true,
    () => false,
  );
  if (taken && !process.env.CI) skip('something answers at 127.0.0.1:9091');
  const run = shell(FIRST!);
  const { code } = await run.exited;
  expect({ code, output: run.output() }).toMatchObject({ code: 0 });
  expect(run.stderr().split('\n')[0]).toBe(
    'ragmon: nobody answers at http://127.0.0.1:9091: started an embedded gateway for this run (--hold keeps it)',
  );
  // Nobody scrapes it, so nothing waits for a scrape.
  expect(run.stderr()).not.toMatch(/at zero/);
  expect(run.stdout()).toMatch(/^gateway {3}http:\/\/127.0.0.1:9091 \(embedded\)$/m);
  await expect(fetch('http://127.0.0.1:9091/')).rejects.toThrow();
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

/** `npx ragmon` is this checkout's; what `npm ci` does is CI's own first step. */
function shell(script: string, env: Record<string, string> = {}) {
  const folder = temporaryFolder();
  tool(folder, 'npx', `shift; exec "${process.execPath}" "${ROOT}bin/ragmon.js" "$@"`);
  tool(folder, 'npm', '[ "$*" = ci ]');
  return spawnGuarded('bash', ['-euc', script], {
    cwd: folder,
    env: { PATH: `${folder}:${process.env.PATH}`, ...env },
  });
}

function tool(folder: string, name: string, body: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}
