import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readScenario } from '../../src/commands/scenario-file.js';
import { durationText, scenarioYaml } from '../../src/commands/scenarios/write.js';
import { UsageError } from '../../src/errors.js';
import { identified, type Scenario } from '../../src/world/incidents.js';
import { PARAMETER_NAMES, PARAMETERS } from '../../src/world/parameters.js';
import { SCENARIOS } from '../../src/world/scenarios.js';

const MINE = `# yaml-language-server: $schema=scenario.schema.json
name: mine
summary: two things go wrong
expect: [HighErrorRate]
incidents:
  - name: first
    offset: 0
    duration: 5m
    change:
      set: { chatapi.server_error: 0.9 }
  - name: second
    offset: 3m
    duration: 1h30m
    change:
      multiply: { traffic: 2 }
    jobs: hang
`;

test('a file becomes a scenario, durations in seconds', () => {
  expect(readScenario('mine.yaml', MINE)).toEqual({
    ...{ name: 'mine', summary: 'two things go wrong', expect: ['HighErrorRate'] },
    incidents: [
      { name: 'first', offset: 0, duration: 300, change: { set: { 'chatapi.server_error': 0.9 } } },
      {
        ...{ name: 'second', offset: 180, duration: 5400, jobs: 'hang' },
        change: { multiply: { traffic: 2 } },
      },
    ],
  });
});

describe('what is wrong with a file, at its line and column', () => {
  const changed = (from: string, to: string) => MINE.replace(from, to);
  test.each([
    [
      changed('server_error', 'server_eror'),
      '10:14: there is no parameter "chatapi.server_eror"',
      'did you mean chatapi.server_error? ragmon scenarios --parameters lists them',
    ],
    [
      changed('server_error', 'weather'),
      '10:14: there is no parameter "chatapi.weather"',
      'ragmon scenarios --parameters lists them',
    ],
    [changed('0.9', '1.9'), '10:36: chatapi.server_error: 1.9 is not a number from 0 to 1'],
    [changed('0.9', '-0.1'), '10:36: chatapi.server_error: -0.1 is not a number from 0 to 1'],
    [changed('0.9', '.nan'), '10:36: chatapi.server_error: NaN is not a number from 0 to 1'],
    [changed('0.9', 'most'), '10:36: chatapi.server_error: "most" is not a number from 0 to 1'],
    [changed('traffic: 2', 'traffic: -1'), '15:28: traffic: -1 is not a number from 0 to 10000'],
    [
      changed('traffic: 2', 'docstore.latency: 0'),
      '15:37: docstore.latency: 0 is not a number from 0.001 to 10000',
    ],
    [
      changed('traffic: 2', 'vectorlens.relevance: 2'),
      '15:19: vectorlens.relevance is added, and has no factor',
      'change it with set',
    ],
    [
      changed('5m', '5 min'),
      '8:15: duration: "5 min" is no duration: write 30s, 5m, 1h30m or 7d',
      'ragmon scenarios error-burst shows the form',
    ],
    [changed('5m', '300'), '8:15: duration: 300 is no duration'],
    [changed('5m', '99999w'), '8:15: duration: "99999w" is longer than 100 years'],
    [changed('5m', '0'), '8:15: duration: 0 is too short'],
    [changed('offset: 0', 'ofset: 0'), '7:5: there is no key "ofset" here', 'did you mean offset?'],
    [
      changed('change:\n      set', 'set'),
      '9:5: there is no key "set" here',
      'put it under change',
    ],
    [changed('set: {', 'multiply: {').replace('change:\n      m', 'm'), '9:5', 'under change'],
    [changed('set: {', 'traffic: 3 #'), '10:7: there is no key "traffic"', 'under set or multiply'],
    [`${MINE}offset: 1m\n`, '17:1: there is no key "offset"', 'into one of the incidents'],
    [changed('    offset: 0\n', ''), '6:5: offset is missing'],
    [changed('expect: [HighErrorRate]\n', ''), '2:1: expect is missing'],
    [changed('[HighErrorRate]', 'HighErrorRate'), '4:9: expect: "HighErrorRate" is no list'],
    [changed('name: mine', 'name: Mine!'), '2:7: name: "Mine!" is no name'],
    [
      changed('name: mine', 'name: year'),
      "2:7: name: year is a scenario of ragmon's own",
      'choose',
    ],
    [changed('jobs: hang', 'jobs: dance'), '16:11: jobs: "dance" is nothing that jobs can do'],
    [changed('{ chatapi.server_error: 0.9 }', '{}'), '6:5: this changes nothing'],
    [`${MINE}name: again\n`, '17:1: it is no YAML: Map keys must be unique'],
    [`${MINE}---\na: 1\n`, '17:1: it is no YAML: Source contains multiple documents'],
    ['a: [1', '1:6: it is no YAML: Flow sequence'],
    ['name: a\n\tb: c', '2:1: it is no YAML: Tabs are not allowed'],
    ['a: &a [*a, *b]', '1:1: it is no YAML'],
    ['', '1:1: this is no scenario'],
    ['hello', '1:1: "hello" is no scenario'],
    ['name: a\nsummary: s\nexpect: []\nincidents: []', '4:12: incidents: this is empty'],
  ] as [string, string, string?][])('%s', (text, message, hint) => {
    try {
      readScenario('mine.yaml', text, ['year']);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      expect((error as UsageError).message).toContain(`mine.yaml:${message}`);
      expect((error as UsageError).message).not.toContain('\n');
      if (hint !== undefined) expect((error as UsageError).hint).toContain(hint);
    }
  });
});

describe('several things that are wrong', () => {
  const said = (text: string) => {
    try {
      readScenario('mine.yaml', text);
      return undefined;
    } catch (error) {
      return error;
    }
  };

  test('each has a line, with its line and column', () => {
    const text = MINE.replace('server_error', 'server_eror').replace('5m', '5 min');
    expect(said(text)).toMatchObject({
      message:
        'mine.yaml:8:15: duration: "5 min" is no duration: write 30s, 5m, 1h30m or 7d\n' +
        'mine.yaml:10:14: there is no parameter "chatapi.server_eror" ' +
        '(did you mean chatapi.server_error? ragmon scenarios --parameters lists them)',
      hint: expect.stringContaining('shows the form'),
    });
  });

  test('up to ten', () => {
    const more = Array.from({ length: 13 }, (_, i) => `x${i}: 1\n`).join('');
    const { message } = said(MINE + more) as UsageError;
    expect(message.split('\n')).toHaveLength(11);
    expect(message).toMatch(/mine.yaml:26:1: .*\nmine.yaml: and 3 more$/);
  });
});

describe('written as YAML and read again it is the same', () => {
  test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    (_, scenario) => {
      expect(readScenario('it', scenarioYaml(scenario))).toEqual(scenario);
    },
  );

  const seconds = fc.integer({ min: 0, max: 1e9 }).map((ms) => ms / 1000);
  const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
  const values = (keys: readonly (keyof typeof PARAMETERS)[]) =>
    fc.uniqueArray(fc.constantFrom(...keys), { minLength: 1, maxLength: 4 }).chain((some) =>
      fc.record(
        Object.fromEntries(
          some.map((key) => {
            const { least, most } = PARAMETERS[key];
            return [key, fc.double({ min: least, max: most, noNaN: true }).map((x) => x + 0)];
          }),
        ),
      ),
    );
  const factors = PARAMETER_NAMES.filter((name) => PARAMETERS[name].kind === 'factor');
  const scenarios: fc.Arbitrary<Scenario> = fc.record(
    {
      ...{ name: names, within: seconds, needs: fc.double({ min: 0, noNaN: true, max: 1e9 }) },
      summary: fc.string({ minLength: 1, unit: 'binary' }).filter((text) => /\S/.test(text)),
      expect: fc.array(fc.string({ minLength: 1 })),
      incidents: fc.array(
        fc.oneof(
          fc.record({
            ...{ name: names, offset: seconds, duration: seconds.map((s) => s + 1) },
            change: fc.record(
              { set: values(PARAMETER_NAMES), multiply: values(factors) },
              { requiredKeys: ['set'] },
            ),
          }),
          fc.record({
            ...{ name: names, offset: seconds, duration: seconds.map((s) => s + 1) },
            ...{ change: fc.constant({}), jobs: fc.constant('hang' as const) },
          }),
        ),
        { minLength: 1, maxLength: 3 },
      ),
    },
    { requiredKeys: ['name', 'summary', 'expect', 'incidents'] },
  ) as fc.Arbitrary<Scenario>;

  test('any', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const read = readScenario('it', scenarioYaml(scenario));
        expect(read).toEqual(JSON.parse(JSON.stringify(rounded(scenario))));
        expect(identified(read)).toBe(identified(readScenario('it', scenarioYaml(read))));
      }),
    );
  });

  /** Sums of doubles: durations have whole milliseconds. */
  function rounded(scenario: Scenario): Scenario {
    const incidents = scenario.incidents.map((incident) => ({
      ...incident,
      duration: Math.round(incident.duration * 1000) / 1000,
    }));
    return { ...scenario, incidents };
  }
});

test('durations read well', () => {
  expect([0, 0.25, 90, 5400, 86_400, 694_861.5].map(durationText)).toEqual([
    ...['0s', '250ms', '1m30s', '1h30m', '1d', '8d1h1m1s500ms'],
  ]);
});
