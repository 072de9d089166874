import type { SystemState } from './conditions.js';
import { LLM_TIMEOUT, MODELS } from './models.js';
import { timesInBuckets } from './observations.js';
import { type Draws, type Happened, type Observations, observing } from './observing.js';
import { ROUTES, routesWhere } from './routes.js';
import { asQuickAs, grouped, llmTimes } from './times.js';

// How long LLM calls take: chatapi measures it, and the answers of vectorlens wait for it.

const MICROSECONDS = 1e6;

/** In microseconds. Every alert threshold is a bound: 15 s. */
export const CALL_BOUNDS = [0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 60].map(
  (seconds) => Math.round(seconds * MICROSECONDS),
);

const CALLS = MODELS.map(({ name }, model) =>
  observing(
    `duration/${name}`,
    CALL_BOUNDS,
    grouped(
      routesWhere(({ llm }) => llm?.model === model),
      ({ llm }) => asQuickAs(llm!.outcome),
    ).map((routes) => ({
      routes,
      fall: (state: SystemState) =>
        timesInBuckets(
          llmTimes(state, ROUTES[routes[0]!]!.llm!),
          CALL_BOUNDS,
          MICROSECONDS,
          LLM_TIMEOUT * MICROSECONDS,
        ),
    })),
  ),
);

/** The LLM calls of a minute, by model; `draws` are chatapi's. */
export function drawCalls(minute: Happened, draws: Draws): readonly Observations[] {
  return CALLS.map((observe) => observe(minute, draws));
}
