import {
  JOB_DURATION,
  JOB_LAST_SUCCESS,
  JOB_START,
  RUN_INFO,
} from '../../instruments/run-metrics.js';
import { THRESHOLDS } from '../thresholds.js';
import { dashboard } from './dashboard.js';
import { mapping } from './fields.js';
import { stat, states, table, timeseries } from './panels.js';
import { gauge, mean, rate, series } from './queries.js';
import { gateways, jobAndInstance } from './variables.js';

const PUSHED = 'push_time_seconds';
const FAILED = 'push_failure_time_seconds';
const GROUP = ['job', 'instance'];
/** The gateways themselves are no pushed jobs: they have a variable of their own. */
const picked = ['job=~"$gateway"'];

const pushed = gauge('max', PUSHED, { by: GROUP });
const age = `time() - ${pushed}`;
/** 1 where the latest push of a group was refused, else 0. */
const failing = `${gauge('max', FAILED, { by: GROUP })} > bool ${pushed}`;
const started = gauge('max', JOB_START, { by: GROUP });
const ended = gauge('max', JOB_LAST_SUCCESS, { by: GROUP });

export const pushgateway = dashboard({
  uid: 'ragmon-pushgateway',
  title: 'Pushgateway and Jobs',
  description: 'Who pushes, who has stopped to, which jobs ended well, and how the gateway does.',
  from: 'now-1h',
  refresh: '30s',
  // A group that was pushed under a job alone has no instance, and All has to show it too.
  variables: [...jobAndInstance([PUSHED], '.*'), gateways],
  rows: [
    {
      title: 'At a glance',
      panels: [
        stat({
          title: 'Gateway',
          description: 'Whether Prometheus reaches every gateway. PushgatewayDown fires where not.',
          unit: 'bool_yes_no',
          width: 4,
          limit: { below: 1 },
          mappings: [mapping({ 0: ['down', 'red'], 1: ['up', 'green'] })],
          queries: [{ expr: gauge('min', 'up', { picked }), legend: 'up' }],
        }),
        stat({
          title: 'Groups',
          description: 'Groups that the gateway holds. It forgets none: `ragmon cleanup` does.',
          unit: 'short',
          decimals: 0,
          width: 4,
          queries: [{ expr: gauge('count', PUSHED), legend: 'groups' }],
        }),
        stat({
          title: 'Newest push',
          description: 'Time since any group was pushed.',
          unit: 's',
          width: 4,
          limit: { above: THRESHOLDS.pushAge },
          queries: [{ expr: `time() - ${gauge('max', PUSHED)}`, legend: 'age' }],
        }),
        stat({
          title: 'Failing groups',
          description: 'Groups whose latest push was refused: PushgatewayPushFailing.',
          unit: 'short',
          decimals: 0,
          width: 4,
          limit: { above: 1 },
          queries: [{ expr: `sum(${failing})`, legend: 'failing' }],
        }),
        stat({
          title: 'Jobs under way',
          description:
            'Groups whose job has not said that it ended well since it started: it runs, or it died.',
          unit: 'short',
          decimals: 0,
          width: 4,
          queries: [
            {
              expr: `sum(${started} > bool (${ended} or 0 * ${started}))`,
              legend: 'under way',
            },
          ],
        }),
        stat({
          title: 'Last success',
          description: 'Time since any job of ragmon ended well.',
          unit: 's',
          width: 4,
          queries: [{ expr: `time() - ${gauge('max', JOB_LAST_SUCCESS)}`, legend: 'age' }],
        }),
      ],
    },
    {
      title: 'Groups',
      panels: [
        timeseries({
          title: 'Groups by job',
          description: 'A number that grows and grows: jobs that push under ever new keys.',
          unit: 'short',
          decimals: 0,
          width: 8,
          stacked: true,
          queries: [{ expr: gauge('count', PUSHED, { by: ['job'] }), legend: '{{job}}' }],
        }),
        timeseries({
          title: 'Age of the last push',
          description: `Time since a group was pushed with success. PushgatewayGroupStale fires above ${THRESHOLDS.pushAge} s where its job did not say that it ended.`,
          unit: 's',
          width: 8,
          limits: [{ above: THRESHOLDS.pushAge }],
          // A group of which no push ever succeeded has a push time of 0.
          queries: [{ expr: `${age} and ${pushed} > 0`, legend: '{{job}} {{instance}}' }],
        }),
        states({
          title: 'Failing pushes',
          description: 'Red while the latest push of a group was refused.',
          unit: 'bool_yes_no',
          width: 8,
          no: 'accepted',
          yes: 'refused',
          queries: [{ expr: failing, legend: '{{job}} {{instance}}' }],
        }),
      ],
    },
    {
      title: 'Jobs',
      panels: [
        timeseries({
          title: 'Job durations',
          description: 'How long the latest job of each group took, from its start to its end.',
          unit: 's',
          width: 8,
          queries: [
            { expr: gauge('max', JOB_DURATION, { by: GROUP }), legend: '{{job}} {{instance}}' },
          ],
        }),
        timeseries({
          title: 'Time since the last success',
          description: 'By job. JobNotSucceeded looks at it.',
          unit: 's',
          width: 8,
          queries: [
            {
              expr: `time() - ${gauge('max', JOB_LAST_SUCCESS, { by: ['job'] })}`,
              legend: '{{job}}',
            },
          ],
        }),
        table({
          title: 'Runs',
          description: 'Which run of ragmon pushed each group last.',
          unit: 'none',
          width: 8,
          columns: {
            job: 'Job',
            instance: 'Instance',
            scenario: 'Scenario',
            seed: 'Seed',
            version: 'Version',
            run_id: 'Run',
          },
          queries: [{ expr: series(RUN_INFO), legend: '' }],
        }),
      ],
    },
    {
      title: 'Gateway',
      panels: [
        timeseries({
          title: 'Gateway request rate',
          description: 'Requests per second that the gateway answers, by handler and status code.',
          unit: 'reqps',
          width: 8,
          queries: [
            {
              expr: rate('pushgateway_http_requests_total', { by: ['handler', 'code'], picked }),
              legend: '{{handler}} {{code}}',
            },
          ],
        }),
        timeseries({
          title: 'Gateway push latency',
          description:
            'Time that the gateway takes for a push: the mean, and the quantiles that it reports of the last 10 minutes.',
          unit: 's',
          width: 8,
          queries: [
            { expr: mean('pushgateway_http_push_duration_seconds', { picked }), legend: 'mean' },
            {
              expr: gauge('max', 'pushgateway_http_push_duration_seconds', {
                by: ['quantile'],
                picked,
              }),
              legend: 'quantile {{quantile}}',
            },
          ],
        }),
        timeseries({
          title: 'Scrape duration',
          description:
            'Time that a scrape of the gateway takes. It grows with what the gateway holds.',
          unit: 's',
          width: 8,
          queries: [
            {
              expr: gauge('max', 'scrape_duration_seconds', { by: ['instance'], picked }),
              legend: '{{instance}}',
            },
          ],
        }),
      ],
    },
  ],
});
