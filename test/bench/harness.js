// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => process.exit(1));
}

/** @type {(name: string) => string} a file of this folder */
export const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Starts a process that does not outlive this one, in an environment of PATH and HOME only.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
export function start(command, args, env = {}) {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  });
  children.add(child);
  let output = '';
  const begun = Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]);
  begun.catch(() => {}); // Whoever awaits it sees the error.
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const exited = once(child, 'close').finally(() => children.delete(child));
  return {
    output: () => output,
    /** Resolves at its first output. */
    begun,
    exited,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/**
 * Runs a process to its end and returns its output; anything but exit code 0 is an error.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
export async function execute(command, args, env) {
  const { exited, output } = start(command, args, env);
  const [code, signal] = await exited;
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${signal ?? code}\n${output()}`);
  return output();
}

/**
 * Starts a server and waits until it says on which port it listens.
 * @param {string} command
 * @param {string[]} args
 */
async function serve(command, args) {
  const server = start(command, args);
  const end = performance.now() + 10_000;
  for (;;) {
    const port = server.output().match(/Listening on"? address=\S*:(\d+)/)?.[1];
    if (port) return { url: `http://127.0.0.1:${port}`, stop: server.stop };
    if (performance.now() > end) throw new Error(`${command} does not listen\n${server.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A new, empty Pushgateway. @type {(...args: string[]) => ReturnType<typeof serve>} */
export const startGateway = (...args) =>
  serve('prometheus-pushgateway', [
    '--web.listen-address=127.0.0.1:0',
    '--persistence.file=',
    ...args,
  ]);

/** A server that reads each request and answers 200. */
export const startStub = () => serve(process.execPath, [here('stub.js')]);

/**
 * Runs every variant `rounds` times, in turn, and returns what each measured: what disturbs the
 * machine for a while disturbs them all.
 * @template {string} Name
 * @template T
 * @param {number} rounds
 * @param {Record<Name, () => Promise<T>>} variants
 * @returns {Promise<Record<Name, T[]>>}
 */
export async function inTurn(rounds, variants) {
  const names = /** @type {Name[]} */ (Object.keys(variants));
  /** @type {Map<Name, T[]>} */
  const seen = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Every other round backwards, so that none always follows the same one.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      seen.get(name)?.push(await variants[name]());
    }
  }
  const all = names.map((name) => [name, seen.get(name)]);
  return Object.fromEntries(all);
}

/**
 * The median of what each variant measured, run in turn.
 * @template {string} Name
 * @param {number} rounds
 * @param {Record<Name, () => Promise<number>>} variants
 * @returns {Promise<Record<Name, number>>}
 */
export async function interleave(rounds, variants) {
  const seen = await inTurn(rounds, variants);
  const names = /** @type {Name[]} */ (Object.keys(seen));
  const medians = names.map((name) => [name, median(seen[name])]);
  return Object.fromEntries(medians);
}

/** The lower of the two in the middle of an even number. @type {(values: number[]) => number} */
export function median(values) {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1] ?? Number.NaN;
}
