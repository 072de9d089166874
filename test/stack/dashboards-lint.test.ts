import { describe, expect, test } from 'vitest';
import { METRICS } from '../../src/stack/metrics.js';
import { FILES, read } from './classic.js';
import { type Finding, RULES } from './dashboard-lint.js';

/** What breaks a rule on purpose; `panels` are those that do, none for the dashboard itself. */
const EXCEPTIONS: readonly {
  rules: readonly string[];
  file: string;
  panels: readonly string[];
  reason: string;
}[] = [
  {
    rules: ['template-instance-rule'],
    file: 'pushgateway.json',
    panels: [],
    reason: 'a group pushed under a job alone has no instance: .+ would hide it',
  },
  {
    rules: ['target-job-rule', 'target-instance-rule'],
    file: 'pushgateway.json',
    panels: ['Gateway', 'Gateway request rate', 'Gateway push latency', 'Scrape duration'],
    reason: 'the gateway is no pushed job: $gateway picks it, whatever jobs are picked',
  },
];

/**
 * The other exception: variables that are asked for where series carry their labels. None does by
 * itself; who adds one, by `--label` or by the scrape, picks it in Filters, which Grafana puts into
 * every query. A service that declares such a label has to have a variable for it.
 */
test('provider, cluster, region and environment are for Filters: no metric has them', () => {
  for (const label of ['provider', 'cluster', 'region', 'environment']) {
    expect([...METRICS.values()].filter(({ labels }) => labels.has(label))).toEqual([]);
  }
  for (const file of Object.keys(FILES)) {
    const { list } = read(file).templating;
    expect(list.filter(({ type }) => type === 'adhoc').map(({ name }) => name)).toEqual([
      'filters',
    ]);
  }
});

describe.each(RULES)('$name', ({ name, check, bad }) => {
  test.each(Object.keys(FILES))('%s', (file) => {
    const allowed = EXCEPTIONS.filter((each) => each.file === file && each.rules.includes(name));
    const isAllowed = ({ panel }: Finding) =>
      allowed.some(({ panels }) => (panel === undefined ? !panels.length : panels.includes(panel)));
    const found = check(read(file));
    expect(found.filter((finding) => !isAllowed(finding))).toEqual([]);
    // An exception that nothing needs any more has to go.
    const used = new Set(found.map(({ panel }) => panel));
    expect([...used].filter((panel) => panel !== undefined)).toEqual(
      allowed.flatMap(({ panels }) => panels),
    );
    expect(used.has(undefined)).toBe(allowed.some(({ panels }) => panels.length === 0));
  });

  test('is noticed where it is broken', () => {
    expect(bad.length).toBeGreaterThan(0);
    for (const breaking of bad) {
      const dashboard = read('rag-demo.json');
      breaking(dashboard);
      expect(check(dashboard), `${breaking}`).toHaveLength(1);
    }
  });
});
