import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Three groups, one after the other: what computes gets every core; what runs commands and servers
// mostly waits, a few files at a time; what a Prometheus scrapes by the second comes last, two files
// at a time, so that nothing starves a scrape.
const SCRAPED = ['test/e2e/prometheus*.test.ts'];

export default defineConfig({
  test: {
    // .ci/run reads the JSON report.
    reporters: process.env.TEST_REPORT
      ? ['default', ['json', { outputFile: process.env.TEST_REPORT }]]
      : ['default'],
    globalSetup: './test/support/build.ts',
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          sequence: { groupOrder: 0 },
          maxWorkers: availableParallelism(),
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: SCRAPED,
          sequence: { groupOrder: 1 },
          maxWorkers: 3,
          maxConcurrency: 10,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'scraped',
          include: SCRAPED,
          sequence: { groupOrder: 2 },
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
