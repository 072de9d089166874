import { select } from '../metrics.js';
import type { Datasource, DatasourceVariable, FilterVariable, QueryVariable } from './model.js';

/** The data source that a user has picked. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in.
export const DATASOURCE: Datasource = { type: 'prometheus', uid: '${datasource}' };

const SHOWN = { hide: 0, skipUrlSync: false } as const;

export const datasource: DatasourceVariable = {
  name: 'datasource',
  label: 'Data source',
  type: 'datasource',
  query: 'prometheus',
  current: {},
  includeAll: false,
  multi: false,
  options: [],
  refresh: 1,
  regex: '',
  ...SHOWN,
};

/**
 * Any further label, `provider`, `cluster`, `region` and `environment` among them: `--label` puts
 * them into the groups, and by default no series carries one. So no query names them; a user adds
 * a matcher, and Grafana puts it into every query.
 */
export const filters: FilterVariable = {
  name: 'filters',
  label: 'Filters',
  type: 'adhoc',
  datasource: DATASOURCE,
  baseFilters: [],
  filters: [],
  ...SHOWN,
};

/**
 * `job` and `instance`, of the series that these metrics have.
 * @param all what All matches: `.*` where an instance may be missing
 */
export function jobAndInstance(metrics: readonly string[], all = '.+'): readonly QueryVariable[] {
  for (const metric of metrics) select(metric, {}, ['job', 'instance']);
  const [only] = metrics;
  const named = metrics.length === 1 ? only! : `{__name__=~"${metrics.join('|')}"}`;
  const within = named.startsWith('{')
    ? named.replace('}', ', job=~"$job"}')
    : `${named}{job=~"$job"}`;
  return [
    query('job', 'Job', `label_values(${named}, job)`, '.+'),
    query('instance', 'Instance', `label_values(${within}, instance)`, all),
  ];
}

/** The jobs under which Prometheus scrapes gateways, whatever its configuration calls them. */
export const gateways = query(
  'gateway',
  'Gateway',
  `label_values(${select('up', {}, ['job=~".*pushgateway.*"'])}, job)`,
);

function query(name: string, label: string, text: string, allValue?: string): QueryVariable {
  return {
    name,
    label,
    type: 'query',
    datasource: DATASOURCE,
    definition: text,
    query: { query: text, refId: 'PrometheusVariableQueryEditor-VariableQuery' },
    current: { text: ['All'], value: ['$__all'] },
    includeAll: true,
    ...(allValue === undefined ? {} : { allValue }),
    multi: true,
    options: [],
    refresh: 2,
    regex: '',
    sort: 1,
    ...SHOWN,
  };
}
