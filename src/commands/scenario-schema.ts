import * as z from 'zod';
import { messageOf } from '../errors.js';
import { PARAMETER_NAMES, PARAMETERS, type ParameterName } from '../world/parameters.js';
import { DURATION, parseDuration } from './values.js';

// The form of a scenario's file. Messages follow the value that they are about. Imported only where
// there is a file: zod costs start-up time.

const NO_DURATION = 'is no duration: write 30s, 5m, 1h30m or 7d';

/** Seconds, of a duration as people write it. */
const Duration = z
  .union([z.string().regex(DURATION, NO_DURATION), z.literal(0)], { error: NO_DURATION })
  .transform((value, context) => {
    try {
      return parseDuration('it', String(value));
    } catch (error) {
      context.addIssue(messageOf(error).replace(/^it: ".*" /, ''));
      return z.NEVER;
    }
  });

const Name = z
  .string({ error: 'is no name: write lower-case letters, digits and hyphens' })
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'is no name: write lower-case letters, digits and hyphens');

function parameters(names: readonly ParameterName[], formOf: (name: ParameterName) => z.ZodType) {
  return z.strictObject(
    Object.fromEntries(names.map((name) => [name, formOf(name).exactOptional()])) as Record<
      ParameterName,
      z.ZodExactOptional<z.ZodType<number>>
    >,
    { error: 'is no list of parameters and their values' },
  );
}

function numberWithin(least: number, most: number, meaning: string) {
  const error = `is not a number from ${least} to ${most}`;
  return z.number({ error }).min(least, error).max(most, error).describe(meaning);
}

const Change = z
  .strictObject(
    {
      set: parameters(PARAMETER_NAMES, (name) => {
        const { least, most, meaning, normal, kind } = PARAMETERS[name];
        return numberWithin(least, most, `${kind}: ${meaning}; normally ${normal}`);
      })
        .exactOptional()
        .describe('parameters that get another value'),
      multiply: parameters(
        PARAMETER_NAMES.filter((name) => PARAMETERS[name].kind !== 'shift'),
        (name) => {
          const { least, meaning, normal, kind } = PARAMETERS[name];
          const lowest = kind === 'factor' ? least : 0;
          return numberWithin(lowest, 10_000, `${kind}: ${meaning}; normally ${normal}`);
        },
      )
        .exactOptional()
        .describe('parameters that become so many times as large'),
    },
    { error: 'is no change: it holds set, multiply or both' },
  )
  .describe('what it changes in the world');

const Incident = z
  .strictObject(
    {
      name: Name.describe('its name in ledgers'),
      offset: Duration.describe('from the start of the scenario to its own'),
      duration: Duration.refine(
        (seconds) => seconds > 0,
        'is too short: an incident takes a while',
      ),
      change: Change.exactOptional(),
      jobs: z
        .literal('hang', { error: 'is nothing that jobs can do: write hang, or leave it out' })
        .exactOptional()
        .describe('the first job of each service hangs: it pushes nothing and does not end'),
    },
    { error: 'is no incident' },
  )
  .refine(({ change: { set = {}, multiply = {} } = {}, jobs }) => {
    return jobs !== undefined || Object.keys({ ...set, ...multiply }).length > 0;
  }, 'changes nothing: write change with set or multiply, or jobs: hang');

/** A scenario as a file holds it; parsed, its durations are seconds. */
export const ScenarioForm = z
  .strictObject(
    {
      name: Name.describe('its name in ledgers and in ragmon_run_info'),
      summary: z
        .string({ error: 'is no text' })
        .regex(/\S/, 'is empty')
        .describe('what happens, in a line'),
      expect: z
        .array(z.string({ error: 'is no name of an alert' }).min(1, 'is empty'), {
          error: 'is no list of alerts: write [] for none',
        })
        .describe('the alerts that it fires; it fires no others'),
      may: z
        .array(z.string({ error: 'is no name of an alert' }).min(1, 'is empty'), {
          error: 'is no list of alerts',
        })
        .exactOptional()
        .describe('alerts that may fire besides, where there is the past that they look back on'),
      within: Duration.exactOptional().describe(
        'by when they all have, from the start of the first incident',
      ),
      needs: z
        .number({ error: 'is no number of requests per second' })
        .min(0, 'is no number of requests per second')
        .exactOptional()
        .describe('user requests per second at which they do; with too few alerts keep silent'),
      incidents: z
        .array(Incident, { error: 'is no list of incidents' })
        .min(1, 'is empty: a scenario has an incident at least')
        .describe('they may overlap: what they change piles up, in this order'),
    },
    { error: 'is no scenario' },
  )
  .describe('A scenario of ragmon: a named script of incidents.');

/** The same for editors. */
export function scenarioSchema(): object {
  const schema = z.toJSONSchema(ScenarioForm, { io: 'input', target: 'draft-7' });
  return { ...schema, title: 'ragmon scenario' };
}
