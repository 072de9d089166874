import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Two groups, one after the other: what computes gets every core; what talks to real servers and
// watches the clock comes after it, two files at a time, so that nothing starves a scrape.
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
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
          // Most of them wait for a clock.
          maxConcurrency: 10,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
