import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';

// What Grafana's classic model (schemaVersion 42) needs of a dashboard that a file provisions.

const Datasource = z.strictObject({ type: z.string().min(1), uid: z.string().min(1) });
const GridPos = z.strictObject({
  x: z.int().min(0).max(23),
  y: z.int().min(0),
  w: z.int().min(1).max(24),
  h: z.int().min(1),
});

const Steps = z
  .array(z.strictObject({ color: z.string(), value: z.number().nullable() }))
  .min(1)
  .refine((steps) => steps.every(({ value }, i) => (value === null) === (i === 0)), {
    error: 'the first step, and no other, has no value',
  });

const Target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  datasource: Datasource,
  editorMode: z.literal('code'),
  expr: z.string(),
  format: z.enum(['time_series', 'heatmap', 'table']),
  instant: z.boolean(),
  range: z.boolean(),
  legendFormat: z.string(),
});

const Panel = z.strictObject({
  id: z.int().positive(),
  type: z.enum(['timeseries', 'stat', 'heatmap', 'bargauge', 'state-timeline', 'table']),
  title: z.string(),
  description: z.string(),
  datasource: Datasource,
  gridPos: GridPos,
  pluginVersion: z.string(),
  interval: z.string().optional(),
  maxDataPoints: z.int().optional(),
  timeFrom: z.string().optional(),
  fieldConfig: z.strictObject({
    defaults: z.strictObject({
      unit: z.string(),
      min: z.number().optional(),
      max: z.number().optional(),
      decimals: z.int().optional(),
      color: z.object({ mode: z.string() }).optional(),
      mappings: z.array(z.object({ type: z.literal('value') })).optional(),
      thresholds: z.strictObject({ mode: z.literal('absolute'), steps: Steps }).optional(),
      custom: z.record(z.string(), z.unknown()).optional(),
    }),
    overrides: z.array(
      z.strictObject({
        matcher: z.strictObject({ id: z.enum(['byName', 'byRegexp']), options: z.string() }),
        properties: z.array(z.strictObject({ id: z.string(), value: z.unknown() })).min(1),
      }),
    ),
  }),
  options: z.record(z.string(), z.unknown()),
  transformations: z.array(z.object({ id: z.string() })).optional(),
  targets: z.array(Target),
});
export type Panel = z.infer<typeof Panel>;

const Row = z.strictObject({
  id: z.int().positive(),
  type: z.literal('row'),
  title: z.string().min(1),
  collapsed: z.literal(false),
  gridPos: GridPos,
  panels: z.array(z.never()),
});

const shown = { name: z.string(), label: z.string(), hide: z.int(), skipUrlSync: z.boolean() };
const Variable = z.discriminatedUnion('type', [
  z.strictObject({
    ...shown,
    type: z.literal('datasource'),
    query: z.string(),
    current: z.object({}),
    includeAll: z.boolean(),
    multi: z.boolean(),
    options: z.array(z.never()),
    refresh: z.int(),
    regex: z.string(),
  }),
  z.strictObject({
    ...shown,
    type: z.literal('query'),
    datasource: Datasource,
    definition: z.string(),
    query: z.strictObject({ query: z.string(), refId: z.string() }),
    current: z.object({}),
    includeAll: z.boolean(),
    allValue: z.string().optional(),
    multi: z.boolean(),
    options: z.array(z.never()),
    refresh: z.int(),
    regex: z.string(),
    sort: z.int(),
  }),
  z.strictObject({
    ...shown,
    type: z.literal('adhoc'),
    datasource: Datasource,
    baseFilters: z.array(z.never()),
    filters: z.array(z.never()),
  }),
]);
export type Variable = z.infer<typeof Variable>;
export type QueryVariable = Extract<Variable, { type: 'query' }>;

/** Strict: what is not named here, a numeric `id` or `__inputs` for instance, has no place. */
export const Classic = z.strictObject({
  uid: z.string().regex(/^[a-z-]{1,40}$/),
  title: z.string().min(1),
  description: z.string().min(1),
  tags: z.array(z.string()).min(1),
  schemaVersion: z.literal(42),
  version: z.int(),
  editable: z.boolean(),
  graphTooltip: z.int().min(0).max(2),
  refresh: z.string().regex(/^\d+[smh]$/),
  time: z.strictObject({ from: z.string().regex(/^now-\d+[mhd]$/), to: z.literal('now') }),
  timepicker: z.object({}),
  timezone: z.enum(['browser', 'utc']),
  weekStart: z.string(),
  fiscalYearStartMonth: z.int(),
  annotations: z.strictObject({ list: z.array(z.object({ datasource: Datasource })) }),
  links: z.array(
    z.object({
      type: z.literal('dashboards'),
      tags: z.array(z.string()).min(1),
      includeVars: z.boolean(),
      keepTime: z.boolean(),
    }),
  ),
  templating: z.strictObject({ list: z.array(Variable) }),
  panels: z.array(z.discriminatedUnion('type', [Panel, Row])),
});
export type Classic = z.infer<typeof Classic>;

const FOLDER = new URL('../../dashboards/', import.meta.url);

/** The texts of the files as they are shipped, by their name. */
export const FILES: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(FOLDER).map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8')]),
);

/** A new copy each time. */
export function read(file: string): Classic {
  return Classic.parse(JSON.parse(FILES[file]!));
}

/** Panels that show something: all but the rows. */
export function panelsOf({ panels }: Classic): Panel[] {
  return panels.filter((panel) => panel.type !== 'row');
}

export function queryVariables({ templating }: Classic): QueryVariable[] {
  return templating.list.filter((variable) => variable.type === 'query');
}
