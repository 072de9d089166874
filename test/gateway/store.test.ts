import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { exposition } from '../../src/gateway/exposition.js';
import { groupLabels } from '../../src/gateway/grouping.js';
import { DEFAULT_LIMITS } from '../../src/gateway/limits.js';
import { snapshotOf } from '../../src/gateway/snapshots.js';
import { createStore, type Store } from '../../src/gateway/store.js';
import { parseText } from '../../src/gateway/text-parser.js';

const key = (labels: Record<string, string>) => groupLabels(new Map(Object.entries(labels)));
const shown = (store: Store) => [...exposition(snapshotOf(store).families)].join('');

/** 10 families of 5 series. */
const BODY = Array.from({ length: 50 }, (_, i) => `f${Math.floor(i / 10)}{l="${i}"} ${i}\n`).join(
  '',
);

const push = (store: Store, group: number, body = BODY, replace = true) =>
  store.push(key({ job: 'a', instance: String(group) }), parseText(body), replace, 1000);

describe('a push costs its own size', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Steps into maps and sets while `act` runs: look-ups, changes, and each element walked over. */
  const stepsOf = (act: () => void): number => {
    let steps = 0;
    const spies = [];
    for (const type of [Map, Set] as const) {
      const walks = ['entries', 'values', 'keys', Symbol.iterator] as const;
      for (const name of ['get', 'set', 'has', 'add', 'delete', 'forEach', 'clear', ...walks]) {
        const prototype = type.prototype as unknown as Record<string | symbol, unknown>;
        const method = prototype[name];
        if (typeof method !== 'function') continue;
        prototype[name] = function (this: unknown, ...args: unknown[]) {
          steps++;
          const result = Reflect.apply(method, this, args);
          if (!walks.some((walk) => walk === name)) return result;
          const next = result.next.bind(result);
          result.next = () => {
            steps++;
            return next();
          };
          return result;
        };
        spies.push(() => {
          prototype[name] = method;
        });
      }
    }
    try {
      act();
    } finally {
      for (const restore of spies) restore();
    }
    return steps;
  };

  test.each([
    ['a new group', (store: Store) => push(store, -1)],
    ['a group again', (store: Store) => push(store, 0)],
    ['a group with other series', (store: Store) => push(store, 0, 'f1{l="x"} 1\ng 1\n')],
    ['by POST', (store: Store) => push(store, 0, 'f1{l="x"} 1\n', false)],
    ['a deletion', (store: Store) => store.delete(key({ job: 'a', instance: '0' }))],
    ['a refusal', (store: Store) => expect(() => push(store, 0, 'x 1\nx 1\n')).toThrow()],
    [
      'a clash',
      (store: Store) => expect(() => push(store, -1, '# TYPE f1 gauge\nf1 1\n')).toThrow(),
    ],
  ])('%s', (_, act) => {
    const steps = [2, 2000].map((groups) => {
      const store = createStore(DEFAULT_LIMITS);
      for (let group = 0; group < groups; group++) push(store, group);
      return stepsOf(() => act(store));
    });
    expect(steps[0]).toBeGreaterThan(5);
    expect(steps[1]).toBe(steps[0]);
  });

  test('and reads no other group', () => {
    const store = createStore(DEFAULT_LIMITS);
    for (let group = 0; group < 50; group++) push(store, group);
    for (const { families: byGroup } of store.index.values()) {
      for (const [group, family] of byGroup) {
        if (group.labels.names.size && group !== store.groups.values().next().value) {
          // Whoever looks into the families or metrics of another group fails.
          const closed = Proxy.revocable(family, {});
          byGroup.set(group, closed.proxy);
          closed.revoke();
        }
      }
    }
    push(store, 0);
    push(store, 0, 'f1 2\n', false);
    push(store, 1000);
    expect(() => shown(store)).toThrow(/revoked/);
  });
});

describe('the index', () => {
  const name = fc.constantFrom('a', 'h', 'h_count', 'h_sum');
  const type = fc.constantFrom('', 'counter', 'gauge', 'histogram', 'summary');
  const family = fc.tuple(name, type, fc.constantFrom('', '{l="1"}', '{l="2"}', '{instance=""}'));
  const body = fc.array(family, { maxLength: 4 }).map((all) =>
    all
      .map(([id, kind, labels]) => {
        const sum = kind === 'histogram' || kind === 'summary' ? '_sum' : '';
        return `${kind ? `# TYPE ${id} ${kind}\n` : ''}${id}${sum}${labels} 1\n`;
      })
      .join(''),
  );
  const labels = fc.constantFrom(
    { job: 'a' },
    { job: 'a', l: '1' },
    { job: 'a', instance: '' },
    { job: 'b', l: '2' },
  );
  const step = fc.tuple(labels, body, fc.constantFrom('put', 'post', 'delete'));

  test('is what pushing the final groups to an empty store makes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const store = createStore(DEFAULT_LIMITS);
        for (const [group, text, method] of steps) {
          const before = shown(store);
          try {
            if (method === 'delete') store.delete(key(group));
            else store.push(key(group), parseText(text), method === 'put', 1000);
          } catch {
            const pushed = (all: string) => all.replace(/^.*push_(failure_)?time.*\n/gm, '');
            expect(pushed(shown(store))).toBe(pushed(before));
          }
        }
        // No series twice, and none that belongs to no group.
        const lines = shown(store)
          .split('\n')
          .filter((line) => line && !line.startsWith('#'));
        const ids = lines.map((line) => line.replace(/ \S+$/, ''));
        expect(new Set(ids).size).toBe(ids.length);
        const held = [...store.groups.values()].flatMap(({ families }) => [...families.values()]);
        const indexed = [...store.index.values()].flatMap(({ families }) => [...families.values()]);
        expect(new Set(indexed)).toEqual(new Set(held));
        for (const { metrics, families } of store.index.values()) {
          const all = [...families.values()].flatMap((one) => one.metrics);
          expect(new Set(metrics.values())).toEqual(new Set(all));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('limits', () => {
  test('of groups, series and bytes, and room again after a deletion', () => {
    const store = createStore({ groups: 2, series: 20, storedBytes: 20_000 });
    push(store, 0, 'x 1\n');
    push(store, 1, 'x 1\n');
    const before = shown(store);
    expect(() => push(store, 2, 'x 1\n')).toThrow("this gateway's limit of 2 groups");
    expect(() => push(store, 1, BODY)).toThrow("this gateway's limit of 20 series");
    expect(() => push(store, 1, `x{a="${'v'.repeat(20_000)}"} 1\n`)).toThrow('bytes of metrics');
    // A failure of its own makes no group either.
    expect(() => push(store, 2, 'x 1\nx 1\n')).toThrow('was collected before');
    expect(shown(store)).toBe(before);
    store.delete(key({ job: 'a', instance: '0' }));
    push(store, 2, 'x 1\n');
    store.wipe();
    expect(shown(store)).toBe('');
    for (let i = 0; i < 100; i++) push(store, i % 2, 'x 1\ny 1\nz 1\n');
    expect(store.groups.size).toBe(2);
  });
});
