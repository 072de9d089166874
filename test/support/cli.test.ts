import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { type CliOptions, runCli, startCli } from './cli.js';

/** Makes any command say where it runs, and stay. */
const staying = (more = ''): CliOptions => ({
  env: {
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(
      `console.log('in', process.cwd(), Object.keys(process.env).sort().join()); setInterval(() => {}, 1000);${more}`,
    )}`,
  },
});

test('the built program runs in an empty folder and a clean environment', async () => {
  process.env.PUSHGATEWAY_URL = 'http://127.0.0.1:1';
  try {
    const result = await runCli(['--version'], {
      ...staying(),
      signalAfter: { signal: 'SIGKILL', output: new RegExp(manifest.version) },
    });
    const [, folder, vars] = result.stdout.match(/^in (\S+) (\S+)$/m) ?? [];
    expect(vars).toBe('HOME,NODE_OPTIONS,PATH');
    expect(existsSync(folder!)).toBe(false);
    expect(result).toMatchObject({ code: null, signal: 'SIGKILL' });
  } finally {
    delete process.env.PUSHGATEWAY_URL;
  }
});

test('exit code, streams and time', async () => {
  const result = await runCli(['no-such-command'], { stdin: 'text' });
  expect(result).toMatchObject({ code: 2, signal: null, stdout: '' });
  expect(result.stderr).toContain('no-such-command');
  expect(result.seconds).toBeGreaterThan(0);
});

test('what runs too long is killed, and its output shown', async () => {
  await expect(runCli(['--version'], { ...staying(), timeoutMs: 700 })).rejects.toThrow(
    /^ragmon --version ran longer than 700 ms\nstdout: in /,
  );
});

test('a running program can be watched and signalled', async () => {
  const handler = `process.on('SIGINT', () => process.exit(7));`;
  const cli = startCli(['--version'], staying(handler));
  await cli.waitFor(new RegExp(manifest.version));
  await expect(cli.waitFor(/never/, 100)).rejects.toThrow(/waited 100 ms for \/never\//);
  cli.kill('SIGINT');
  expect((await cli.exited).code).toBe(7);
  await expect(cli.waitFor(/never/)).rejects.toThrow(/ended before it wrote \/never\//);
});
