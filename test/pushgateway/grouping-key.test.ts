import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import type { PushClient } from '../../src/pushgateway/client.js';
import {
  formatKey,
  type GroupingKey,
  groupPath,
  keyId,
} from '../../src/pushgateway/grouping-key.js';
import { eachGateway } from '../support/servers.js';
import { testClient } from './clients.js';

const ODD_VALUES = [
  ...['', '/', '//', '.', '..', '...', '../job/other', './', '%', '%2F', '%2e%2e', '%zz', '+'],
  ...[' ', 'a b', ' a ', '=', '@base64', 'a@base64/b', '?', '#', 'a?b#c', ';', ':', '\\', '"'],
  ...[
    '\n',
    '\t',
    '\r\n',
    '\u0000',
    '\u007f',
    'naïve',
    '日本語',
    '🦦',
    '\u202e',
    '\ufffd',
    '-',
    '_',
  ],
  ...['-_', '.hidden', 'a.b', 'a..b', '~', '*', "'", '{}', '0', 'x'.repeat(3000)],
];

describe('groupPath', () => {
  test.each([
    [{ job: 'a', labels: {} }, '/metrics/job/a'],
    [{ job: 'a', labels: { z: '1', b: '2' } }, '/metrics/job/a/b/2/z/1'],
    [{ job: 'a', labels: { instance: '' } }, '/metrics/job/a/instance@base64/='],
    [{ job: '..', labels: { x: '.' } }, '/metrics/job@base64/Li4/x@base64/Lg'],
    [{ job: '/var/tmp', labels: {} }, '/metrics/job@base64/L3Zhci90bXA'],
    [{ job: 'Ä>?', labels: {} }, '/metrics/job@base64/w4Q-Pw'],
  ])('%j is %s', (key, path) => {
    expect(groupPath(key)).toBe(path);
  });

  test.each([
    [{ job: '', labels: {} }, '{job=""} cannot be a grouping key: its job is empty'],
    [{ job: 'a', labels: { job: 'b' } }, 'it has a second label "job"'],
    [{ job: 'a', labels: { 'x@base64': 'b' } }, '"x@base64" is not a label name'],
    [{ job: 'a', labels: { __x: 'b' } }, '"__x" is not a label name'],
    [{ job: 'a', labels: { '1x': 'b' } }, '"1x" is not a label name'],
    [{ job: 'a', labels: { '': 'b' } }, '"" is not a label name'],
    [{ job: 'a', labels: { é: 'b' } }, '"é" is not a label name'],
    [{ job: 'a', labels: { x: '\ud800' } }, 'a value is not valid Unicode'],
  ])('%j is refused', (key, message) => {
    expect(() => groupPath(key)).toThrow(UsageError);
    expect(() => groupPath(key)).toThrow(message);
  });
});

test('keyId does not depend on the order of labels, and differs between keys', () => {
  const one = { job: 'a', labels: { x: '1', y: '2' } };
  expect(keyId({ job: 'a', labels: { y: '2', x: '1' } })).toBe(keyId(one));
  const others: GroupingKey[] = [
    { job: 'a', labels: {} },
    { job: 'a', labels: { x: '' } },
    { job: 'a', labels: { x: '1,y,2' } },
    { job: 'a', labels: { x: '1","y","2' } },
    { job: 'a', labels: { x: '2', y: '1' } },
  ];
  expect(new Set([one, ...others].map(keyId)).size).toBe(others.length + 1);
});

test('formatKey shows the key as Prometheus does', () => {
  const labels = { instance: 'a', b: 'quo"te \\ and\nline' };
  expect(formatKey({ job: 'chatapi', labels })).toBe(
    '{job="chatapi",b="quo\\"te \\\\ and\\nline",instance="a"}',
  );
});

eachGateway('any value reaches the group that it names', (startGateway) => {
  let client: PushClient;
  beforeAll(async () => {
    client = testClient((await startGateway()).url);
  });

  /** Puts the group, expects it to be the only one, and takes it away again. */
  const roundTrip = async (key: GroupingKey) => {
    await client.put(key, 'some_value 1\n');
    const { groups, unreadable } = await client.list();
    await client.delete(key);
    expect(unreadable).toEqual([]);
    expect(groups.map((group) => group.key)).toEqual([key]);
  };

  test.each(ODD_VALUES.filter((value) => value !== ''))('job %j', async (value) => {
    await roundTrip({ job: value, labels: {} });
  });

  test.each(ODD_VALUES)('label %j', async (value) => {
    await roundTrip({ job: 'a', labels: { instance: value, job_: value } });
  });

  test('random keys', async () => {
    const value = fc.string({ unit: 'binary' });
    const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/);
    const key = fc.record({
      job: value.filter((job) => job !== ''),
      // `le` and `quantile` are what they are only beside histograms; `__` is reserved.
      labels: fc.dictionary(
        name.filter((one) => one !== 'job' && !one.startsWith('__')),
        value,
        { maxKeys: 4, noNullPrototype: true },
      ),
    });
    await fc.assert(fc.asyncProperty(key, roundTrip), { numRuns: 300 });
  });
});
