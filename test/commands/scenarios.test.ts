import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { run } from '../../src/cli.js';
import { scenariosMarkdown } from '../../src/commands/scenarios/markdown.js';
import { scenarioYaml } from '../../src/commands/scenarios/write.js';
import { NORMAL, PARAMETER_NAMES, PARAMETERS } from '../../src/world/parameters.js';
import { SCENARIOS } from '../../src/world/scenarios.js';
import { type MemoryOptions, memoryEnv } from '../support/env.js';

const MINE = `name: mine
summary: "two \\e[31mthings\\nat once"
expect: []
within: 20m
incidents:
  - { name: first, offset: 2m, duration: 5m, change: { set: { chatapi.timeout: 1 } } }
  - { name: second, offset: 1m, duration: 90m, change: { multiply: { traffic: 2 } } }
`;

async function scenarios(argv: string[], options: MemoryOptions = {}) {
  const files = { 'mine.yaml': MINE, 'bad.yaml': 'name: x' };
  const env = memoryEnv(['scenarios', ...argv], { files, ...options });
  const code = await run(env);
  return { code, out: env.out(), err: env.err() };
}

/** As a terminal shows it, without its colours. */
async function shownAt(columns: number, ...argv: string[]): Promise<string[]> {
  const plain = { tty: true, columns, vars: { NO_COLOR: '1' } };
  const { code, out, err } = await scenarios(argv, plain);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.split('\n');
}

describe('the list', () => {
  test('without a terminal: a line a scenario, with everything', async () => {
    const { code, out } = await scenarios([]);
    expect(code).toBe(0);
    const lines = out.split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
    expect(lines.slice(0, 2)).toEqual([
      'scenario | begins | lasts | alerts by | needs | fires | what happens',
      'latency-spike | 1m | 15m | 12m | 0.45/s | HighLatency | the vector index answers a hundred times slower; almost nothing fails',
    ]);
    expect(lines.at(-2)).toMatch(/^year \| – \| – \| – \| – \| a handful of seeded incidents/);
    expect(lines).toHaveLength(1 + SCENARIOS.length + 2);
  });

  test('80 columns: alerts and what happens under the scenario', async () => {
    const lines = await shownAt(80);
    expect(lines.slice(0, 1).concat(lines.slice(7, 12))).toEqual([
      'scenario               begins  lasts  alerts by   needs',
      'traffic-surge              1h    15m        12m  0.45/s',
      '  fires HighLatency, HighAnswerLatency, HighTimeToFirstToken, HighErrorRate,',
      '  ErrorBudgetBurn 1h; perhaps ErrorBudgetBurn 6h, ErrorBudgetBurn 1d,',
      '  ErrorBudgetBurn 3d',
      '  a crawler sends twenty times the usual traffic: most requests wait, and time',
    ]);
  });

  test('160 columns: beside it, broken between words', async () => {
    const lines = await shownAt(160);
    expect(lines.slice(0, 1).concat(lines.slice(5, 8))).toEqual([
      'scenario               begins  lasts  alerts by   needs  fires                                            what happens',
      'traffic-surge              1h    15m        12m  0.45/s  HighLatency, HighAnswerLatency,                  a crawler sends twenty times the usual traffic:',
      '                                                         HighTimeToFirstToken, HighErrorRate,             most requests wait, and time out',
      '                                                         ErrorBudgetBurn 1h; perhaps ErrorBudgetBurn 6h,',
    ]);
  });

  test.each([30, 60, 80, 100, 139, 140, 160, 300])('%i columns are not left', async (columns) => {
    for (const argv of [[], ['--parameters']]) {
      const lines = await shownAt(columns, ...argv);
      expect(lines.filter((line) => line.length >= columns && line.includes(' '))).toEqual([]);
    }
  });

  test('as JSON, in seconds', async () => {
    const { scenarios: list } = JSON.parse((await scenarios(['--json'])).out);
    expect(list[0]).toEqual({ ...SCENARIOS[0], may: [], dated: false });
    expect(list.at(-1)).toMatchObject({ name: 'year', dated: true });
  });
});

describe('as a table of Markdown', () => {
  test('those that ship: what the README shows', async () => {
    const { code, out } = await scenarios(['--markdown']);
    expect({ code, out }).toEqual({ code: 0, out: `${scenariosMarkdown(SCENARIOS)}\n` });
  });

  test('files: what they say stays in its cell, and what they do not say is no number', async () => {
    const files = { 'mine.yaml': MINE.replace('two', 'one|two').replace('within: 20m\n', '') };
    const { out } = await scenarios(['--check', 'mine.yaml', '--markdown'], { files });
    expect(out.split('\n').slice(2)).toEqual([
      '| `mine` | one\\|two [31mthings at once | 1h30m after 1m | nothing | – | – |',
      '',
    ]);
  });
});

test('one of them as YAML, or as JSON', async () => {
  expect((await scenarios(['llm-outage'])).out).toBe(
    scenarioYaml(SCENARIOS.find(({ name }) => name === 'llm-outage')!),
  );
  expect(JSON.parse((await scenarios(['llm-outage', '--json'])).out).scenarios).toHaveLength(1);
});

test('the parameters, with what is normal', async () => {
  const { out } = await scenarios(['--parameters']);
  const lines = out.split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
  expect(lines).toContain(
    'chatapi.server_error | probability | 0.002 | 0 to 1 | the provider answers with a server error',
  );
  for (const name of PARAMETER_NAMES) {
    expect(
      lines.some((line) => line.startsWith(`${name} | `) && line.includes(` | ${NORMAL[name]} | `)),
    ).toBe(true);
  }
  const { parameters } = JSON.parse((await scenarios(['--parameters', '--json'])).out);
  expect(parameters[0]).toEqual({ name: 'traffic', ...PARAMETERS.traffic });
});

describe('the schema for editors', () => {
  test('takes what the shipped scenarios are, and a file of somebody’s own', async () => {
    const schema = JSON.parse((await scenarios(['--schema'])).out);
    const valid = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
    for (const text of [...SCENARIOS.map(scenarioYaml), MINE]) {
      expect([valid(parse(text)), valid.errors]).toEqual([true, null]);
    }
    const bad = (edit: (text: string) => string) => valid(parse(edit(MINE)));
    expect(bad((text) => text.replace('traffic', 'trafic'))).toBe(false);
    expect(bad((text) => text.replace('timeout: 1', 'timeout: 2'))).toBe(false);
    expect(bad((text) => text.replace('offset: 2m', 'offset: 2 min'))).toBe(false);
    expect(bad((text) => text.replace('within', 'by'))).toBe(false);
  });
});

describe('files of one’s own', () => {
  test('are read and listed, no character of theirs moving the cursor', async () => {
    const files = { 'mine.yaml': MINE.replace('[]', '["Own\\e[2J\\nAlert"]') };
    const { code, out } = await scenarios(['--check', 'mine.yaml'], { files });
    expect(code).toBe(0);
    expect(out).not.toContain('\u001b');
    expect(out.split('\n')[1]!.replace(/ {2,}/g, ' | ')).toBe(
      'mine | 1m | 1h30m | 20m | – | Own [2J Alert | two [31mthings at once',
    );
  });

  test('may expect alerts of one’s own; one that is nearly one that ships is pointed at', async () => {
    const files = { 'mine.yaml': MINE.replace('[]', '[HighErrorRat, HighCostBurn, MyOwnAlert]') };
    const { code, err } = await scenarios(['--check', 'mine.yaml'], { files });
    expect({ code, err }).toEqual({
      code: 0,
      err: 'ragmon: mine: alerts/ holds no alert "HighErrorRat"; perhaps HighErrorRate?\n',
    });
  });

  test('of several that are bad, each is told of, in their order', async () => {
    const files = {
      'first.yaml': 'name: [x',
      'mine.yaml': MINE,
      'slip.yaml': MINE.replace('traffic', 'trafic'),
      'bad.yaml': 'name: x',
    };
    const names = ['first.yaml', 'no.yaml', 'mine.yaml', 'slip.yaml', 'bad.yaml'];
    const { code, out, err } = await scenarios(['--check', ...names], { files });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^ragmon: first.yaml:1:9: it is no YAML/),
      "cannot read the scenario: ENOENT: no such file or directory, open 'no.yaml'",
      'slip.yaml:7:70: there is no parameter "trafic" ' +
        '(did you mean traffic? ragmon scenarios --parameters lists them)',
      'bad.yaml:1:1: summary is missing',
      'bad.yaml:1:1: expect is missing',
      'bad.yaml:1:1: incidents is missing',
      '  ragmon scenarios error-burst shows the form, --parameters what can be changed',
    ]);
  });

  test('of several that are not there, no more is said', async () => {
    const { err } = await scenarios(['--check', 'no.yaml', 'not.yaml']);
    expect(err.split('\n').map((line) => line.split(':').at(-1))).toEqual([
      expect.stringContaining("open 'no.yaml'"),
      expect.stringContaining("open 'not.yaml'"),
      '',
    ]);
  });

  test.each([
    [
      ['--check', 'bad.yaml'],
      'bad.yaml:1:1: summary is missing\nbad.yaml:1:1: expect is missing\n',
    ],
    [['--check', 'no.yaml'], 'cannot read the scenario: ENOENT'],
    [['mine.yaml'], 'write ragmon scenarios --check mine.yaml'],
    [['doom'], 'scenarios: there is no scenario "doom"\n  there are latency-spike, error-burst,'],
    [['eror-burst'], '  did you mean error-burst? there are latency-spike,'],
    [['year'], 'year is drawn from the seed'],
    [['none'], 'none is no scenario'],
    [['--json', '--markdown'], '--json and --markdown are two forms'],
    [['error-burst', '--markdown'], '--markdown is a form of the list'],
    [['--parameters', '--markdown'], '--markdown is a form of the list'],
    [['--schema', '--parameters'], 'each ask for something else'],
    [['error-burst', '--check', 'mine.yaml'], 'each ask for something else'],
  ])('%j: exit 2', async (argv, message) => {
    const { code, out, err } = await scenarios(argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});
