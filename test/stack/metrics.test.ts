import { expect, test } from 'vitest';
import { METRICS, select } from '../../src/stack/metrics.js';

test('a selector names what there is', () => {
  expect(select('vectorlens_request_total')).toBe('vectorlens_request_total');
  expect(
    select('vectorlens_request_duration_seconds_bucket', { endpoint: 'search', le: '2' }, [
      'job=~"$job"',
    ]),
  ).toBe('vectorlens_request_duration_seconds_bucket{endpoint="search", le="2", job=~"$job"}');
  expect(select('ragmon_run_info', { scenario: 'mine' })).toBe('ragmon_run_info{scenario="mine"}');
});

test.each([
  [() => select('vectorlens_requests_total'), 'there is no metric vectorlens_requests_total'],
  [() => select('vectorlens_request_duration_seconds'), 'there is no metric'],
  [() => select('chatapi_error_total', { model: 'x' }), 'chatapi_error_total has no label model'],
  [() => select('chatapi_error_total', { type: 'x' }), 'chatapi_error_total: type is never x'],
  [() => select('chatapi_error_total', {}, ['model=~"x"']), 'has no label model'],
])('%# refuses what there is not', (act, message) => {
  expect(act).toThrow(message);
});

test('every metric says who makes it', () => {
  expect(new Set([...METRICS.values()].map(({ from }) => from))).toEqual(
    new Set(['vectorlens', 'docstore', 'chatapi', 'ragmon', 'pushgateway', 'prometheus']),
  );
});
