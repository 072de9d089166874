import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SERVICES } from '../src/services/catalogue.js';
import { metricsTable } from './support/metrics-table.js';

const ROOT = new URL('..', import.meta.url).pathname;
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

describe('the README', () => {
  test('its table of metrics is what the services declare', () => {
    const shown = /<!-- metrics -->\n(.*?)\n?<!-- \/metrics -->/s.exec(README)?.[1];
    expect(shown?.trim()).toBe(metricsTable(SERVICES).trim());
  });

  test('has every flag of simulate, and no other', async () => {
    const { Command } = await import('commander');
    const { registerSimulate } = await import('../src/commands/simulate.js');
    const { memoryEnv } = await import('./support/env.js');
    const program = new Command();
    registerSimulate(program, memoryEnv([]), () => {});
    const flags = program.commands[0]!.options.map(({ long }) => long!);
    const section = README.slice(
      README.indexOf('## `ragmon simulate`'),
      README.indexOf('### Counters'),
    );
    const shown = [...new Set(section.match(/--[a-z][a-z-]+/g))];
    expect(shown.filter((flag) => !flags.includes(flag))).toEqual([]);
    expect(flags.filter((flag) => !shown.includes(flag))).toEqual([]);
  });

  test('quotes the fixture that a test runs', () => {
    const fixture = readFileSync(join(ROOT, 'test/library/fixture.test.ts'), 'utf8');
    const [, quoted] = /```ts\n(.*?)```/s.exec(README) ?? [];
    expect(quoted).toBe(fixture);
  });

  test('its price list is one', async () => {
    const { readPrices } = await import('../src/commands/simulate/prices.js');
    const { memoryEnv } = await import('./support/env.js');
    const json = /```json\n(.*?)```/s.exec(README)![1]!;
    const list = await readPrices('p.json', memoryEnv([], { files: { 'p.json': json } }));
    expect(list.models.map(({ model }) => model)).toContain('gpt-5-mini');
  });
});
