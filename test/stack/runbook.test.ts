import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { METRICS } from '../../src/stack/metrics.js';
import { RUNBOOK } from '../../src/stack/rules/runbook.js';
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
