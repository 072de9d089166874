import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../src/cli.js';
import { catalogueMarkdown } from '../src/commands/catalogue/markdown.js';
import { scenarioIn } from '../src/commands/scenario.js';
import { scenariosMarkdown } from '../src/commands/scenarios/markdown.js';
import { SERVICES } from '../src/services/catalogue.js';
import { schedule } from '../src/world/incidents.js';
import { SCENARIOS } from '../src/world/scenarios.js';
import { memoryEnv } from './support/env.js';

const ROOT = new URL('..', import.meta.url).pathname;
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const REACHING = '### How to reach a gateway';

describe('the README', () => {
  test('its table of metrics is what the services declare', () => {
    const shown = /<!-- metrics -->\n(.*?)\n?<!-- \/metrics -->/s.exec(README)?.[1];
    expect(shown, 'npm run docs writes it').toBe(catalogueMarkdown(SERVICES));
  });

  test('its table of scenarios is of those that ship', () => {
    const shown = /<!-- scenarios -->\n(.*?)\n<!-- \/scenarios -->/s.exec(README)?.[1];
    expect(shown, 'npm run docs writes it').toBe(scenariosMarkdown(SCENARIOS));
  });

  test('its scenario of one’s own is one, under a name of its own', async () => {
    const yaml = /```yaml\n(# yaml-language-server.*?)```/s.exec(README)![1]!;
    const scenario = await scenarioIn('mine.yaml', memoryEnv([], { files: { 'mine.yaml': yaml } }));
    expect(schedule(scenario, 0, 1800)).toHaveLength(2);
  });

  test.each([
    ['simulate', [REACHING]],
    ['backfill', []],
    ['chart', []],
    ['gateway', []],
    ['cleanup', [REACHING]],
    ['catalogue', []],
    ['scenarios', []],
  ])('has every flag of %s, and no other', async (name, more) => {
    const flags = await flagsOf(name);
    const text = [`## \`ragmon ${name}\``, ...more].map(section).join('');
    const shown = [...new Set(text.match(/--[a-z][a-z-]+/g))];
    expect(shown.filter((flag) => !flags.includes(flag))).toEqual([]);
    expect(flags.filter((flag) => !shown.includes(flag))).toEqual([]);
  });

  test('quotes the fixture that a test runs', () => {
    const fixture = readFileSync(join(ROOT, 'test/library/fixture.test.ts'), 'utf8');
    const [, quoted] = /```ts\n(.*?)```/s.exec(README) ?? [];
    expect(quoted).toBe(fixture);
  });

  test('its price list is one', async () => {
    const { readPrices } = await import('../src/commands/prices.js');
    const json = /```json\n(.*?)```/s.exec(README)![1]!;
    const list = await readPrices('p.json', memoryEnv([], { files: { 'p.json': json } }));
    expect(list.models.map(({ model }) => model)).toContain('gpt-5-mini');
  });
});

/** From its heading to the next one of any level. */
function section(heading: string): string {
  const [, text] = README.split(`\n${heading}\n`);
  return text!.split(/\n##+ /)[0]!;
}

/** As its help tells. */
async function flagsOf(command: string): Promise<string[]> {
  const env = memoryEnv([command, '--help'], { columns: 200 });
  await run(env);
  return [...env.out().matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)]
    .map(([, flag]) => flag!)
    .filter((flag) => flag !== '--help');
}
