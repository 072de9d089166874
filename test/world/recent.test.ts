import { expect, test, vi } from 'vitest';
import { derived, lazy, recent } from '../../src/world/recent.js';

test('recent computes anew only what it has not computed lately', () => {
  const compute = vi.fn((n: number) => n * n);
  const square = recent(compute, 3);
  expect([1, 2, 3, 1, 2, 3].map(square)).toEqual([1, 4, 9, 1, 4, 9]);
  expect(compute).toHaveBeenCalledTimes(3);
  // The fourth takes the place of the first.
  expect([4, 3, 2, 4].map(square)).toEqual([16, 9, 4, 16]);
  expect(compute).toHaveBeenCalledTimes(4);
  expect(square(1)).toBe(1);
  expect(compute).toHaveBeenCalledTimes(5);
});

test('recent remembers nothing of a call that failed', () => {
  let calls = 0;
  const once = recent((n: number) => {
    if (calls++ === 0) throw new Error('no');
    return n;
  }, 2);
  expect(() => once(7)).toThrow('no');
  expect([once(7), once(7), calls]).toEqual([7, 7, 2]);
});

test('derived computes once for each object', () => {
  const compute = vi.fn(({ n }: { n: number }) => ({ square: n * n }));
  const square = derived(compute);
  const [a, b] = [{ n: 3 }, { n: 3 }];
  expect(square(a)).toBe(square(a));
  expect(square(b)).toEqual({ square: 9 });
  expect(compute).toHaveBeenCalledTimes(2);
});

test('lazy computes when it is first asked, once', () => {
  const compute = vi.fn(() => ({ n: 1 }));
  const value = lazy(compute);
  expect(compute).not.toHaveBeenCalled();
  expect(value()).toBe(value());
  expect(compute).toHaveBeenCalledTimes(1);
});
