import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli.js';
import { eventsOf, YEAR_INCIDENTS } from '../history/chart/samples.js';
import { runCli } from '../support/cli.js';
import { memoryEnv } from '../support/env.js';
import { temporaryFolder } from '../support/processes.js';
import { needs } from '../support/servers.js';

const YEAR = readFileSync(new URL('../history/chart/year.csv', import.meta.url), 'utf8');
const FILES = { 'year.csv': YEAR, 'events.json': eventsOf(YEAR_INCIDENTS) };

async function chart(argv: string[], files: Record<string, string> = FILES) {
  const env = memoryEnv(['chart', ...argv], { files });
  const code = await run(env);
  return { code, out: env.out(), err: env.err(), files: env.files };
}

describe('writes', () => {
  test('an SVG beside the data', async () => {
    const { files, ...result } = await chart(['year.csv', '--events', 'events.json']);
    expect(result).toEqual({
      code: 0,
      out: 'year.svg: 365 days, 21 Nov 2025 – 20 Nov 2026, 6 incidents\n',
      err: '',
    });
    expect(files.get('year.svg')).toContain('>provider-outage</text>');
  });

  test('an enlarged slide with a title, quietly', async () => {
    const argv = ['year.csv', '-o', 'b.SVG', '--size', '1920x1080', '--title', 'Cost', '-q'];
    const { files, code, out } = await chart(argv);
    expect([code, out]).toEqual([0, '']);
    expect(files.get('b.SVG')).toMatch(
      /^<svg width="1920" height="1080" [\s\S]*viewBox="0 0 1280 720">\n<title>Cost</,
    );
  });

  test('over a file when told to, in the theme that was asked for', async () => {
    const there = { ...FILES, 'a.svg': 'mine' };
    const refused = await chart(['year.csv', '-o', 'a.svg'], there);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toBe(
      'ragmon: a.svg exists\n  overwrite it with --force, or name another\n',
    );
    expect(refused.files.get('a.svg')).toBe('mine');
    const forced = await chart(['year.csv', '-o', 'a.svg', '--force', '--theme', 'dark'], there);
    expect(forced.code).toBe(0);
    expect(forced.files.get('a.svg')).toContain('fill="#12161c"');
  });
});

test.each([
  [['year.csv', '-o', 'a.pdf'], '-o: "a.pdf" does not say which format'],
  [['year.txt'], 'year.txt is neither .csv nor .parquet'],
  [['no.csv'], 'cannot read the data: ENOENT'],
  [['year.csv', '--events', 'no.json'], 'cannot read the events: ENOENT'],
  [['year.csv', '--events', 'year.csv'], 'year.csv is no list of events: it is not JSON'],
  [['year.csv', '--theme', 'blue'], '--theme: "blue" is none of light, dark'],
  [['year.csv', '--size', 'big'], '--size: "big" is not a size'],
  [['year.csv', '--size', '10x10'], '--size: 10x10 is not from 640x360 to 8192x8192 pixels'],
  [['bad.csv'], 'bad.csv:2: llm_cost: "x" is not a number'],
  [[], "missing required argument 'file'"],
])('%j is wrong usage', async (argv, message) => {
  const bad = { 'bad.csv': 'date,requests,docstore_cost,llm_cost\n2026-01-01,1,2,x\n' };
  const result = await chart(argv, { ...FILES, ...bad });
  expect(result).toMatchObject({ code: 2, out: '' });
  expect(result.err).toContain(`ragmon: ${message}`);
  expect([...result.files.keys()]).toEqual(['year.csv', 'events.json', 'bad.csv']);
});

test('a folder that is not there is found before the drawing', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'year.csv'), YEAR);
  const { code, stderr } = await runCli(['chart', 'year.csv', '-o', 'no/a.png'], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toBe('ragmon: cannot write no/a.png: ENOENT: no such file or directory\n');
});

needs('chromium')('the page, in a browser', () => {
  test.each(['light', 'dark'] as const)(
    '%s: drawn, silent, off the network',
    { timeout: 60_000 },
    async (scheme) => {
      const folder = temporaryFolder();
      for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
      const argv = ['chart', 'year.csv', '-o', 'year.html', '--events', 'events.json'];
      expect(await runCli(argv, { cwd: folder })).toMatchObject({ code: 0, stderr: '' });

      await inPage(join(folder, 'year.html'), scheme, async (page) => {
        const texts = await page.locator('#chart svg text').allTextContents();
        expect(texts).toEqual(
          expect.arrayContaining([
            ...['RAG requests and their cost', 'Each day', '7-day mean', 'Incident', 'Dec', 'Nov'],
            ...['Requests per day', 'Document store cost per day', 'LLM cost per day', '$40'],
            ...YEAR_INCIDENTS.map(({ name }) => name),
          ]),
        );
        expect(await page.getAttribute('html', 'data-theme')).toBe(scheme);
        expect(await page.getAttribute('#chart', 'aria-label')).toMatch(
          /^Three panels over 365 days/,
        );

        await page.mouse.move(957, 400);
        const tip = page.locator('#chart table');
        await tip.waitFor();
        expect(await tip.textContent()).toMatch(/Requests\d\d,\d{3}\d\d,\d{3}Document/);
        // Whoever changes the system's theme sees it at once.
        const other = scheme === 'light' ? 'dark' : 'light';
        await page.emulateMedia({ colorScheme: other });
        await page.locator(`html[data-theme=${other}]`).waitFor();
      });
    },
  );

  test('names the day under the pointer, at both edges and beside a gap', async () => {
    const folder = temporaryFolder();
    // Ten days of a tenth of the width each, from 76 to 1248; the fifth and the sixth are missing.
    const days = ['01', '02', '03', '04', '07', '08', '09', '10'];
    const rows = days.map((day) => `2026-03-${day},1${day},2,3\n`);
    writeFileSync(
      join(folder, 'gap.csv'),
      `date,requests,docstore_cost,llm_cost\n${rows.join('')}`,
    );
    await runCli(['chart', 'gap.csv', '-o', 'gap.html'], { cwd: folder });
    await inPage(join(folder, 'gap.html'), 'light', async (page) => {
      const places: readonly { day: string; at: number }[] = [
        { day: '1 March', at: 0 },
        { day: '2 March', at: 1.5 },
        { day: '4 March', at: 3.9 },
        { day: '7 March', at: 6.1 },
        { day: '4 March', at: 4.3 },
        { day: '7 March', at: 5.7 },
        { day: '1 March', at: 0.5 },
        { day: '10 March', at: 10 },
      ];
      for (const { day, at } of places) {
        await page.mouse.move(76 + at * 117.2, 400);
        await page.locator('#chart strong', { hasText: ` ${day} 2026` }).waitFor();
      }
    });
  });
});

/** Opens it, and expects that it says nothing and asks the network for nothing. */
async function inPage(
  file: string,
  colorScheme: 'light' | 'dark',
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme });
    const seen: string[] = [];
    page.on('console', (message) => seen.push(message.text()));
    page.on('pageerror', (error) => seen.push(error.message));
    page.on('request', (request) => seen.push(request.url()));
    const url = `file://${file}`;
    await page.goto(url);
    await use(page);
    expect(seen).toEqual([url]);
  } finally {
    await browser.close();
  }
}
