// @ts-check
// `npm run bench [-- name …]`: ratios against something known, on this machine, in this run.
// A name selects every benchmark that begins with it.
import { cleanup } from './cleanup.js';
import { gateway } from './gateway.js';
import { gatewayFuzz } from './gateway-fuzz.js';
import { history } from './history.js';
import { jobs } from './jobs.js';
import { push } from './push.js';
import { startup } from './startup.js';
import { world } from './world.js';

/**
 * @typedef {object} Row
 * @property {string} name what is divided by what
 * @property {number} ratio
 * @property {{ max: number } | { min: number }} [bound] none: printed only
 * @property {string} detail the two numbers, with their unit
 *
 * @typedef {object} Benchmark
 * @property {string} name
 * @property {() => Promise<Row[]>} run
 */

const wanted = process.argv.slice(2);
const all = [
  ...startup,
  ...world,
  ...jobs,
  ...push,
  ...gateway,
  ...gatewayFuzz,
  ...cleanup,
  ...history,
];
const chosen = all.filter(
  ({ name }) => wanted.length === 0 || wanted.some((w) => name.startsWith(w)),
);
const unknown = wanted.filter((w) => !all.some(({ name }) => name.startsWith(w)));
if (unknown.length > 0) {
  process.stderr.write(
    `no benchmark ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(2);
}

/** @type {(cells: string[]) => void} */
const print = ([name = '', measured = '', bound = '', ok = '', detail = '']) => {
  const line = `${name.padEnd(48)} ${measured.padStart(8)} ${bound.padStart(8)}  ${ok.padEnd(3)}  ${detail}`;
  process.stdout.write(`${line.trimEnd()}\n`);
};

print(['ratio', 'measured', 'bound', 'ok?', '']);
for (const { run } of chosen) {
  for (const { name, ratio, bound, detail } of await run()) {
    const max = bound && 'max' in bound ? bound.max : Number.POSITIVE_INFINITY;
    const min = bound && 'min' in bound ? bound.min : 0;
    const ok = ratio <= max && ratio >= min;
    if (!ok) process.exitCode = 1;
    const limit = bound ? ('max' in bound ? `≤ ${bound.max}` : `≥ ${bound.min}`) : '';
    print([name, ratio.toFixed(2), limit, bound ? (ok ? 'yes' : 'NO') : '', detail]);
  }
}
