import fc from 'fast-check';
import { Counter, Histogram, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { BulkCounter, BulkHistogram } from '../../src/instruments/bulk.js';
import { createJobMetrics } from '../../src/instruments/job-metrics.js';
import { gaugeSeries } from '../../src/instruments/layout.js';
import { SERVICES } from '../../src/services/catalogue.js';
import { addStretch, emptyTotal } from '../../src/world/total.js';
import { createWorld } from '../../src/world/world.js';

const START = Date.parse('2026-03-02T10:00:00Z') / 1000;
const world = createWorld({ seed: 'instruments', rate: 5, profile: 'daily' });

function totalOf(service: (typeof SERVICES)[number], seconds = 180) {
  const total = emptyTotal(service.model);
  addStretch(world, service.model, START, START + seconds, [total]);
  return total;
}

describe('bulk metrics', () => {
  test('are byte-equal to single observations of the same counts and sums', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 }),
        // Multiples of 1/8 add up without rounding, so that both ways give the same sum.
        fc.array(
          fc.tuple(fc.constantFrom('a', 'b "quoted"\\'), fc.integer({ min: 0, max: 2000 })),
          {
            maxLength: 40,
          },
        ),
        async (uppers, observations) => {
          const buckets = uppers.sort((a, b) => a - b);
          const config = { name: 'h', help: 'Line\nbreak \\', labelNames: ['l'], buckets };
          const single = new Registry();
          const one = new Histogram({ ...config, registers: [single] });
          const bulk = new Registry();
          const all = new BulkHistogram({ ...config, registers: [bulk] });
          for (const l of ['a', 'b "quoted"\\']) {
            one.zero({ l });
            const state = all.state({ l });
            for (const [label, eighths] of observations) {
              if (label !== l) continue;
              const value = eighths / 8;
              one.observe({ l }, value);
              state.count += 1;
              state.sum += value;
              const bound = buckets.find((upper) => value <= upper);
              if (bound !== undefined) state.bucketValues[bound]! += 1;
            }
          }
          expect(await bulk.metrics()).toBe(await single.metrics());
          expect(await bulk.getMetricsAsJSON()).toEqual(await single.getMetricsAsJSON());
          single.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
          bulk.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
          expect(await bulk.metrics()).toBe(await single.metrics());
        },
      ),
    );
  });

  test('mix with observe() and inc()', async () => {
    const registry = new Registry();
    const histogram = new BulkHistogram({
      name: 'h',
      help: 'h',
      buckets: [1, 2],
      registers: [registry],
    });
    const state = histogram.state({});
    state.count = 10;
    state.sum = 12;
    state.bucketValues[1] = 4;
    state.bucketValues[2] = 6;
    histogram.observe(0.5);
    const counter = new BulkCounter({ name: 'c', help: 'c', registers: [registry] });
    counter.state({}).value = 41;
    counter.inc();
    const text = await registry.metrics();
    expect(text).toContain(
      'h_bucket{le="1"} 5\nh_bucket{le="2"} 11\nh_bucket{le="+Inf"} 11\nh_sum 12.5',
    );
    expect(text).toContain('c 42');
  });

  test('a wrong label is refused by prom-client', () => {
    const counter = new BulkCounter({ name: 'c2', help: 'c', labelNames: ['a'], registers: [] });
    expect(() => counter.state({ b: '1' })).toThrow(/label/);
    expect(new Counter({ name: 'c3', help: 'c', registers: [] })).toBeInstanceOf(Counter);
  });
});

describe.each(SERVICES)('$name', (service) => {
  test('its text is byte-equal to its registry, at zero and after three minutes', async () => {
    const metrics = createJobMetrics(service);
    expect(metrics.text()).toBe(await metrics.registry.metrics());
    metrics.setTotal(totalOf(service));
    metrics.setGauges(gaugeSeries(service).map((_, i) => i + 0.5));
    expect(metrics.text()).toBe(await metrics.registry.metrics());
  });

  test('all label sets exist at zero before the first tick', () => {
    const values = createJobMetrics(service).values();
    const after = createJobMetrics(service);
    after.setTotal(totalOf(service));
    expect([...values.keys()]).toEqual([...after.values().keys()]);
    expect(new Set(values.values())).toEqual(new Set([0]));
  });

  test('base and total add up, and a base is taken over whole', () => {
    const first = createJobMetrics(service);
    first.setTotal(totalOf(service));
    const next = createJobMetrics(service, first.values());
    for (const [id, value] of next.values()) {
      if (!isGauge(id)) expect([id, value]).toEqual([id, first.values().get(id)]);
    }
    next.setTotal(totalOf(service));
    for (const [id, value] of next.values()) {
      if (!isGauge(id)) expect(value).toBeCloseTo(2 * first.values().get(id)!, 9);
    }
  });

  test('a base with other buckets is refused', () => {
    const base = createJobMetrics(service).values();
    const bucket = [...base.keys()].find((id) => id.includes('_bucket{'))!;
    base.delete(bucket);
    expect(() => createJobMetrics(service, base)).toThrow(/other buckets/);
    base.set(bucket, 0);
    base.set(bucket.replace(/le="[^"]*"/, 'le="0.0123"'), 0);
    expect(() => createJobMetrics(service, base)).toThrow(/other buckets/);
  });

  test('names, labels and series count keep to the catalogue', () => {
    const ids = [...createJobMetrics(service).values().keys()];
    expect(new Set(ids).size).toBe(ids.length);
    for (const { name, series, labels } of service.instruments) {
      expect(ids.filter((id) => id.startsWith(name)).length).toBeLessThan(1000);
      for (const one of series) expect(Object.keys(one.labels)).toEqual([...labels]);
    }
  });

  function isGauge(id: string): boolean {
    return service.instruments.some(({ kind, name }) => kind === 'gauge' && id.startsWith(name));
  }
});
