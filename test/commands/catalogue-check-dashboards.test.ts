// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes variables so.
import { describe, expect, test } from 'vitest';
import { check, panel } from './catalogue-checked.js';

describe('dashboards', () => {
  test('panels in rows, variables, annotations, legends', async () => {
    const { code, lines, err } = await check({
      'd.json': JSON.stringify({
        title: 'Mine',
        annotations: {
          list: [
            { name: 'Built in', datasource: { type: 'grafana' }, iconColor: 'blue' },
            { name: 'Starts', iconColor: 'red', expr: 'changes(ragmon_job_start[5m]) > 0' },
          ],
        },
        templating: {
          list: [
            { type: 'datasource', name: 'datasource', query: 'prometheus' },
            { type: 'custom', name: 'c', query: 'no_metric,b' },
            { type: 'query', name: 'job', query: 'label_values(vectorlens_request_total, job)' },
            {
              ...{ type: 'query', name: 'endpoint', definition: 'ignored' },
              query: { query: 'label_values(up{job="$job"}, endpoint)', refId: 'A' },
            },
            { type: 'query', name: 'pod', query: 'label_values(pod)' },
            { type: 'query', name: 'm', query: 'metrics(vectorlens_)' },
            { type: 'query', name: 'n', query: 'metrics(nobody_)' },
            { type: 'query', name: 'top', query: 'query_result(topk(1, chatapi_erorr_total))' },
            { type: 'query', name: 'names', query: 'label_names()' },
          ],
        },
        panels: [
          {
            ...{ type: 'row', title: 'Row', gridPos: {} },
            panels: [panel('Nested', { expr: 'sum by (modell) (chatapi_request_total)' })],
          },
          panel('Legend', {
            expr: 'sum by (model) (rate(chatapi_tokens_input_total[$__rate_interval]))',
            legendFormat: '{{model}} {{ job }}',
          }),
          { ...panel('Logs', { expr: '{app="x"} |= `y`' }), datasource: { type: 'loki' } },
          panel(
            '',
            { datasource: { type: 'prometheus', uid: '${datasource}' }, expr: 'nobody_emits' },
            { datasource: { type: '__expr__' }, expression: '$A + $B', expr: '' },
          ),
          panel('Hidden', { expr: 'sum $by (nothing_is_said_of_this)' }),
        ],
      }),
    });
    expect(code).toBe(3);
    expect(lines).toEqual([
      'd.json: annotation "Starts": there is no metric ragmon_job_start; perhaps ragmon_job_start_timestamp_seconds?',
      'd.json: variable endpoint: up{job="$job"} has no label endpoint, named in label_values',
      'd.json: variable pod: nothing has a label pod, named in label_values',
      'd.json: variable n: there is no metric .*(?:nobody_).*',
      'd.json: variable top: there is no metric chatapi_erorr_total; perhaps chatapi_error_total?',
      'd.json: panel "Nested": chatapi_request_total has no label modell, named in by; perhaps model?',
      'd.json: panel "Legend": its result has no label job, named in its legend',
      'd.json: panel without a title: there is no metric nobody_emits',
      '1 file, 11 queries: 4 metrics and 4 labels that nobody emits',
    ]);
    expect(err).toBe(
      'ragmon: d.json: panel "Hidden": not read, as a variable stands for PromQL itself\n',
    );
  });

  const target = { expr: 'nobody_emits' };
  test.each<[name: string, document: object]>([
    ['as the API wraps it', { meta: {}, dashboard: { panels: [panel('P', target)] } }],
    ['with rows, of old', { rows: [{ title: 'R', panels: [panel('P', target)] }] }],
    ['as a resource', { kind: 'Dashboard', spec: { panels: [panel('P', target)] } }],
    [
      'as a resource of elements',
      {
        spec: {
          elements: {
            'panel-1': {
              kind: 'Panel',
              spec: {
                title: 'P',
                data: {
                  kind: 'QueryGroup',
                  spec: {
                    queries: [
                      { spec: { query: { kind: 'DataQuery', group: 'prometheus', spec: target } } },
                      {
                        spec: {
                          query: { kind: 'DataQuery', group: 'loki', spec: { expr: '{a="b"}' } },
                        },
                      },
                    ],
                  },
                },
              },
            },
          },
          variables: [
            {
              kind: 'QueryVariable',
              spec: {
                name: 'job',
                query: {
                  ...{ kind: 'DataQuery', group: 'prometheus' },
                  spec: { query: 'label_values(up, job)' },
                },
              },
            },
          ],
        },
      },
    ],
  ])('%s', async (_, document) => {
    const { code, lines } = await check({ 'd.json': JSON.stringify(document) });
    expect(code).toBe(3);
    expect(lines[0]).toBe('d.json: panel "P": there is no metric nobody_emits');
    expect(lines).toHaveLength(2);
  });
});
