import type { Scenario } from './incidents.js';
import type { Change } from './parameters.js';

const MINUTES = 60;

/** What the incidents of scenarios change; years of history hold the same. */
export const CHANGES = {
  latencySpike: { multiply: { 'docstore.latency': 100 } },
  errorBurst: { set: { 'chatapi.server_error': 0.7 } },
} satisfies Record<string, Change>;

/** The scenarios that ship with ragmon. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'latency-spike',
    summary: 'the vector index answers a hundred times slower; almost nothing fails',
    expect: ['HighLatency'],
    incidents: [
      {
        name: 'latency-spike',
        offset: 1 * MINUTES,
        duration: 15 * MINUTES,
        change: CHANGES.latencySpike,
      },
    ],
  },
  {
    name: 'error-burst',
    summary: 'the LLM provider answers most calls with a server error',
    expect: ['HighErrorRate'],
    incidents: [
      {
        name: 'error-burst',
        offset: 1 * MINUTES,
        duration: 15 * MINUTES,
        change: CHANGES.errorBurst,
      },
    ],
  },
];

export function findScenario(name: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.name === name);
}
