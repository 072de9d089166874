// @ts-check
// Random and mutated requests for the fuzz test and its long form in test/bench: seeded, so that
// what fails can be repeated.

/** Uniform in [0, 1), by xorshift. @type {(seed: number) => () => number} */
export function generator(seed) {
  let x = seed | 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

const BODIES = [
  '# HELP c_total Of c.\n# TYPE c_total counter\nc_total{a="1",b="\\"x\\""} 5\nc_total{a="2"} 1e9\n',
  '# TYPE h histogram\nh_bucket{le="0.1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 1.5\nh_count 2\n',
  '# TYPE s summary\ns{quantile="0.5",a="\xc3\xa4"} 7\ns_sum{a="\xc3\xa4"} 9\ns_count{a="\xc3\xa4"} 2\n',
  'x 1\ny NaN\nz{} -Inf\n',
  '',
];
const PATHS = [
  '/metrics/job/a',
  '/metrics/job/a/instance/b',
  '/metrics/job@base64/YWJj/x@base64/_-8/y/%C3%A4',
  '/metrics/job/a/b@base64/=',
  '/metrics/job/%2e%2e/a//b',
  '/api/v1/metrics',
  '/metrics',
];
const PIECES = [
  ...[
    'x',
    '{',
    '}',
    '"',
    '\\',
    '\n',
    ' ',
    ',',
    '=',
    '0',
    '-',
    'NaN',
    'le',
    'h_bucket',
    '\xff',
    '\0',
  ],
  ...[
    '# TYPE ',
    '# HELP ',
    'histogram',
    '/',
    '%',
    '%2F',
    '@base64/',
    '..',
    '\r',
    '\t',
    '1e999',
    ':',
  ],
];
const METHODS = ['PUT', 'POST', 'DELETE', 'PUT', 'POST', 'GET', 'OPTIONS'];

/** @typedef {{ method: string, path: string, body: string }} Garbage one character a byte */

/** @type {(random: () => number) => Garbage} */
export function garbage(random) {
  /** @type {<T>(all: readonly T[]) => T} */
  const pick = (all) => /** @type {any} */ (all[Math.floor(random() * all.length)]);
  const noise = () =>
    String.fromCharCode(...Array.from({ length: random() * 40 }, () => random() * 256));
  /** @type {(text: string) => string} */
  const mutate = (text) => {
    let changed = text;
    for (let n = Math.floor(random() * 5); n > 0; n--) {
      const at = Math.floor(random() * (changed.length + 1));
      const cut = random() < 0.5 ? Math.floor(random() * 4) : 0;
      const put = random() < 0.2 ? noise() : random() < 0.8 ? pick(PIECES) : '';
      changed = changed.slice(0, at) + put + changed.slice(at + cut);
    }
    return random() < 0.02 ? changed.repeat(50) : changed;
  };
  const body = mutate(random() < 0.1 ? noise() : pick(BODIES) + pick(BODIES));
  return { method: pick(METHODS), path: mutate(pick(PATHS)), body };
}

/**
 * A request as bytes, on a connection that ends with it. In the line, what would end it is left out.
 * @param {Garbage} garbage
 */
export function requestBytes({ method, path, body }) {
  const target = path.replace(/[\r\n]/g, '') || '/';
  const head = `${method} ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n`;
  return Buffer.from(`${head}Connection: close\r\n\r\n${body}`, 'latin1');
}
