import { type Classic, type Panel, panelsOf, queryVariables, type Variable } from './classic.js';
import { parse, type Selector } from './promql.js';

/** Where a rule is broken: at a panel, or (undefined) at the dashboard. */
export interface Finding {
  readonly panel: string | undefined;
  readonly what: string;
}

/** A rule of Grafana's dashboard-linter 0.2.0, with ways to break it that it must notice. */
export interface Rule {
  readonly name: string;
  check(dashboard: Classic): Finding[];
  readonly bad: readonly ((dashboard: Classic) => void)[];
}

/** Units that the linter knows, of the kinds that could stand here, and Grafana's `count:…` of our own. */
const UNITS = new Set(
  'none string short percent percentunit currencyUSD bytes decbytes bits decbits Bps bps s ms µs ns m h d dtdurations dateTimeAsIso dateTimeFromNow cps ops reqps rps wps cpm opm rpm wpm bool bool_yes_no bool_on_off count:tok/s'.split(
    ' ',
  ),
);
const PICKED = 'job=~"$job", instance=~"$instance"';
const TEMPLATED = ['$datasource', '$' + '{datasource}'];

export const RULES: readonly Rule[] = [
  {
    name: 'template-datasource-rule',
    check: ({ templating }) => {
      const [found, ...more] = templating.list.filter(({ type }) => type === 'datasource');
      return complain(
        found?.name === 'datasource' && found.label === 'Data source' && more.length === 0,
        'no variable datasource, "Data source"',
      );
    },
    bad: [
      (d) => d.templating.list.shift(),
      (d) => set(d.templating.list[0], { name: 'source' }),
      (d) => set(d.templating.list[0], { label: 'Prometheus' }),
    ],
  },
  pickRule('job', 'Job'),
  pickRule('instance', 'Instance'),
  {
    name: 'template-label-promql-rule',
    check: (d) =>
      queryVariables(d).flatMap(({ name, query: { query }, definition }) => {
        const asked = /^label_values\((.+), [a-z_]+\)$/.exec(query)?.[1];
        const valid = asked !== undefined && parse(asked).valid && definition === query;
        return complain(valid, `$${name} asks ${query}`);
      }),
    bad: [
      (d) => set(variable(d, 'job').query, { query: 'labels(up, job)' }),
      (d) => set(variable(d, 'job').query, { query: 'label_values(up{, job)' }),
    ],
  },
  {
    name: 'template-on-time-change-reload-rule',
    check: (d) =>
      queryVariables(d).flatMap(({ name, refresh }) =>
        complain(refresh === 2, `$${name} is not read again`),
      ),
    bad: [(d) => set(variable(d, 'instance'), { refresh: 1 })],
  },
  panelRule('panel-datasource-rule', {
    holds: ({ datasource, targets }) =>
      [datasource, ...targets.map((target) => target.datasource)].every(({ uid }) =>
        TEMPLATED.includes(uid),
      ),
    bad: [(p) => set(p.datasource, { uid: 'prometheus' })],
  }),
  panelRule('panel-title-description-rule', {
    holds: ({ title, description }) => title !== '' && description !== '',
    bad: [(p) => set(p, { title: '' }), (p) => set(p, { description: '' })],
  }),
  panelRule('panel-units-rule', {
    holds: ({ fieldConfig: { defaults, overrides } }) =>
      [
        defaults.unit,
        ...overrides.flatMap(({ properties }) =>
          properties.filter(({ id }) => id === 'unit').map(({ value }) => value as string),
        ),
      ].every((unit) => UNITS.has(unit)),
    bad: [
      (p) => set(p.fieldConfig.defaults, { unit: '' }),
      (p) => set(p.fieldConfig.defaults, { unit: 'furlongs' }),
    ],
  }),
  panelRule('panel-no-targets-rule', {
    holds: ({ targets }) => targets.length > 0,
    bad: [(p) => set(p, { targets: [] })],
  }),
  // target-logql-rule and target-logql-auto-rule are about Loki, which is not asked.
  panelRule('target-logql-rule, target-logql-auto-rule', {
    holds: ({ targets }) => targets.every(({ datasource }) => datasource.type === 'prometheus'),
    bad: [(p) => set(p.targets[0]?.datasource, { type: 'loki' })],
  }),
  panelRule('target-promql-rule', {
    holds: ({ targets }) => targets.every(({ expr }) => parse(expr).valid),
    bad: [(p) => ask(p, ''), (p) => ask(p, 'sum(up'), (p) => ask(p, 'rate(up[5])) by (job)')],
  }),
  selectorRule('target-rate-interval-rule', {
    // Stricter than the linter: $__rate_interval stands in rates alone.
    holds: ({ calledBy = '', range }) =>
      /^i?rate$/.test(calledBy) === (range === '$__rate_interval'),
    bad: [`rate(x{${PICKED}}[5m])`, `increase(x{${PICKED}}[$__rate_interval])`],
  }),
  selectorRule('target-job-rule', {
    holds: ({ matchers }) => matchers.includes('job=~"$job"'),
    bad: ['up', 'up{job="$job"}', `sum(up{${PICKED}}) / sum(up{instance=~"$instance"})`],
  }),
  selectorRule('target-instance-rule', {
    holds: ({ matchers }) => matchers.includes('instance=~"$instance"'),
    bad: ['up', 'up{instance="$instance"}', `sum(up{${PICKED}}) / sum(up{job=~"$job"})`],
  }),
  selectorRule('target-counter-agg-rule', {
    holds: ({ metric, calledBy = '', range }) =>
      !metric.endsWith('_total') || (range !== undefined && /^(i?rate|increase)$/.test(calledBy)),
    bad: [`sum(x_total{${PICKED}})`, `max_over_time(x_total{${PICKED}}[1h])`],
  }),
  {
    name: 'uneditable-dashboard',
    check: ({ editable }) => complain(!editable, 'it can be edited'),
    bad: [(d) => set(d, { editable: true })],
  },
];

function pickRule(name: string, label: string): Rule {
  return {
    name: `template-${name}-rule`,
    check: (d) => {
      const found = queryVariables(d).find((each) => each.name === name);
      if (!found) return complain(false, `there is no $${name}`);
      const { uid } = found.datasource;
      return [
        ...complain(TEMPLATED.includes(uid), `$${name} asks ${uid}`),
        ...complain(found.label === label, `$${name} is called ${found.label}`),
        ...complain(found.multi, `$${name} takes one value only`),
        ...complain(found.allValue === '.+', `All of $${name} is ${found.allValue}`),
      ];
    },
    bad: [
      (d) => set(variable(d, name), { name: 'other' }),
      (d) => set(variable(d, name), { label: name }),
      (d) => set(variable(d, name), { multi: false }),
      (d) => set(variable(d, name), { allValue: '.*' }),
      (d) => set(variable(d, name).datasource, { uid: 'prometheus' }),
    ],
  };
}

function panelRule(
  name: string,
  { holds, bad }: { holds(panel: Panel): boolean; bad: readonly ((panel: Panel) => void)[] },
): Rule {
  return {
    name,
    check: (d) =>
      panelsOf(d).flatMap((panel) =>
        holds(panel) ? [] : [{ panel: panel.title, what: 'it breaks the rule' }],
      ),
    bad: bad.map((breaking) => (d) => breaking(panelsOf(d)[0]!)),
  };
}

function selectorRule(
  name: string,
  { holds, bad }: { holds(selector: Selector): boolean; bad: readonly string[] },
): Rule {
  return {
    name,
    check: (d) =>
      panelsOf(d).flatMap(({ title, targets }) =>
        targets.flatMap(({ expr }) =>
          parse(expr)
            .selectors.filter((selector) => !holds(selector))
            .slice(0, 1)
            .map(() => ({ panel: title, what: expr })),
        ),
      ),
    bad: bad.map((expr) => (d) => ask(panelsOf(d)[0]!, expr)),
  };
}

function complain(holds: boolean, what: string): Finding[] {
  return holds ? [] : [{ panel: undefined, what }];
}

function set(target: object | undefined, values: object): void {
  Object.assign(target!, values);
}

function ask(panel: Panel, expr: string): void {
  panel.targets[0]!.expr = expr;
}

function variable(dashboard: Classic, name: string): Extract<Variable, { type: 'query' }> {
  return queryVariables(dashboard).find((each) => each.name === name)!;
}
