// A writer of io.prometheus.client.MetricFamily, free to write what is wrong.

/** A field that can have any content. */
export type Part = Buffer;

export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

export const whole = (n: number, value: number | bigint): Part =>
  Buffer.concat([varint(n * 8), varint(value)]);
export function double(n: number, value: number): Part {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([varint(n * 8 + 1), bytes]);
}
export function text(n: number, value: string | Buffer): Part {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([varint(n * 8 + 2), varint(bytes.length), bytes]);
}
export const message = (n: number, ...parts: Part[]): Part => text(n, Buffer.concat(parts));

export const label = (name: string, value: string | Buffer): Part =>
  message(1, text(1, name), text(2, value));
export const labels = (all: Record<string, string>): Part[] =>
  Object.entries(all).map(([name, value]) => label(name, value));

/** A family without its length before it. */
export const metric = (...parts: Part[]): Part => message(4, ...parts);
export const gauge = (value: number): Part => message(2, double(1, value));
export const counter = (value: number): Part => message(3, double(1, value));
export const untyped = (value: number): Part => message(5, double(1, value));
export const bucket = (bound: number, count: number | bigint): Part =>
  message(3, whole(1, count), double(2, bound));
export const quantile = (at: number, value: number): Part =>
  message(3, double(1, at), double(2, value));
const composed =
  (n: number) =>
  (count: number | bigint, sum: number, ...parts: Part[]): Part =>
    message(n, whole(1, count), double(2, sum), ...parts);
export const summary = composed(4);
export const histogram = composed(7);

export const TYPES = { counter: 0, gauge: 1, summary: 2, untyped: 3, histogram: 4 } as const;

/** One family of a stream. */
export function family(name: string, type: keyof typeof TYPES, ...parts: Part[]): Buffer {
  return framed(text(1, name), whole(3, TYPES[type]), ...parts);
}

export function framed(...parts: Part[]): Buffer {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([varint(bytes.length), bytes]);
}

export const PROTOBUF = {
  'Content-Type':
    'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited',
};
