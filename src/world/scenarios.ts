import { type Incident, identified, type Scenario } from './incidents.js';
import type { Change } from './parameters.js';

const MINUTES = 60;
const HOUR = 60 * MINUTES;

/** What the incidents of scenarios change; a year of history holds some of the same. */
export const CHANGES = {
  latencySpike: { multiply: { 'docstore.latency': 100 } },
  errorBurst: { set: { 'chatapi.server_error': 0.7 } },
  docstoreOutage: { set: { 'docstore.unavailable': 0.5 } },
} satisfies Record<string, Change>;

/** A minute after the start: what it fires looks back at minutes. */
function soon(name: string, minutes: number, change: Change): readonly Incident[] {
  return [{ name, offset: 1 * MINUTES, duration: minutes * MINUTES, change }];
}

/** After an hour of ordinary traffic: what it fires compares with that hour, or asks for it. */
function later(name: string, minutes: number, what: Pick<Incident, 'change' | 'jobs'>) {
  return [{ name, offset: 1 * HOUR, duration: minutes * MINUTES, ...what }];
}

/**
 * The scenarios that ship with ragmon. Strengths are such that the same alerts fire at the top of a
 * day and in its night, and durations such that no others have the time to.
 */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'latency-spike',
    summary: 'the vector index answers a hundred times slower; almost nothing fails',
    expect: ['HighLatency'],
    within: 12 * MINUTES,
    needs: 0.45,
    incidents: soon('latency-spike', 15, CHANGES.latencySpike),
  },
  {
    name: 'error-burst',
    summary: 'the LLM provider answers most calls with a server error',
    expect: ['HighErrorRate'],
    within: 12 * MINUTES,
    needs: 0.45,
    incidents: soon('error-burst', 15, CHANGES.errorBurst),
  },
  {
    name: 'traffic-surge',
    summary: 'a crawler sends twenty times the usual traffic: most requests wait, and time out',
    expect: [
      ...['HighLatency', 'HighAnswerLatency', 'HighTimeToFirstToken', 'HighErrorRate'],
      'ErrorBudgetBurn 1h',
    ],
    may: ['ErrorBudgetBurn 6h', 'ErrorBudgetBurn 1d', 'ErrorBudgetBurn 3d'],
    within: 12 * MINUTES,
    needs: 0.45,
    incidents: later('traffic-surge', 15, { change: { multiply: { traffic: 20 } } }),
  },
  {
    name: 'cache-collapse',
    summary:
      'the semantic cache is emptied again and again: nearly every answer asks the LLM, which has ' +
      'been scaled out for it',
    expect: ['LowCacheHitRate'],
    within: 28 * MINUTES,
    needs: 0.3,
    incidents: soon('cache-collapse', 30, {
      set: { 'vectorlens.semantic_hit': 0.05 },
      multiply: { 'chatapi.capacity': 3 },
    }),
  },
  {
    name: 'cost-runaway',
    summary: 'prompts carry whole documents, not the parts found: fifty times as many tokens',
    expect: ['HighCostBurn warning'],
    may: ['HighCostBurn critical'],
    within: 1 * HOUR,
    needs: 0.4,
    incidents: later('cost-runaway', 90, {
      change: { multiply: { 'chatapi.input_tokens': 50 } },
    }),
  },
  {
    name: 'rate-limit-exhaustion',
    summary: "the provider's quota is used up: it refuses every call",
    expect: ['RateLimitLow', 'HighErrorRate'],
    within: 12 * MINUTES,
    needs: 0.45,
    incidents: soon('rate-limit-exhaustion', 15, { multiply: { 'chatapi.rate_limit': 0 } }),
  },
  {
    name: 'slow-first-token',
    summary: 'the LLM begins its answers five times later, and then is as fast as ever',
    expect: ['HighTimeToFirstToken'],
    within: 55 * MINUTES,
    needs: 0.6,
    incidents: soon('slow-first-token', 60, {
      multiply: { 'chatapi.time_to_first_token': 5 },
    }),
  },
  {
    name: 'docstore-outage',
    summary: 'every second operation finds no document store',
    expect: ['HighErrorRate', 'ErrorBudgetBurn 1h'],
    within: 27 * MINUTES,
    needs: 0.45,
    incidents: later('docstore-outage', 28, { change: CHANGES.docstoreOutage }),
  },
  {
    name: 'llm-outage',
    summary: 'the LLM provider does not answer: every call runs into its timeout',
    expect: ['HighAnswerLatency', 'HighErrorRate'],
    within: 23 * MINUTES,
    needs: 0.45,
    incidents: soon('llm-outage', 25, { set: { 'chatapi.timeout': 1 } }),
  },
  {
    name: 'traffic-stop',
    summary: 'no user sends anything; jobs go on pushing',
    expect: ['RagTrafficMissing'],
    within: 18 * MINUTES,
    needs: 0.2,
    incidents: later('traffic-stop', 30, { change: { set: { traffic: 0 } } }),
  },
  {
    name: 'stuck-job',
    summary:
      'the first job of each service hangs: it no longer pushes, and does not say that it ended',
    expect: ['PushgatewayGroupStale', 'RagTrafficMissing', 'JobNotSucceeded'],
    within: 75 * MINUTES,
    needs: 0.2,
    incidents: later('stuck-job', 90, { change: {}, jobs: 'hang' }),
  },
];

export function findScenario(name: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.name === name);
}

/**
 * What a ledger calls a scenario: the name of one that ships; with a digest of what it does for one of
 * somebody's own, of which the name says nothing.
 */
export function scenarioId(scenario: Scenario): string {
  return SCENARIOS.includes(scenario) ? scenario.name : identified(scenario);
}
