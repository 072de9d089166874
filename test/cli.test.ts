import { describe, expect, test } from 'vitest';
import { run } from '../src/cli.js';
import { memoryEnv } from './support/env.js';

async function ragmon(...argv: string[]) {
  const env = memoryEnv(argv, { columns: 100 });
  const code = await run(env);
  return { code, out: env.out(), err: env.err() };
}

describe('help', () => {
  test.each(['simulate', 'verify', 'cleanup'])('help %s is what its --help is', async (name) => {
    const help = await ragmon('help', name);
    expect(help).toEqual(await ragmon(name, '--help'));
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('--header');
  });

  test('help alone is what --help is', async () => {
    const help = await ragmon('help');
    expect(help).toEqual(await ragmon('--help'));
    expect(help).toMatchObject({ code: 0, err: '' });
  });

  test('help of what there is not', async () => {
    expect(await ragmon('help', 'simulat')).toEqual({
      code: 2,
      out: '',
      err: "ragmon: unknown command 'simulat' (Did you mean simulate?)\n  see ragmon --help\n",
    });
  });

  test('the list says of a command the same, loaded or not', async () => {
    const { out } = await ragmon('--help');
    expect(out).toMatch(/^ {2}simulate +push the metrics of simulated RAG services/m);
    expect(out).toMatch(/^ {2}verify +hold a run’s ledger against a Pushgateway or Prometheus$/m);
  });
});

test.each([
  [['simulate', '--seeed', 'x'], "unknown option '--seeed' (Did you mean one of --seed, --speed?)"],
  [['simulat'], "unknown command 'simulat' (Did you mean simulate?)"],
  [['verify', '--qiet'], "unknown option '--qiet' (Did you mean --quiet?)"],
  [['--versio'], "unknown option '--versio' (Did you mean --version?)"],
])('%j: at most two lines, the suggestion on the first', async (argv, message) => {
  const { code, out, err } = await ragmon(...argv);
  const called = argv.length > 1 ? `${argv[0]} ` : '';
  expect({ code, out, err }).toEqual({
    code: 2,
    out: '',
    err: `ragmon: ${message}\n  see ragmon ${called}--help\n`,
  });
});
