import type { FieldConfig, Override, Step } from './model.js';

/** Where an alert begins. */
export type Limit = { readonly above: number } | { readonly below: number };

/** What a number is called, and its colour. */
export function mapping(values: Readonly<Record<number, readonly [text: string, color: string]>>) {
  const options = Object.fromEntries(
    Object.entries(values).map(([value, [text, color]], index) => [value, { text, color, index }]),
  );
  return { type: 'value', options };
}

/** An override of one series, by its name. */
export function named(name: string, properties: Readonly<Record<string, unknown>>): Override {
  return {
    matcher: { id: 'byName', options: name },
    properties: Object.entries(properties).map(([id, value]) => ({ id, value })),
  };
}

/** The same colour always: red is for errors. */
export const RED = { color: { mode: 'fixed', fixedColor: 'red' } };

/** The same line on an axis of its own, with another unit and limit. */
export function onTheRight(name: string, unit: string, limit: number): Override {
  return named(name, {
    unit,
    'custom.axisPlacement': 'right',
    'custom.axisSoftMax': above(limit),
    'custom.thresholdsStyle': { mode: 'dashed+area' },
    thresholds: thresholds(zone([{ above: limit }])).thresholds,
  });
}

/** Whatever it is, it is good. */
export const NO_LIMIT: readonly Step[] = [{ color: 'green', value: null }];
/** Neither good nor bad. */
export const PLAIN: readonly Step[] = [{ color: 'blue', value: null }];

/** An axis up to here shows a limit, and a tenth more. */
export function above(limit: number): number {
  return Number((limit * 1.1).toPrecision(3));
}

/** Where alerts begin the ground is red, elsewhere plain. */
export function zone(limits: readonly Limit[]): readonly Step[] {
  return limits.length === 1 && 'below' in limits[0]!
    ? [
        { color: 'red', value: null },
        { color: 'transparent', value: limits[0].below },
      ]
    : [
        { color: 'transparent', value: null },
        ...limits.flatMap((limit, i) =>
          'above' in limit
            ? [{ color: i === limits.length - 1 ? 'red' : 'orange', value: limit.above }]
            : [],
        ),
      ];
}

/** Green on the good side of a limit, red on the other. */
export function sides(limit: Limit): readonly Step[] {
  const [first, second, value] =
    'above' in limit ? ['green', 'red', limit.above] : ['red', 'green', limit.below];
  return [
    { color: first as string, value: null },
    { color: second as string, value: value as number },
  ];
}

export function thresholds(
  steps: readonly Step[],
): Required<Pick<FieldConfig['defaults'], 'thresholds'>> {
  return { thresholds: { mode: 'absolute', steps } };
}
