import { beforeAll, describe, expect, test } from 'vitest';
import type { Family, Listing } from '../../src/pushgateway/listing.js';
import { seriesOf } from '../../src/pushgateway/series.js';
import { parseListing } from '../support/listing.js';
import { eachGateway } from '../support/servers.js';
import { testClient } from './clients.js';

const BODY = `# HELP latency_seconds Time.
# TYPE latency_seconds histogram
latency_seconds_bucket{model="x",le="0.1"} 1
latency_seconds_bucket{model="x",le="1e+06"} 2
latency_seconds_bucket{model="x",le="+Inf"} 3
latency_seconds_sum{model="x"} 1.5
latency_seconds_count{model="x"} 3
# TYPE requests_total counter
requests_total{status="success",model="quo\\"te \\\\ and\\nline"} 9007199254740993
requests_total{status="",model=""} 0.1
# TYPE rest summary
rest{quantile="0.5"} NaN
rest_sum 7
rest_count 2
# TYPE level gauge
level +Inf
plain{instance="own",other="-"} -1e-7
last_push_successful 5
`;

eachGateway('a listing of a gateway', (startGateway) => {
  let listing: Listing;
  beforeAll(async () => {
    const client = testClient((await startGateway()).url);
    await client.put({ job: 'a', labels: { zone: '' } }, BODY);
    await client.put({ job: 'hidden', labels: { zone: 'z' } }, 'labels 1\n');
    listing = await client.list();
  });

  test('series under the names that the job itself writes', () => {
    const [group] = listing.groups;
    expect(group?.key).toEqual({ job: 'a', labels: { zone: '' } });
    expect(Object.fromEntries(seriesOf(group!))).toEqual({
      'latency_seconds_bucket{model="x",le="0.1"}': 1,
      'latency_seconds_bucket{model="x",le="1000000"}': 2,
      'latency_seconds_bucket{model="x",le="+Inf"}': 3,
      'latency_seconds_sum{model="x"}': 1.5,
      'latency_seconds_count{model="x"}': 3,
      'requests_total{model="quo\\"te \\\\ and\\nline",status="success"}': 9007199254740992,
      'requests_total{model="",status=""}': 0.1,
      'rest{quantile="0.5"}': Number.NaN,
      rest_sum: 7,
      rest_count: 2,
      level: Infinity,
      'plain{instance="own",other="-"}': -1e-7,
      last_push_successful: 5,
    });
  });

  test('families as stored', () => {
    const families = listing.groups[0]?.families;
    expect([...(families?.values() ?? [])].map(({ name, type }) => `${name} ${type}`)).toEqual([
      'last_push_successful untyped',
      'latency_seconds histogram',
      'level gauge',
      'plain untyped',
      'requests_total counter',
      'rest summary',
    ]);
    expect(families?.get('latency_seconds')).toEqual({
      name: 'latency_seconds',
      type: 'histogram',
      help: 'Time.',
      series: [
        {
          labels: { instance: '', job: 'a', model: 'x', zone: '' },
          buckets: new Map([
            ['0.1', 1],
            ['1000000', 2],
            ['+Inf', 3],
          ]),
          count: 3,
          sum: 1.5,
        },
      ],
    } satisfies Family);
  });

  test('a metric called `labels` hides the key: said, not fatal', () => {
    expect(listing.groups).toHaveLength(1);
    expect(listing.unreadable).toEqual([
      'a group about {instance="",job="hidden",zone="z"} whose metric "labels" hides its grouping key',
    ]);
  });
});

describe('what is not a listing', () => {
  const time = (value: string) => ({ type: 'GAUGE', metrics: [{ labels: {}, value }] });
  const group = (more: object) => ({
    labels: { job: 'a' },
    last_push_successful: true,
    push_time_seconds: time('1'),
    push_failure_time_seconds: time('0'),
    ...more,
  });
  const counter = (metric: object) =>
    group({ c_total: { type: 'COUNTER', metrics: [{ labels: {}, ...metric }] } });

  test.each([
    ['', 'not JSON: '],
    ['<html>', 'not JSON: <html>'],
    ['null', 'the answer is not what a Pushgateway sends: '],
    ['[]', 'the answer is not what a Pushgateway sends: '],
    ['{"status":"error","data":[]}', 'the answer is not what a Pushgateway sends at status: '],
    ['{"status":"success"}', 'the answer is not what a Pushgateway sends at data: '],
    ['{"status":"success","data":[3]}', 'the answer is not what a Pushgateway sends at data.0: '],
  ])('%s', (json, message) => {
    expect(() => parseListing(json)).toThrow(message);
  });

  test.each([
    [group({ c_total: 3 }), 'c_total of {job="a"} is not what a Pushgateway sends: '],
    [counter({ value: 3 }), 'c_total of {job="a"} is not what a Pushgateway sends at metrics.0'],
    [counter({ value: '' }), 'c_total of {job="a"} is not what a Pushgateway sends at metrics.0'],
    [counter({ value: '0x10' }), 'c_total of {job="a"}'],
    [counter({ count: '1' }), 'c_total of {job="a"}'],
    [group({ push_time_seconds: undefined }), '{job="a"} has no push_time_seconds'],
  ])('%j', (entry, message) => {
    const json = JSON.stringify({ status: 'success', data: [entry] });
    expect(() => parseListing(json)).toThrow(message);
  });

  test('groups without a job among their labels are unreadable', () => {
    const data = [group({ labels: { x: 'y' } }), group({ labels: null }), group({})];
    const listing = parseListing(JSON.stringify({ status: 'success', data }));
    expect(listing.groups).toHaveLength(1);
    expect(listing.unreadable).toHaveLength(2);
  });
});

test('newer gateways: native histograms, and types that are not known yet', () => {
  const labels = { job: 'a', instance: '' };
  const time = { type: 'GAUGE', metrics: [{ labels, value: '0' }] };
  const entry = {
    labels: { job: 'a' },
    push_time_seconds: time,
    push_failure_time_seconds: time,
    native: {
      type: 'HISTOGRAM',
      metrics: [{ labels, count: '3', sum: '2.5', buckets: [[0, '0.1', '0.2', '3']] }],
    },
    odd: { type: 'STATESET', metrics: [{ labels, value: '1' }] },
  };
  const json = JSON.stringify({ status: 'success', data: [entry] });
  const listing = parseListing(json, 'Sun, 01 Mar 2026 00:00:01 GMT');
  expect(listing.serverTime).toBe(Date.UTC(2026, 2, 1, 0, 0, 1));
  expect(Object.fromEntries(seriesOf(listing.groups[0]!))).toEqual({
    ...{ native_sum: 2.5, native_count: 3, odd: 1 },
  });
});
