import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { METRICS } from '../../src/stack/metrics.js';
import { rulesFor } from '../../src/stack/rules/rules.js';
import { RUNBOOK } from '../../src/stack/rules/runbook.js';
import { ruleText } from '../../src/stack/rules/yaml.js';
import { spawnGuarded, temporaryFolder } from '../support/processes.js';
import { alerts, namesIn, recordings } from './rules.js';

const text = readFileSync(new URL('../../alerts/README.md', import.meta.url), 'utf8');

test('each alert has a section, and there are no others', () => {
  const sections = [...text.matchAll(/^### (.+)$/gm)].map(([, title]) => title!);
  expect(sections.toSorted()).toEqual([...new Set(alerts.map(({ alert }) => alert))].toSorted());
  for (const { alert, annotations } of alerts) {
    expect(annotations.runbook_url).toBe(`${RUNBOOK}#${alert.toLowerCase()}`);
  }
  for (const title of sections) {
    const section = text.split(`\n### ${title}\n`)[1]!.split('\n### ')[0]!;
    for (const part of ['**What it means.**', '**What to look at.**', '**What to do.**']) {
      expect(section, title).toContain(part);
    }
  }
});

test('rules for a published runbook link to its sections, and are else the same', async () => {
  const runbook = 'https://example.com/rag/README.md';
  const output = join(temporaryFolder(), 'rules');
  const tool = fileURLToPath(new URL('../../dist/stack/write-rules.js', import.meta.url));
  const written = spawnGuarded(process.execPath, [tool, ...args({ runbook, output })]);
  expect(await written.exited, written.output()).toMatchObject({ code: 0 });
  const shipped = rulesFor();
  expect(readdirSync(output).sort()).toEqual(Object.keys(shipped).sort());
  for (const [name, file] of Object.entries(shipped)) {
    expect(readFileSync(join(output, name), 'utf8')).toBe(
      ruleText(file).replaceAll(`runbook_url: ${RUNBOOK}#`, `runbook_url: ${runbook}#`),
    );
  }

  const wrong = spawnGuarded(process.execPath, [tool, ...args({ runbook: 'README.md', output })]);
  expect((await wrong.exited).code).toBe(1);
  expect(wrong.output()).toContain('--runbook README.md is no http address');
});

function args(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
}

test('it asks for what there is', () => {
  const queries = [...text.matchAll(/```promql\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    block!.trim().split('\n'),
  );
  expect(queries.length).toBeGreaterThan(10);
  const recorded = new Set(recordings.map(({ record }) => record));
  for (const query of queries) {
    for (const name of namesIn(query.replace(/#.*/, ''))) {
      expect(METRICS.has(name) || recorded.has(name), `${name} in ${query}`).toBe(true);
    }
  }
});
