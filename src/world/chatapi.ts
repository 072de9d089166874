import { type AmountLaw, amountIndex, tokenLaw } from './amounts.js';
import { sumAt } from './arrays.js';
import { CALL_BOUNDS } from './calls.js';
import type { SystemState } from './conditions.js';
import { type Minute, serviceModel } from './model.js';
import { ANSWER_MOMENTS, LENGTHS, LLM_TIMEOUT, MODELS, PROMPT_TOKENS } from './models.js';
import { timesInBuckets } from './observations.js';
import { observing } from './observing.js';
import { LLM_FAILURES, routesWhere } from './routes.js';
import { always } from './times.js';

const MICROSECONDS = 1e6;
const microseconds = (...seconds: number[]) => seconds.map((s) => Math.round(s * MICROSECONDS));

/** Every alert threshold is a bound: 3 s to the first token. */
const FIRST_TOKEN = microseconds(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 20);
const LIMIT = LLM_TIMEOUT * MICROSECONDS;

const OUTCOMES = ['ok', ...LLM_FAILURES] as const;

const CLASSES = MODELS.flatMap(({ name }, model) =>
  OUTCOMES.map((outcome) => ({
    name: `${name}/${outcome}`,
    model,
    outcome,
    routes: routesWhere(({ llm }) => llm?.model === model && llm.outcome === outcome),
  })),
);

function classesWhere(test: (each: (typeof CLASSES)[number]) => boolean): readonly number[] {
  return CLASSES.flatMap((each, index) => (test(each) ? [index] : []));
}
const callsTo = (model: number) => classesWhere((each) => each.model === model);
const answersOf = (model: number) =>
  classesWhere((each) => each.model === model && each.outcome === 'ok');

/** Answers, short and long together, as one gamma law with their mean and variance. */
const OUTPUT_LAW: AmountLaw = {
  kind: 'gamma',
  mean: ANSWER_MOMENTS.mean,
  shape: (ANSWER_MOMENTS.mean * ANSWER_MOMENTS.mean) / ANSWER_MOMENTS.variance,
};

/** Where what stands in a tally. */
export const CHATAPI_INDEX = {
  duration: (model: number) => model,
  firstToken: (model: number) => MODELS.length + model,
  input: (model: number) => 2 * model,
  output: (model: number) => 2 * model + 1,
};

export const chatapiModel = serviceModel({
  name: 'chatapi',
  classes: CLASSES,
  histograms: [
    ...MODELS.map((_, model) => ({
      of: callsTo(model),
      bounds: CALL_BOUNDS,
      scale: MICROSECONDS,
      observe: ({ calls }: Minute) => calls()[model]!,
    })),
    ...MODELS.map(({ name }, model) => ({
      of: answersOf(model),
      bounds: FIRST_TOKEN,
      scale: MICROSECONDS,
      observe: observing(`first token/${name}`, FIRST_TOKEN, [
        {
          routes: routesWhere(({ llm }) => llm?.model === model && llm.outcome === 'ok'),
          fall: ({ firstTokens }: SystemState) =>
            timesInBuckets(always(firstTokens[model]!), FIRST_TOKEN, MICROSECONDS, LIMIT),
        },
      ]),
    })),
  ],
  amounts: MODELS.flatMap(({ name }, model) =>
    (['input', 'output'] as const).map((side) => {
      const parts = LENGTHS.map(({ length }) => amountIndex(`${side}/${name}/${length}`));
      return {
        of: answersOf(model),
        law: side === 'input' ? tokenLaw(PROMPT_TOKENS) : OUTPUT_LAW,
        read: ({ flow }) => sumAt(flow.amounts, parts),
      };
    }),
  ),
  moneyDivisors: MODELS.map(() => 1n),
  money: ({ amounts }, prices) =>
    MODELS.map(({ name }, model) => {
      const price = prices.models[name]!;
      return (
        BigInt(amounts[CHATAPI_INDEX.input(model)]!) * price.input +
        BigInt(amounts[CHATAPI_INDEX.output(model)]!) * price.output
      );
    }),
});
