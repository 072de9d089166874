// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes variables so.
import { describe, expect, test } from 'vitest';
import { SERVICES } from '../../src/services/catalogue.js';
import { parseQuery } from '../../src/stack/promql.js';
import { examine } from '../../src/stack/promql-check.js';
import { knownOf } from '../../src/stack/promql-known.js';
import { withRecordings } from '../../src/stack/promql-recordings.js';
import { describeUnknown } from '../../src/stack/promql-unknown.js';

const NAMES = SERVICES.map(({ name }) => name);
const KNOWN = knownOf(NAMES, []);

function unknownIn(query: string, known = KNOWN): string[] {
  const parsed = parseQuery(query, { variables: true });
  expect(parsed.problem).toBeUndefined();
  return examine(parsed, known).unknown.map((one) => {
    const meant = one.suggestion === undefined ? '' : `; ${one.suggestion}?`;
    return describeUnknown(one) + meant;
  });
}

const REQUESTS = 'vectorlens_request_total';
const SECONDS = 'vectorlens_request_duration_seconds';

describe('everything is there', () => {
  test.each([
    REQUESTS,
    `histogram_quantile(0.95, rate(${SECONDS}_bucket[5m]))`,
    'histogram_quantile(0.95, rate(documentstore_request_duration_seconds_bucket[5m]))',
    `histogram_quantile(0.95, sum by (le, job) (rate(${SECONDS}_bucket{job=~"$job"}[$__rate_interval])))`,
    `sum by (endpoint) (rate(${REQUESTS}{status="error"}[5m])) / sum by (endpoint) (rate(${REQUESTS}[5m])) > 0.05`,
    `sum(rate(${SECONDS}_bucket{le="2"}[5m])) / sum(rate(${SECONDS}_count[5m]))`,
    `rate(${SECONDS}_bucket{le=~"2(\\\\.0)?"}[5m]) or rate(${SECONDS}_bucket{le="2.0"}[5m])`,
    `${REQUESTS}{endpoint=~"(search|answer)", status=~"succ.*|error"}`,
    `${REQUESTS}{endpoint!="nothing", endpoint!~"x|y", cluster=""}`,
    `${REQUESTS}{instance="anything"} * on (job, instance) group_left (run_id) ragmon_run_info`,
    'time() - max by (job, instance) (push_time_seconds) > 900',
    'up{job="pushgateway"} == 0 or scrape_samples_scraped > 1',
    'pushgateway_http_push_duration_seconds{quantile="0.9", method="put"}',
    'prometheus_tsdb_head_series{anything="x"} + process_cpu_seconds_total',
    'count by (alertname) (ALERTS{alertstate="firing"})',
    'ALERTS{alertname="ErrorBudgetBurn", long="1h"}',
    'max by (endpoint) (ALERTS_FOR_STATE{team="rag"})',
    '{__name__="ALERTS", long="1h"} or {__name__=~"ALERTS|ALERTS_FOR_STATE", long="1h"}',
    'count by (__name__) ({job="chatapi"})',
    '{__name__=~"chatapi_(request|error)_total", model=~".+"}',
    `topk(3, ${REQUESTS}) without (endpoint)`,
    `sum by (kind) (label_replace(${REQUESTS}, "kind", "$1", "endpoint", "(.*)"))`,
    `sum by (both) (label_join(${REQUESTS}, "both", "-", "endpoint", "status"))`,
    `sum by (a) (label_replace(${REQUESTS}, "a", "b", "", ""))`,
    `sum by (v) (count_values("v", ${REQUESTS}))`,
    `label_replace(vector(1), "job", "x", "", "") and on (job) ${REQUESTS}`,
    `max by (endpoint) (max_over_time(rate(${REQUESTS}[5m])[1h:])) > $limit`,
    `absent(${REQUESTS}{endpoint="search"}) or on (job) vector(1)`,
    'sum by ($by) ($metric{nobody="knows"})',
    'vectorlens_${kind}_total{nobody="knows"}',
    `${REQUESTS}{$more}`,
    `{"${REQUESTS}", "endpoint"="search"}`,
  ])('%s', (query) => {
    expect(unknownIn(query)).toEqual([]);
  });
});

describe('what is not there', () => {
  test.each<[query: string, ...found: string[]]>([
    ['vectorlens_requests_total', `there is no metric vectorlens_requests_total; ${REQUESTS}?`],
    [`rate(${SECONDS}[5m])`, `there is no metric ${SECONDS}; ${SECONDS}_bucket?`],
    ['nobody_emits_this{a="b"}', 'there is no metric nobody_emits_this'],
    [
      '{__name__="chatapi_eror_total"}',
      'there is no metric chatapi_eror_total; chatapi_error_total?',
    ],
    ['{__name__=~"up|down.*"}', 'there is no metric down.*'],
    ['{"chatapi_eror_total"}', 'there is no metric chatapi_eror_total; chatapi_error_total?'],
    ['prometheus_', 'there is no metric prometheus_'],
    [`${REQUESTS}{model="x"}`, `${REQUESTS} has no label model`],
    [`${REQUESTS}{stauts="error"}`, `${REQUESTS} has no label stauts; status?`],
    [`${REQUESTS}{cluster!="x"}`, `${REQUESTS} has no label cluster`],
    ['{job="chatapi", nodel="x"}', 'nothing has a label nodel; model?'],
    [`${REQUESTS}{status="eror"}`, `${REQUESTS}: status is never "eror"; error?`],
    [`${REQUESTS}{job="chatapi"}`, `${REQUESTS}: job is never "chatapi"`],
    [
      'chatapi_request_total{model=~"claude-haiku-4\\\\.5|gpt\\\\.5"}',
      'chatapi_request_total: model is never "gpt\\\\.5"',
    ],
    [`${REQUESTS}{endpoint=~"serch|(x)"}`, `${REQUESTS}: endpoint is never "serch|(x)"`],
    [
      `${REQUESTS}{endpoint=~"serch|answer|.*gest|x.*"}`,
      `${REQUESTS}: endpoint is never "serch"; search?`,
      `${REQUESTS}: endpoint is never "x.*"`,
    ],
    [`${SECONDS}_bucket{le="4"}`, `${SECONDS}_bucket: le is never "4"`],
    [
      `sum by (endpiont) (${REQUESTS})`,
      `${REQUESTS} has no label endpiont, named in by; endpoint?`,
    ],
    [`sum without (pod) (${REQUESTS})`, `${REQUESTS} has no label pod, named in without`],
    [`sum by (pod) (sum by (pod) (${REQUESTS}))`, `${REQUESTS} has no label pod, named in by`],
    [
      `sum by (status) (sum by (endpoint) (${REQUESTS}))`,
      `sum by (endpoint) (${REQUESTS}) has no label status, named in by`,
    ],
    [
      `histogram_quantile(0.9, sum(rate(${SECONDS}_bucket[5m])))`,
      `sum(rate(${SECONDS}_bucket[5m])) has no label le, which histogram_quantile needs`,
    ],
    [
      `sum by (le) (histogram_quantile(0.9, ${SECONDS}_bucket))`,
      `histogram_quantile(0.9, ${SECONDS}… has no label le, named in by`,
    ],
    [
      `${REQUESTS} / on (model) chatapi_request_total`,
      `${REQUESTS} has no label model, named in on`,
    ],
    [
      `${REQUESTS} * on (job, x) group_left (y) up`,
      `${REQUESTS} has no label x, named in on`,
      'up has no label y, named in group_left',
    ],
    [
      `up * ignoring (z) group_right (a) ${REQUESTS}`,
      `up * ignoring (z) group_right (a) ${REQUESTS} has no label z, named in ignoring`,
      'up has no label a, named in group_right',
    ],
    [
      `label_replace(${REQUESTS}, "a", "$1", "path", "(.*)")`,
      `${REQUESTS} has no label path, named in label_replace`,
    ],
    [
      `sum by (b) (label_join(${REQUESTS}, "a", "", "status"))`,
      `label_join(${REQUESTS}, "a", "", "status") has no label b, named in by`,
    ],
    [
      'rate(a_total[5m]) / on (x) sum by (y) (b_total)',
      'there is no metric a_total',
      'there is no metric b_total',
    ],
  ])('%s', (query, ...found) => {
    expect(unknownIn(query)).toEqual(found);
  });
});

test('of some services alone', () => {
  const chatapi = knownOf(['chatapi'], []);
  expect(unknownIn(`chatapi_request_total + up + ${REQUESTS}`, chatapi)).toEqual([
    `there is no metric ${REQUESTS}`,
  ]);
});

test('with labels that everything was pushed with', () => {
  const query = `sum by (cluster) (${REQUESTS}{cluster="a", region="b"})`;
  expect(unknownIn(query, knownOf(NAMES, ['cluster']))).toEqual([
    `${REQUESTS} has no label region`,
  ]);
});

describe('recording rules', () => {
  const rate = {
    name: 'endpoint:requests:rate5m',
    expression: `sum by (endpoint) (rate(${REQUESTS}[5m]))`,
    labels: { team: 'rag' },
  };
  const half = { name: 'half', expression: `${rate.name} / 2`, labels: { team: 'two' } };
  const loop = { name: 'loop', expression: 'loop + 1', labels: {} };
  const other = { name: 'half', expression: 'sum by (model) (chatapi_request_total)', labels: {} };

  test.each<[query: string, ...found: string[]]>([
    [`${rate.name}{team="rag", endpoint="search"}`],
    [`${rate.name}{team="x"}`, `${rate.name}: team is never "x"`],
    [`sum by (status) (${rate.name})`, `${rate.name} has no label status, named in by`],
    ['half{team=~"two", model="gpt-5-mini", endpoint="answer"}'],
    ['half{endpoint="anwser"}', 'half: endpoint is never "anwser"; answer?'],
    ['loop{anything="x"}'],
    ['endpoint:request:rate5m', `there is no metric endpoint:request:rate5m; ${rate.name}?`],
  ])('%s', (query, ...found) => {
    // In an order in which each needs a later one.
    expect(unknownIn(query, withRecordings(KNOWN, [half, loop, other, rate]))).toEqual(found);
  });
});
