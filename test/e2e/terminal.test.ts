import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Guarded, spawnGuarded, temporaryFolder, until } from '../support/processes.js';
import { needs, type Server, startPushgateway } from '../support/servers.js';
import { screen } from '../ui/screen.js';

const BIN = new URL('../../bin/ragmon.js', import.meta.url).pathname;
const ESCAPE = '\x1b';
const HIDE = '\x1b[?25l';
const SHOW = '\x1b[?25h';

interface Terminal {
  /** All that the terminal was sent. */
  readonly run: Guarded;
  /** To the program itself: `script` would end without it. */
  signal(...signals: NodeJS.Signals[]): Promise<void>;
}

interface TerminalOptions {
  /** 0: the terminal does not know, as `script` leaves it. */
  columns: number;
  env?: Record<string, string>;
}

/** `ragmon simulate` in a pseudo-terminal, which util-linux's `script` opens. */
function simulate(url: string, args: string[], { columns, env }: TerminalOptions): Terminal {
  const folder = temporaryFolder();
  const size = columns > 0 ? `stty cols ${columns} rows 40;` : '';
  const flags = [
    ...['simulate', '-g', url, '-i', '500ms', '--warmup', '0', '--rate', '50'],
    ...['--start', '2026-03-02T09:00:00Z', ...args],
  ];
  const command = `${size} echo $$ > pid; exec "${process.execPath}" "${BIN}" ${flags.join(' ')}`;
  const run = spawnGuarded('script', ['-qfec', command, '/dev/null'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, TERM: 'xterm', SHELL: '/bin/sh', ...env },
    folders: [folder],
  });
  return {
    run,
    signal: async (...signals) => {
      const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
      for (const signal of signals) process.kill(pid, signal);
    },
  };
}

/** What the terminal shows in the end, and the text that was drawn over on the way. */
function shown(run: Guarded, columns: number) {
  // The terminal adds the carriage returns.
  return { ...screen(run.output(), columns), text: run.output() };
}

const count = (text: string, part: string) => text.split(part).length - 1;
const drawn = (run: Guarded) =>
  until('the live view', () => count(run.output(), `${ESCAPE}[J`) > 2 || run.ended());

needs('prometheus-pushgateway', 'script')('ragmon simulate in a terminal', () => {
  let gateway: Server;
  beforeAll(async () => {
    gateway = await startPushgateway();
  });

  test.concurrent.each([120, 60, 0])('a live view, %i columns wide', async (columns) => {
    const width = columns || 80;
    const { run } = simulate(gateway.url, ['-d', '6s', '--instance', `w${columns}`], { columns });
    expect((await run.exited).code).toBe(0);
    const { lines, cursor, text } = shown(run, width);
    expect([count(text, HIDE), count(text, SHOW), cursor]).toEqual([1, 1, true]);
    // One picture, drawn again and again, and in colour.
    expect(count(text, `${ESCAPE}[J`)).toBeGreaterThanOrEqual(4);
    expect(text.split(ESCAPE).some((part) => /^\[\d+A/.test(part))).toBe(true);
    expect(text.split(ESCAPE).some((part) => /^\[\d+m/.test(part))).toBe(true);
    // In the end only the summary stands there: had a line wrapped, its rest would stand above it.
    const far = screen(text, 10_000);
    expect(lines).toEqual(far.lines);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(width);
    expect(lines[0]).toMatch(/^service /);
  });

  test.concurrent('SIGINT: exit 130, and the cursor is back', async () => {
    const terminal = simulate(gateway.url, ['-d', 'inf', '--instance', 'int'], { columns: 100 });
    await drawn(terminal.run);
    expect(screen(terminal.run.output(), 100).cursor).toBe(false);
    await terminal.signal('SIGINT');
    expect((await terminal.run.exited).code).toBe(130);
    const { cursor, text } = shown(terminal.run, 100);
    expect([count(text, HIDE), count(text, SHOW), cursor]).toEqual([1, 1, true]);
  });

  test.concurrent('a second signal: the end at once, and the cursor is back', async () => {
    const terminal = simulate(gateway.url, ['-d', 'inf', '--instance', 'two'], { columns: 100 });
    await drawn(terminal.run);
    // The last pushes, which the first one asks for, take longer than the second one.
    await terminal.signal('SIGINT', 'SIGTERM');
    // Two that are pending together may come in either order.
    expect([130, 143]).toContain((await terminal.run.exited).code);
    const { cursor, text } = shown(terminal.run, 100);
    expect([count(text, HIDE), count(text, SHOW), cursor]).toEqual([1, 1, true]);
    // No summary: it did not come to that.
    expect(text.slice(text.indexOf(SHOW) + SHOW.length).trim()).toBe('');
  });

  test.concurrent.each<[string, string[], Record<string, string>]>([
    ['NO_COLOR', [], { NO_COLOR: '1' }],
    ['--no-color', ['--no-color'], {}],
    ['TERM=dumb', [], { TERM: 'dumb' }],
  ])('%s: no escape sequences at all', async (name, args, env) => {
    const all = ['-d', '2s', '--instance', name, ...args];
    const { run } = simulate(gateway.url, all, { columns: 100, env });
    expect((await run.exited).code).toBe(0);
    expect(run.output()).not.toContain(ESCAPE);
    expect(run.output()).toContain('00:02/00:02');
  });
});
