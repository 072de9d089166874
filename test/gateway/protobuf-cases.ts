import { gzipSync } from 'node:zlib';
import type { Case, Step } from './cases.js';
import {
  bucket,
  counter,
  double,
  family,
  framed,
  gauge,
  histogram,
  label,
  labels,
  message,
  metric,
  type Part,
  PROTOBUF,
  quantile,
  summary,
  text,
  untyped,
  varint,
  whole,
} from './protobuf.js';

const PUT = (body: Buffer, headers: Record<string, string> = PROTOBUF): Step => [
  'PUT',
  '/metrics/job/a',
  body,
  headers,
];

const x = family('x', 'gauge', metric(gauge(1)));
const all = Buffer.concat([
  family(
    'c_total',
    'counter',
    text(2, 'Help\n\\ "ä".'),
    metric(...labels({ b: 'ä😀', a: '\\"\n', job: 'z' }), counter(3)),
    metric(counter(1e9)),
  ),
  family('g', 'gauge', text(2, ''), metric(gauge(-0.5)), metric(label('l', ''), gauge(NaN))),
  family('u', 'untyped', metric(untyped(Infinity))),
  family(
    'h',
    'histogram',
    metric(histogram(5, 1.5, bucket(0.1, 1), bucket(1, 3), bucket(Infinity, 5))),
    metric(label('l', '1'), histogram(2, -1, bucket(2, 7), bucket(1, 5), bucket(1, 6))),
    metric(label('l', '2'), histogram(2n ** 53n, 0)),
  ),
  family('s', 'summary', metric(summary(5, 1.5, quantile(0.5, 1), quantile(0.9, NaN)))),
]);

const bodies: Record<string, Buffer> = {
  nothing: Buffer.alloc(0),
  'all types': all,
  'a family twice': Buffer.concat([x, family('x', 'counter', metric(counter(2)))]),
  'no type is a counter': framed(text(1, 'x'), metric(counter(1))),
  'the type behind the metrics': framed(metric(gauge(1)), whole(3, 1), text(1, 'x')),
  'values that are not there': Buffer.concat([
    family('x', 'gauge', metric(message(2))),
    family('h', 'histogram', metric(message(7))),
    family('s', 'summary', metric(message(4, message(3)))),
  ]),
  'a value in two parts': family('x', 'gauge', metric(gauge(1), gauge(2), counter(3))),
  'unknown fields': framed(
    ...[text(1, 'x'), whole(3, 1), text(5, 'seconds'), whole(99, 5), double(98, 5)],
    metric(gauge(1), whole(77, 1), message(78, whole(1, 1))),
    Buffer.concat([varint(97 * 8 + 5), Buffer.alloc(4)]),
  ),
  'a field of another kind': framed(text(1, 'x'), whole(3, 1), whole(2, 5), metric(gauge(1))),
  'an exemplar': family(
    'c',
    'counter',
    metric(message(3, double(1, 1), message(2, label('trace', '1'), double(2, 1)))),
  ),
  'a native histogram': family(
    'h',
    'histogram',
    metric(
      histogram(
        5,
        1.5,
        whole(5, 6),
        double(6, 0),
        message(12, whole(1, 2), whole(2, 1)),
        whole(13, 2),
      ),
    ),
  ),
  'labels twice, by the path': family(
    'x',
    'gauge',
    metric(label('job', '1'), gauge(1)),
    metric(label('job', '2'), gauge(2)),
  ),
  'a series twice': family('x', 'gauge', metric(gauge(1)), metric(gauge(2))),
  'a timestamp': family('x', 'gauge', metric(gauge(1), whole(6, 123))),
  'a timestamp of zero': family('x', 'gauge', metric(gauge(1), whole(6, 0))),
  'a reserved label': family('x', 'gauge', metric(label('__a', '1'), gauge(1))),
  'a label quantile': family('s', 'summary', metric(label('quantile', '1'), summary(1, 1))),
  'a label le of a gauge': family('x', 'gauge', metric(label('le', '1'), gauge(1))),
  'a field that is longer than all': framed(text(1, 'x').subarray(0, 2)),
  'cut within a message': all.subarray(0, -5),
  'text in its place': Buffer.from('x 1\n'),
};

const unfit: Record<string, Buffer> = {
  'a family without metrics': family('x', 'gauge'),
  'no name': framed(whole(3, 1), metric(gauge(1))),
  'a name with a dash': family('x-y', 'gauge', metric(gauge(1))),
  'a name of two lines': family('x 1\ny', 'gauge', metric(gauge(1))),
  'a label with a dash': family('x', 'gauge', metric(label('a-b', '1'), gauge(1))),
  'a label without a name': family('x', 'gauge', metric(message(1, text(2, '1')), gauge(1))),
  'a label __name__': family('x', 'gauge', metric(label('__name__', 'y'), gauge(1))),
  'a label twice': family('x', 'gauge', metric(label('a', '1'), label('a', '2'), gauge(1))),
  'a label le of a histogram': family(
    'h',
    'histogram',
    metric(label('le', '1'), histogram(1, 1, bucket(1, 1))),
  ),
  'a bound that is no number': family('h', 'histogram', metric(histogram(1, 1, bucket(NaN, 1)))),
  'a value that is not UTF-8': family(
    'x',
    'gauge',
    metric(label('a', Buffer.from([255])), gauge(1)),
  ),
  'help that is not UTF-8': family('x', 'gauge', text(2, Buffer.from([255])), metric(gauge(1))),
  'an unknown type': framed(text(1, 'x'), whole(3, 9), metric(gauge(1))),
  'a type below zero': framed(text(1, 'x'), whole(3, -1), metric(gauge(1))),
  'a gauge that is a counter': family('x', 'gauge', metric(counter(1))),
  'a field of number 0': framed(text(1, 'x'), whole(3, 1), whole(0, 1), metric(gauge(1))),
  'an endless number': framed(text(1, 'x'), Buffer.alloc(12, 0xff)),
};

const types = {
  'in capitals':
    'Application/Vnd.Google.Protobuf; Proto=io.prometheus.client.MetricFamily;ENCODING=delimited',
  'in quotes':
    'application/vnd.google.protobuf;encoding="delimited";proto="io.prometheus.client.MetricFamily"',
  'with more':
    'application/vnd.google.protobuf; a=b; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=values',
  'of another encoding':
    'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text',
  'of another message': 'application/vnd.google.protobuf; proto=Other; encoding=delimited',
  'without parameters': 'application/vnd.google.protobuf',
};

const floats = (...parts: Part[]) => family('h', 'histogram', metric(message(7, ...parts)));

export const PROTOBUF_CASES: Case[] = [
  ...Object.entries(bodies).map(([name, body]) => ({
    name: `protobuf: ${name}`,
    steps: [PUT(body)],
  })),
  ...Object.entries(types).map(([name, type]) => ({
    name: `protobuf ${name}`,
    steps: [PUT(x, { 'Content-Type': type })],
  })),
  {
    name: 'protobuf: packed by gzip',
    steps: [PUT(gzipSync(all), { ...PROTOBUF, 'Content-Encoding': 'gzip' })],
  },
  {
    name: 'protobuf: a POST replaces families',
    steps: [
      ['PUT', '/metrics/job/a', 'x 1\ny 1\n'],
      ['POST', '/metrics/job/a', x, PROTOBUF],
    ],
  },
  {
    name: 'protobuf: a type that clashes with text',
    steps: [['PUT', '/metrics/job/b', 'x 1\n'], PUT(x)],
  },
  {
    name: 'protobuf: an error touches nothing',
    steps: [PUT(x), PUT(Buffer.concat([x, Buffer.from([5, 1])]))],
  },
  ...Object.entries(unfit).map(([name, body]) => ({
    name: `protobuf: ${name}`,
    differs: 'unfit protobuf' as const,
    steps: [PUT(body)],
  })),
  {
    name: 'protobuf: cut between length and message',
    differs: 'cut bodies',
    steps: [PUT(Buffer.concat([x, Buffer.from([5])]))],
  },
  {
    name: 'protobuf: fractions',
    differs: 'fractional counts',
    steps: [PUT(floats(double(4, 1.5), double(2, 3), message(3, double(4, 0.5), double(2, 1))))],
  },
];
