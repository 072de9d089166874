import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
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

describe('npm run rules', () => {
  const runbook = 'https://example.com/rag/README.md';
  let output: string;
  beforeEach(() => {
    const folder = temporaryFolder();
    output = join(folder, 'rules');
    onTestFinished(() => rmSync(folder, { recursive: true }));
  });

  test('for a published runbook, links to its sections, and is else the same', async () => {
    const { code, said } = await write('--runbook', runbook, '--output', output);
    expect({ code, said }).toEqual({ code: 0, said: '' });
    const shipped = rulesFor();
    expect(readdirSync(output).sort()).toEqual(Object.keys(shipped).sort());
    for (const [name, file] of Object.entries(shipped)) {
      expect(readFileSync(join(output, name), 'utf8')).toBe(
        ruleText(file).replaceAll(`runbook_url: ${RUNBOOK}#`, `runbook_url: ${runbook}#`),
      );
    }
  });

  test.each([
    [['--runbook', 'nohttp'], '--runbook nohttp is no http address, or has a # in it'],
    [['--runbook', `${runbook}#x`], `--runbook ${runbook}#x is no http address, or has a # in it`],
    [['--runbok', runbook], "Unknown option '--runbok'"],
    [['--runbook'], "Option '--runbook <value>' argument missing"],
  ])('says in a line what is wrong with %j, and writes nothing', async (argv, reason) => {
    const { code, said } = await write('--output', output, ...argv);
    expect(said).toMatch(/^ragmon: .*\n$/);
    expect(said).toContain(`ragmon: ${reason}`);
    expect(code).toBe(2);
    expect(existsSync(output)).toBe(false);
  });

  test('says where it cannot write', async () => {
    writeFileSync(output, '');
    expect(await write('--output', output)).toEqual({
      code: 1,
      said: `ragmon: cannot make the folder ${output}: EEXIST: file already exists, mkdir '${output}'\n`,
    });
  });

  async function write(...argv: string[]) {
    const tool = fileURLToPath(new URL('../../dist/stack/write-rules.js', import.meta.url));
    const written = spawnGuarded(process.execPath, [tool, ...argv]);
    const { code } = await written.exited;
    return { code, said: written.output() };
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
