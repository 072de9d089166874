import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../src/cli.js';
import { keepsSilent } from '../../src/commands/simulate/keeps-silent.js';
import { type Gateway, startGateway } from '../../src/gateway/server.js';
import { planRun, type RunOptions } from '../../src/run/plan.js';
import { SERVICES } from '../../src/services/catalogue.js';
import { datedNamed } from '../../src/world/dated.js';
import { PRICES } from '../../src/world/prices.js';
import { findScenario } from '../../src/world/scenarios.js';
import { memoryEnv } from '../support/env.js';

// A run says beforehand where the alerts of its scenario may not have what they need.

function word(options: Partial<RunOptions>): string | undefined {
  return lines(options)[0];
}

function lines(options: Partial<RunOptions>): readonly string[] {
  return keepsSilent(
    planRun({
      ...{ services: SERVICES, seed: 's', rate: 1, profile: 'daily', prices: PRICES },
      ...{ start: Date.parse('2026-11-04T02:00:00Z') / 1000, duration: 3 * 3600, speed: 1 },
      ...{ interval: 5, jobs: 1, jobLifetime: undefined, counters: 'carry', warmup: undefined },
      ...{ scrapeInterval: 15, instance: 'host', labels: {}, shard: { index: 0, of: 1 } },
      ...{ runId: 'cafe0001', cleanupAfter: undefined },
      ...options,
    }),
  );
}

describe('the alerts of a scenario', () => {
  const scenario = findScenario('slow-first-token');
  const [night, noon] = ['02', '15'].map((h) => Date.parse(`2026-11-04T${h}:00:00Z`) / 1000);

  test('may keep silent where there is less traffic than they need', () => {
    expect(word({ scenario, start: night!, rate: 0.4 })).toBe(
      'the alerts of slow-first-token may keep silent: they need 0.6 requests per second, ' +
        '0.30 are expected at 02:01 UTC: --rate 0.8 is enough',
    );
    expect(word({ scenario, start: night!, rate: 0.8 })).toBeUndefined();
    expect(word({ scenario, start: noon!, rate: 0.6 })).toBeUndefined();
    expect(word({ scenario, profile: 'flat', rate: 0.4 })).toMatch(/0\.40 are .* --rate 0\.6 is/);
  });

  test('never do by default, in no night of a Sunday or a holiday; of first tokens there are few', () => {
    const at = (name: string, time: string) =>
      word({ scenario: findScenario(name), start: Date.parse(`${time}:00Z`) / 1000 });
    for (const night of ['2026-11-08T03:00', '2026-12-25T03:00']) {
      expect(at('llm-outage', night)).toBeUndefined();
      expect(at('slow-first-token', night)).toMatch(/ need 0\.6 .* --rate 1\.[23] is enough$/);
    }
  });

  test('may do so where minutes pass faster than they look back at', () => {
    expect(word({ scenario, start: noon!, speed: 10 })).toBe(
      'the alerts of slow-first-token may keep silent: they look back at minutes, as they are at --speed 1',
    );
  });

  test('may do so where the run ends before they are due', () => {
    const burst = { scenario: findScenario('error-burst')!, start: noon! + 10 };
    expect(lines({ ...burst, duration: 300 })).toEqual([
      'the alerts of error-burst may keep silent: they take up to 12m from the beginning of ' +
        'the incident: --duration 14m is enough',
    ]);
    expect(lines({ ...burst, duration: 14 * 60 })).toEqual([]);
    expect(lines({ ...burst, duration: undefined })).toEqual([]);
    // Twelve minutes of wall time are six of such a world.
    expect(lines({ ...burst, duration: 8 * 60, speed: 0.5 })).toEqual([]);
    expect(lines({ ...burst, duration: 7 * 60, speed: 0.5 })[0]).toContain('--duration 8m');
  });

  test.each([
    ['error-burst', ['chatapi'], 'HighErrorRate looks at vectorlens, which --service leaves out'],
    ['rate-limit-exhaustion', ['chatapi'], 'HighErrorRate looks at vectorlens,'],
    [
      'rate-limit-exhaustion',
      ['docstore'],
      'RateLimitLow, HighErrorRate look at chatapi, vectorlens',
    ],
    ['cost-runaway', ['docstore'], 'HighCostBurn warning looks at chatapi,'],
    ['cost-runaway', ['docstore', 'chatapi'], undefined],
    ['traffic-stop', ['docstore'], undefined],
    ['slow-first-token', ['chatapi'], undefined],
    ['stuck-job', ['vectorlens'], undefined],
  ])('%s with %j alone: %s', (name, names, reason) => {
    const services = SERVICES.filter((service) => names.includes(service.name));
    const found = lines({ scenario: findScenario(name)!, services, start: noon! });
    const all = reason === undefined ? [] : [expect.stringContaining(`may keep silent: ${reason}`)];
    expect(found).toEqual(all);
  });

  test('are none where there is no script, or it names none', () => {
    expect(word({ rate: 0.01 })).toBeUndefined();
    expect(word({ rate: 0.01, scenario: datedNamed('year')! })).toBeUndefined();
    expect(word({ rate: 0.01, scenario: { ...scenario!, expect: [] } })).toBeUndefined();
  });
});

describe('ragmon simulate', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.close());

  test('says so, where somebody may scrape the gateway', async () => {
    const play = async (...where: string[]) => {
      const env = memoryEnv(
        [
          ...['simulate', '--scenario', 'error-burst', '--rate', '0.1', '-d', '2m', ...where],
          ...['--speed', '1', '--interval', '60s', '--warmup', '0', '--quiet'],
        ],
        { startsAt: '2026-11-04T02:00:00Z' },
      );
      expect(await run(env)).toBe(0);
      return env.err();
    };
    expect(await play('-g', gateway.url)).toMatch(
      /^ragmon: the alerts of error-burst may keep silent: they need 0\.45 .* --rate 0\.6 is enough$/m,
    );
    expect(await play('-g', 'embedded')).not.toContain('silent');
  });
});
