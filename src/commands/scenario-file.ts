import { type Document, isMap, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import type * as z from 'zod';
import { closest } from '../closest.js';
import { messageOf, UsageError } from '../errors.js';
import type { Scenario } from '../world/incidents.js';
import { PARAMETER_NAMES } from '../world/parameters.js';
import { ScenarioForm } from './scenario-schema.js';

/** What is wrong with a file, and where. */
interface Problem {
  /** Characters from the beginning. */
  readonly at: number;
  /** Whether another may be the reason for it: then that is the one to tell. */
  readonly follows?: boolean;
  readonly message: string;
  readonly hint?: string | undefined;
}

/**
 * A scenario from YAML.
 * @param file its name, for the error
 * @param taken names that it cannot have
 * @throws UsageError with every problem at its line and column, a line each
 */
export function readScenario(file: string, text: string, taken: readonly string[] = []): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const found = problemsOf(document, taken);
  if (!Array.isArray(found)) return found;
  const causes = found.filter(({ follows }) => !follows);
  const problems = (causes.length > 0 ? causes : found).sort((a, b) => a.at - b.at);
  const several = problems.length > 1;
  const told = problems.slice(0, MOST_TOLD).map(({ at, message, hint }) => {
    const { line, col } = lines.linePos(at);
    return `${file}:${line}:${col}: ${message}${several && hint ? ` (${hint})` : ''}`;
  });
  const more = problems.length - told.length;
  throw new UsageError([...told, ...(more > 0 ? [`${file}: and ${more} more`] : [])].join('\n'), {
    hint: (several ? undefined : problems[0]?.hint) ?? FORM_HINT,
  });
}

const MOST_TOLD = 10;

/** For whoever has no better one. */
export const FORM_HINT =
  'ragmon scenarios error-burst shows the form, --parameters what can be changed';

function problemsOf(document: Document.Parsed, taken: readonly string[]): Scenario | Problem[] {
  if (document.errors.length > 0) {
    return document.errors.map(({ pos, message }) => ({
      at: pos[0],
      message: `it is no YAML: ${message.split(/ at line |[;\n]/)[0]}`,
    }));
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    return [{ at: 0, message: `it is no YAML: ${messageOf(error)}` }];
  }
  const result = ScenarioForm.safeParse(value);
  if (!result.success) return result.error.issues.flatMap((issue) => located(issue, document));
  const { name, incidents, ...rest } = result.data;
  if (taken.includes(name)) {
    const message = `name: ${name} is a scenario of ragmon's own`;
    return [{ at: startOf(document, ['name']), message, hint: 'choose another name' }];
  }
  return {
    ...{ name, ...rest },
    incidents: incidents.map(({ change = {}, ...incident }) => ({ ...incident, change })),
  };
}

function located(issue: z.core.$ZodIssue, document: Document.Parsed): Problem[] {
  const { path } = issue;
  const key = path.at(-1);
  if (issue.code === 'unrecognized_keys') {
    const map = path.length === 0 ? document.contents : document.getIn(path, true);
    return issue.keys.map((name) => unknownKey(name, key, map));
  }
  const value = path.length === 0 ? document.toJS() : valueAt(document, path);
  if (value === undefined) {
    const at = startOf(document, path.slice(0, -1));
    return [{ at, follows: true, message: `${String(key)} is missing` }];
  }
  const what = typeof key === 'string' ? `${key}: ` : '';
  const shown =
    typeof value === 'object' ? 'this' : typeof value === 'number' ? value : JSON.stringify(value);
  const follows = typeof value === 'object' && issue.code === 'custom';
  return [{ at: startOf(document, path), follows, message: `${what}${shown} ${issue.message}` }];
}

function unknownKey(name: string, parent: PropertyKey | undefined, map: unknown): Problem {
  const at = isMap(map) ? keyStart(map, name) : 0;
  if (parent !== 'set' && parent !== 'multiply') {
    const hint = PLACES[name] ?? placeOfParameter(name) ?? meant(name, Object.keys(PLACES));
    return { at, message: `there is no key ${JSON.stringify(name)} here`, hint };
  }
  if (parent === 'multiply' && PARAMETER_NAMES.includes(name as never)) {
    const message = `${name} is added, and has no factor`;
    return { at, message, hint: 'change it with set' };
  }
  const list = 'ragmon scenarios --parameters lists them';
  const guess = meant(name, PARAMETER_NAMES);
  return {
    at,
    message: `there is no parameter ${JSON.stringify(name)}`,
    hint: guess === undefined ? list : `${guess} ${list}`,
  };
}

const TOP = 'put it at the top, beside incidents';
const INCIDENT = 'put it into one of the incidents';
const CHANGE = 'put it under change';

/** Every key there is, and where it belongs, for one that is somewhere else. */
const PLACES: Readonly<Record<string, string>> = {
  ...{ name: TOP, summary: TOP, expect: TOP, may: TOP, within: TOP, needs: TOP, incidents: TOP },
  ...{ offset: INCIDENT, duration: INCIDENT, change: INCIDENT, jobs: INCIDENT },
  ...{ set: CHANGE, multiply: CHANGE },
};

function placeOfParameter(name: string): string | undefined {
  return PARAMETER_NAMES.includes(name as never) ? 'put it under set or multiply' : undefined;
}

function meant(name: string, names: readonly string[]): string | undefined {
  const guess = closest(name, names);
  return guess === undefined ? undefined : `did you mean ${guess}?`;
}

function keyStart(map: YAMLMap, name: string): number {
  const pair = map.items.find(({ key }) => String(key) === name);
  const key = pair?.key as { range?: readonly number[] } | undefined;
  return key?.range?.[0] ?? 0;
}

function valueAt(document: Document.Parsed, path: readonly PropertyKey[]): unknown {
  let value: unknown = document.toJS();
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  return value;
}

/** Where a value begins; where there is none, what it should be in. */
function startOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  const { range } = (node ?? {}) as { range?: readonly number[] };
  if (range?.[0] !== undefined) return range[0];
  return path.length === 0 ? 0 : startOf(document, path.slice(0, -1));
}
