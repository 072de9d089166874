import { select } from '../metrics.js';
import type { Draft } from './draft.js';
import type { Dashboard, GridPos, Panel, Row, Variable } from './model.js';
import { DATASOURCE, datasource, filters } from './variables.js';

export interface Outline {
  /** Stable: it is in every link to the dashboard. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** As Grafana writes them: `now-1h`. */
  readonly from: string;
  readonly refresh: string;
  readonly timezone?: 'browser' | 'utc';
  /** After the data source. */
  readonly variables: readonly Variable[];
  readonly rows: readonly { readonly title: string; readonly panels: readonly Draft[] }[];
}

/** Every dashboard has it: by it they link to each other. */
const TAG = 'ragmon';
const COLUMNS = 24;
const GRAFANA = '12.0.0';

/**
 * A dashboard in Grafana's classic model, the one that file provisioning takes in every release from
 * 10 on. The builder is our own and not the Grafana Foundation SDK (0.0.21, a preview): there the
 * builder of classic dashboards is deprecated, it leaves out panel ids and refIds, and with each
 * release it may write other defaults. Here a file changes only when its source does.
 *
 * Panels stand in reading order, as many on a line as 24 columns hold. A panel's id follows from its
 * title, so that links to it hold when others come and go.
 */
export function dashboard(outline: Outline): Dashboard {
  return {
    uid: outline.uid,
    title: outline.title,
    description: outline.description,
    tags: [TAG],
    schemaVersion: 42,
    version: 1,
    editable: false,
    graphTooltip: 1,
    refresh: outline.refresh,
    time: { from: outline.from, to: 'now' },
    timepicker: {},
    timezone: outline.timezone ?? 'browser',
    weekStart: '',
    fiscalYearStartMonth: 0,
    annotations: { list: ANNOTATIONS },
    links: [LINK],
    templating: { list: [datasource, ...outline.variables, filters] },
    panels: layOut(outline.rows),
  };
}

function layOut(rows: Outline['rows']): readonly (Row | Panel)[] {
  let y = 0;
  return rows.flatMap(({ title, panels }) => {
    const row: Row = {
      id: idOf(`row ${title}`),
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: [],
    };
    y++;
    let x = 0;
    let tallest = 0;
    const placed = panels.map((draft) => {
      const { width: w, height: h } = draft;
      if (x + w > COLUMNS) {
        y += tallest;
        x = 0;
        tallest = 0;
      }
      const panel = panelOf(draft, { x, y, w, h });
      x += w;
      tallest = Math.max(tallest, h);
      return panel;
    });
    y += tallest;
    return [row, ...placed];
  });
}

function panelOf(draft: Draft, gridPos: GridPos): Panel {
  const { type, title, description, queries, format, instant, width, height, ...rest } = draft;
  return {
    id: idOf(title),
    type,
    title,
    description,
    datasource: DATASOURCE,
    gridPos,
    pluginVersion: GRAFANA,
    ...rest,
    targets: queries.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + i),
      datasource: DATASOURCE,
      editorMode: 'code',
      expr,
      format,
      instant,
      range: !instant,
      legendFormat: legend,
    })),
  };
}

/** FNV-1a of a title, as a number of up to six digits. */
function idOf(title: string): number {
  let hash = 0x811c9dc5;
  for (const character of title) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  }
  return 1 + (hash % 999_999);
}

/** What fires is marked on every chart; Grafana's own entry stays first. */
const ANNOTATIONS = [
  {
    builtIn: 1,
    datasource: { type: 'grafana', uid: '-- Grafana --' },
    enable: true,
    hide: true,
    iconColor: 'rgba(0, 211, 255, 1)',
    name: 'Annotations & Alerts',
    type: 'dashboard',
  },
  {
    datasource: DATASOURCE,
    enable: true,
    hide: false,
    iconColor: 'red',
    name: 'Alerts',
    tagKeys: 'severity',
    target: { expr: select('ALERTS', { alertstate: 'firing' }), interval: '60s', refId: 'Anno' },
    titleFormat: '{{alertname}}',
  },
];

/** The others, at the same time and with the same picks. */
const LINK = {
  type: 'dashboards',
  title: 'ragmon',
  tags: [TAG],
  asDropdown: false,
  icon: 'external link',
  includeVars: true,
  keepTime: true,
  targetBlank: false,
  tooltip: '',
  url: '',
};
