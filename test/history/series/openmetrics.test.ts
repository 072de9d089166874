import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { SYSTEM } from '../../../src/env.js';
import { LONGEST_DECIMAL, writeDecimal } from '../../../src/history/series/decimal.js';
import {
  openMetricsText,
  writeOpenMetrics,
} from '../../../src/history/series/openmetrics-files.js';
import { seriesCount } from '../../../src/history/series/samples.js';
import { latestEnd, windowDuration, windowsOf } from '../../../src/history/series/windows.js';
import { layoutOf } from '../../../src/instruments/layout.js';
import { SERVICES } from '../../../src/services/catalogue.js';
import { createWorld, WORLD_VERSION } from '../../../src/world/world.js';
import { temporaryFolder } from '../../support/processes.js';
import { FROM, HOUR, historyOptions, parseHistory, truthAt } from './histories.js';

const root = temporaryFolder();
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
function folder(): string {
  const path = join(root, `${folders++}`);
  mkdirSync(path);
  return path;
}

const textOf = (pieces: Iterable<Uint8Array>) => Buffer.concat([...pieces]).toString();
const historiesIn = (path: string) =>
  readdirSync(path)
    .filter((name) => name.startsWith('openmetrics-'))
    .sort();

describe('a number as text', () => {
  test('is what String gives', () => {
    const out = new Uint8Array(LONGEST_DECIMAL);
    const written = (value: number) => {
      const end = writeDecimal(out, 0, value);
      return Buffer.from(out.subarray(0, end)).toString();
    };
    const edges = [0, 9, 10, 999_999_999, 1e9, 1e9 + 7, 4_294_967_296, 2 ** 53 - 1, 2 ** 53, 1e21];
    for (const value of [...edges, 0.1, 1e-7, 123.000001]) expect(written(value)).toBe(`${value}`);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
          fc.maxSafeNat(),
          fc.nat(),
        ),
        (value) => written(value) === `${value}`,
      ),
    );
  });
});

describe('windows', () => {
  const DAY = 24 * HOUR;

  test('end where blocks end, and hold every instant once', () => {
    fc.assert(
      fc.property(
        fc.nat(2e9),
        fc.integer({ min: 1, max: 60 * DAY }),
        fc.constantFrom(60, 300, 3600),
        fc.constantFrom(2, 6, 18, 54),
        (from, length, step, hours) => {
          const to = from + length;
          const duration = hours * HOUR;
          const windows = windowsOf({ from, to, step }, duration);
          let next = from;
          for (const { start, first, last, steps } of windows) {
            expect([first, start % duration, last]).toEqual([next, 0, first + (steps - 1) * step]);
            expect(start <= first && last < start + duration).toBe(true);
            next = last + step;
          }
          expect(next).toBeGreaterThan(to);
          expect(next - step).toBeLessThanOrEqual(to);
        },
      ),
    );
  });

  test('are as long as memory, and the work side by side, allow', () => {
    const hours = (days: number, step: number, series = 330) =>
      windowDuration({ from: 0, to: days * DAY, step }, series) / HOUR;
    expect(hours(365, 60)).toBe(54);
    expect(hours(365, 300)).toBe(162);
    expect(hours(2, 60)).toBe(6);
    expect(hours(0.1, 60)).toBe(2);
    expect(hours(365, 60, 100_000)).toBe(2);
  });

  test('stop three hours before now', () => {
    const now = (FROM + 10 * HOUR) * 1000 + 999;
    expect(latestEnd({ from: FROM, step: 300 }, now)).toBe(FROM + 7 * HOUR);
    expect(latestEnd({ from: FROM, step: 5 * HOUR }, now)).toBe(FROM + 5 * HOUR);
  });
});

describe('the text', () => {
  test('holds every series at every instant, with the values of a live job', () => {
    const options = historyOptions({ to: FROM + HOUR });
    const { lines, types } = parseHistory(textOf(openMetricsText(options)));
    expect(lines).toHaveLength(13 * seriesCount(SERVICES));
    expect(types.get('vectorlens_request')).toBe('counter');
    expect(types.get('chatapi_request_duration_seconds')).toBe('histogram');
    expect(types.get('documentstore_storage_bytes')).toBe('gauge');
    const counting = new Set(SERVICES.flatMap((service) => [...layoutOf(service).counters]));
    for (const second of [FROM, FROM + 300, FROM + HOUR]) {
      const truth = [...truthAt(options, second)].filter(([id]) => counting.has(id));
      const here = lines.filter(({ id, time }) => time === second && counting.has(id));
      expect(new Map(here.map(({ id, value }) => [id, value]))).toEqual(new Map(truth));
    }
    expect(new Set(lines.map(({ group }) => group))).toEqual(
      new Set(SERVICES.map(({ name }) => `instance="demo",job="${name}",region="eu"`)),
    );
  });

  test('goes over the instant at which its stamps become longer', () => {
    const options = historyOptions({ from: 1e9 - 600, to: 1e9 + 600, step: 60 });
    const { lines } = parseHistory(textOf(openMetricsText(options)));
    expect(lines).toHaveLength(21 * seriesCount(SERVICES));
    expect(new Set(lines.map(({ time }) => time))).toEqual(
      new Set(Array.from({ length: 21 }, (_, k) => 1e9 - 600 + 60 * k)),
    );
    const truth = truthAt(options, options.to);
    const last = lines.filter(({ id, time }) => time === options.to && /_(bucket|sum)/.test(id));
    expect(last.length).toBeGreaterThan(100);
    for (const { id, value } of last) expect([id, value]).toEqual([id, truth.get(id)]);
  });

  test('has the gauges of its instants', () => {
    const options = historyOptions({ to: FROM + HOUR });
    const { lines } = parseHistory(textOf(openMetricsText(options)));
    const stored = lines.filter(({ id }) => id === 'documentstore_storage_bytes');
    expect(stored.map(({ value }) => value)).toEqual(
      stored.map(({ time }) => options.world.storedBytes(time === FROM ? FROM + 1 : time)),
    );
    const busy = lines.filter(({ id }) => id === 'chatapi_http_requests_in_progress');
    expect(busy.every(({ value }) => Number.isInteger(value) && value < 50)).toBe(true);
    expect(busy.some(({ value }) => value > 0)).toBe(true);
  });

  test('goes on from a base', () => {
    const plain = historyOptions({ to: FROM + HOUR });
    const base = Object.fromEntries(
      SERVICES.map((service) => [
        service.name,
        new Map([...layoutOf(service).counters].map((id) => [id, 1000])),
      ]),
    );
    const last = (options: typeof plain) =>
      parseHistory(textOf(openMetricsText(options))).lines.filter(
        ({ id, time }) => time === options.to && layoutOf(SERVICES[0]!).counters.has(id),
      );
    const shifted = last({ ...plain, base });
    last(plain).forEach(({ value }, i) => {
      expect(shifted[i]?.value).toBeCloseTo(value + 1000, 6);
    });
  });

  test('of another range has the same increments', () => {
    const long = parseHistory(
      textOf(openMetricsText(historyOptions({ to: FROM + 2 * HOUR }))),
    ).lines;
    const options = historyOptions({ from: FROM + HOUR, to: FROM + 2 * HOUR });
    const short = parseHistory(textOf(openMetricsText(options))).lines;
    const at = (lines: typeof long, time: number) =>
      new Map(lines.filter((line) => line.time === time).map(({ id, value }) => [id, value]));
    const [start, end] = [at(long, FROM + HOUR), at(long, FROM + 2 * HOUR)];
    const own = at(short, FROM + 2 * HOUR);
    for (const service of SERVICES) {
      for (const id of layoutOf(service).counters) {
        expect(own.get(id)).toBeCloseTo(end.get(id)! - start.get(id)!, 6);
      }
    }
  });
});

describe('files', () => {
  test('are one a window, and together the whole range', async () => {
    const path = folder();
    const options = historyOptions({ window: 2 * HOUR });
    const done: number[] = [];
    const written = await writeOpenMetrics(options, path, SYSTEM, {
      onProgress: (progress) => done.push(progress.done),
    });
    const series = seriesCount(SERVICES);
    expect(written).toEqual({ windows: 4, found: 0, samples: 61 * series, series, complete: true });
    expect(done).toEqual([0, 1, 2, 3, 4]);
    expect(historiesIn(path)).toEqual(
      ['02', '04', '06', '08'].map((hour) => `openmetrics-20260302T${hour}0000Z.txt`),
    );
    const files = historiesIn(path).flatMap(
      (name) => parseHistory(readFileSync(join(path, name), 'utf8')).lines,
    );
    const whole = parseHistory(textOf(openMetricsText(options))).lines;
    const order = (lines: typeof whole) =>
      lines.map(({ id, time, value }) => `${id} ${time} ${value}`).sort();
    expect(order(files)).toEqual(order(whole));
  });

  test('that are there are not written again; the rest is as if nothing had happened', async () => {
    const path = folder();
    const given = { window: 2 * HOUR };
    const stop = new AbortController();
    const first = await writeOpenMetrics(historyOptions(given), path, SYSTEM, {
      signal: stop.signal,
      onProgress: ({ done }) => done === 2 && stop.abort(),
    });
    expect([first.complete, historiesIn(path).length]).toEqual([false, 2]);
    const times = historiesIn(path).map((name) => statSync(join(path, name)).mtimeMs);
    const second = await writeOpenMetrics(historyOptions(given), path, SYSTEM);
    expect([second.complete, second.found]).toEqual([true, 2]);
    const names = historiesIn(path);
    expect(names.slice(0, 2).map((name) => statSync(join(path, name)).mtimeMs)).toEqual(times);
    const fresh = folder();
    await writeOpenMetrics(historyOptions(given), fresh, SYSTEM);
    for (const name of names) {
      expect(readFileSync(join(path, name)).equals(readFileSync(join(fresh, name)))).toBe(true);
    }
    expect(readdirSync(path).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('of another history are left alone', async () => {
    const path = folder();
    const short = { to: FROM + HOUR };
    await writeOpenMetrics(historyOptions(short), path, SYSTEM);
    const world = createWorld({ seed: 'other', rate: 1, profile: 'daily' });
    await expect(
      writeOpenMetrics(historyOptions({ ...short, world }), path, SYSTEM),
    ).rejects.toMatchObject({ message: `${path} holds another history`, exitCode: 2 });
  });

  test('of another version of the world are left alone: no options would fit them', async () => {
    const path = folder();
    const short = { to: FROM + HOUR };
    await writeOpenMetrics(historyOptions(short), path, SYSTEM);
    const marker = join(path, 'ragmon-history.json');
    const text = readFileSync(marker, 'utf8').replace(/"world": \d+/, '"world": 1');
    writeFileSync(marker, text);
    await expect(writeOpenMetrics(historyOptions(short), path, SYSTEM)).rejects.toMatchObject({
      message: `${path} holds a history of version 1 of the world, this is version ${WORLD_VERSION}`,
      hint: expect.stringContaining('give a new folder'),
      exitCode: 2,
    });
  });
});
