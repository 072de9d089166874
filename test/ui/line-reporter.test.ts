import { expect, test } from 'vitest';
import { createLineReporter, progressLine } from '../../src/ui/line-reporter.js';
import { recorder, sampleProgress, sampleService } from './samples.js';

/** The times of the lines that appear when a run of 60 seconds ends after `until`. */
function times(everyTicks: number, until: number, incidents: Record<number, string[]> = {}) {
  const output = recorder();
  const view = createLineReporter(output, everyTicks);
  for (let elapsed = 0; elapsed <= until; elapsed += 10) {
    view.update(sampleProgress({ elapsed, incidents: incidents[elapsed] ?? [] }));
  }
  view.end();
  view.end();
  view.update(sampleProgress());
  return output.writes.map((line) => line.slice(0, 5));
}

test('says everything on one line, without any control character', () => {
  expect(progressLine(sampleProgress())).toBe(
    '00:25/01:00 vectorlens 26 req 1.0/s p95 210ms 0 err' +
      ' · docstore 31 req 1.3/s p95 87ms 0 err' +
      ' · chatapi 24 req 1.0/s p95 1.24s 1 err · cost $0.0312 · pushes 15 ok',
  );
});

test('names trouble', () => {
  const pushes = { ok: 1200, failed: 2, retried: 1, overtaken: 0 };
  const services = [sampleService({ p95: undefined, pushes })];
  const progress = sampleProgress({ duration: undefined, incidents: ['a', 'b'], services });
  expect(progressLine(progress)).toBe(
    '00:25 vectorlens 26 req 1.0/s p95 – 0 err · pushes 1,200 ok, 2 failed · incident a, b',
  );
});

test('no service', () => {
  expect(progressLine(sampleProgress({ services: [] }))).toBe('00:25/01:00 pushes 0 ok');
});

test.each([
  [1, 30, ['00:00', '00:10', '00:20', '00:30']],
  [3, 60, ['00:00', '00:30', '01:00']],
  [4, 60, ['00:00', '00:40', '01:00']],
  [4, 20, ['00:00', '00:20']],
  [100, 60, ['00:00', '01:00']],
])('every %d ticks until %d: the first and the last always', (everyTicks, until, expected) => {
  expect(times(everyTicks, until)).toEqual(expected);
});

test('an incident that begins or ends has its line', () => {
  const incident = { 20: ['error-burst'], 30: ['error-burst'] };
  expect(times(100, 60, incident)).toEqual(['00:00', '00:20', '00:40', '01:00']);
});

test('notes are lines', () => {
  const output = recorder();
  const view = createLineReporter(output, 1);
  view.note('careful');
  view.end();
  expect(output.writes).toEqual(['careful\n']);
});
