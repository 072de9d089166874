import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli.js';
import type { CatalogueDocument } from '../../src/commands/catalogue/document.js';
import { SERVICES } from '../../src/services/catalogue.js';
import { runCli } from '../support/cli.js';
import { type MemoryOptions, memoryEnv } from '../support/env.js';

async function catalogue(argv: string[], options: MemoryOptions = {}) {
  const env = memoryEnv(['catalogue', ...argv], options);
  const code = await run(env);
  return { code, out: env.out(), err: env.err() };
}

/** As a terminal shows it, without its colours. */
async function shownAt(columns: number, ...argv: string[]): Promise<string[]> {
  const plain = { tty: true, columns, vars: { NO_COLOR: '1' } };
  const { code, out, err } = await catalogue(argv, plain);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.split('\n');
}

describe('the list', () => {
  test('without a terminal: a line a metric, with everything', async () => {
    const { code, out } = await catalogue(['--service', 'docstore']);
    expect(code).toBe(0);
    const lines = out.split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
    expect(lines.slice(0, 4)).toEqual([
      'docstore | 80 series a job',
      'metric | type | series | labels | help',
      'documentstore_request_total | counter | 6 | operation = search, get, put; status = success, error | Operations that vectorlens asked of the document store.',
      'documentstore_request_duration_seconds | histogram | 51 | operation = search, get, put | Time of an operation of the document store.',
    ]);
    expect(lines).toContain(
      'ragmon_run_info | gauge | 1 | version, run_id, seed, scenario | The run of ragmon that pushed this group last; always 1.',
    );
    expect(lines.at(-1)).toBe('');
  });

  test('80 columns: labels and meaning under the metric', async () => {
    const lines = await shownAt(80, '-s', 'chatapi');
    expect(lines.slice(0, 9)).toEqual([
      'chatapi  126 series a job',
      'metric                                     type       series',
      'chatapi_request_total                      counter         6',
      '  model = gpt-5-mini, claude-haiku-4.5, claude-sonnet',
      '  status = success, error',
      '  Calls to an LLM.',
      'chatapi_request_duration_seconds           histogram      51',
      '  model = gpt-5-mini, claude-haiku-4.5, claude-sonnet',
      '  Time from a call to an LLM to its last token.',
    ]);
  });

  test('160 columns: beside it, broken between words', async () => {
    const lines = await shownAt(160, '-s', 'chatapi');
    expect(lines.slice(1, 5)).toEqual([
      'metric                                     type       series  labels                                           help',
      'chatapi_request_total                      counter         6  model = gpt-5-mini, claude-haiku-4.5,            Calls to an LLM.',
      '                                                                claude-sonnet',
      '                                                              status = success, error',
    ]);
  });

  test('40 columns: the name first of all', async () => {
    const lines = await shownAt(40, '-s', 'chatapi');
    expect(lines.slice(1, 5)).toEqual([
      'metric',
      'chatapi_request_total',
      '  model = gpt-5-mini,',
      '    claude-haiku-4.5, claude-sonnet',
    ]);
  });

  test.each([60, 80, 100, 139, 140, 160, 300])('%i columns are not left', async (columns) => {
    const lines = await shownAt(columns);
    expect(lines.filter((line) => line.length >= columns)).toEqual([]);
    // Nothing is missing.
    const words = lines.join(' ').replace(/\s+/g, ' ');
    for (const { name, help } of SERVICES.flatMap(({ instruments }) => instruments)) {
      expect(words).toContain(name);
      if (columns < 140 || columns === 300) expect(words).toContain(help);
    }
  });

  test('colours on a terminal only', async () => {
    const colour = '\x1b[';
    expect((await catalogue([], { tty: true })).out).toContain(colour);
    expect((await catalogue(['--no-color'], { tty: true })).out).not.toContain(colour);
    expect((await catalogue([])).out).not.toContain(colour);
  });

  test('as JSON', async () => {
    const { code, out } = await catalogue(['--json', '--service', 'chatapi,vectorlens']);
    expect(code).toBe(0);
    const document: CatalogueDocument = JSON.parse(out);
    expect(document.services.map(({ name, series }) => [name, series])).toEqual([
      ['vectorlens', 122],
      ['chatapi', 126],
    ]);
    expect(document.services[1]!.metrics[2]).toEqual({
      name: 'chatapi_time_to_first_token_seconds',
      type: 'histogram',
      help: 'Time from a call to an LLM to its first token; successful calls.',
      labels: { model: ['gpt-5-mini', 'claude-haiku-4.5', 'claude-sonnet'] },
      buckets: [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 20],
      series: 51,
    });
    expect(document.everyGroup[0]).toEqual({
      name: 'ragmon_run_info',
      type: 'gauge',
      help: 'The run of ragmon that pushed this group last; always 1.',
      labels: { version: null, run_id: null, seed: null, scenario: null },
      buckets: null,
      series: 1,
    });
    expect(document.everyGroup).toHaveLength(4);
    expect(document.groupLabels).toEqual(['job', 'instance']);
  });

  test('as Markdown, in a process of its own', async () => {
    const { code, stdout } = await runCli(['catalogue', '--markdown']);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2 + 27 + 4);
    expect(lines.slice(0, 3)).toEqual([
      '| metric | type | labels | series | |',
      '|---|---|---|---|---|',
      '| `vectorlens_request_total` | counter | `endpoint` = search, answer, ingest; `status` = success, error | 6 | Requests that users sent to vectorlens. |',
    ]);
  });
});

test('its series are those that a job pushes', async () => {
  const { stdout } = await runCli(['simulate', '--dry-run', '-d', '1s', '--json']);
  const { truth } = JSON.parse(stdout) as {
    truth: { services: Record<string, { increments: Record<string, number> }[]> };
  };
  const { out } = await catalogue(['--json']);
  const { services }: CatalogueDocument = JSON.parse(out);
  for (const { name, metrics } of services) {
    // The truth is of what only rises.
    const counted = metrics.filter(({ type }) => type !== 'gauge');
    const series = counted.reduce((sum, metric) => sum + metric.series, 0);
    expect(Object.keys(truth.services[name]![0]!.increments)).toHaveLength(series);
  }
});

test.each([
  [['--json', '--markdown'], '--json and --markdown are two forms: choose one'],
  [['--check', 'a.json', '--markdown'], '--check has no --markdown, only --json'],
  [['--label', 'a'], '--label is for --check'],
  [['--check', 'a.json', '--label', 'a=b'], '--label: "a=b" is not a label name'],
  [['--service', 'nosuch'], '--service: there is no service "nosuch"'],
  [['--check'], "option '--check <files...>' argument missing"],
  [['--check', 'no.json'], 'cannot read no.json: ENOENT'],
  [['mine.json'], "too many arguments for 'catalogue'"],
])('%j is wrong usage', async (argv, message) => {
  const { code, out, err } = await catalogue(argv);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(`ragmon: ${message}`);
});
