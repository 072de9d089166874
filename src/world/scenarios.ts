import type { Scenario } from './incidents.js';

const MINUTES = 60;

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
        change: { multiply: { 'docstore.latency': 100 } },
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
        change: { set: { 'chatapi.server_error': 0.7 } },
      },
    ],
  },
];

export function findScenario(name: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.name === name);
}
