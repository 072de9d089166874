import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Three groups, one after the other: what computes gets every core, and beside it the README's
// commands, which wait for minutes of real time; what runs commands and servers mostly waits, a few
// files and a few tests of each at a time; what a Prometheus scrapes by the second comes last, so
// that nothing starves a scrape.
const README = 'test/e2e/readme.test.ts';
const SCRAPED = 'test/e2e/prometheus*.test.ts';

/** Short files that take long: begun last they would keep a group waiting. */
const SLOW = /\/(e2e\/(readme|simulate\S*|history-prometheus|embedded)|package|nodes)\.test\.ts$/;

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const slow = ({ moduleId }: TestSpecification) => SLOW.test(moduleId);
    return [...sorted.filter(slow), ...sorted.filter((file) => !slow(file))];
  }
}

export default defineConfig({
  test: {
    // .ci/run reads the JSON report.
    reporters: process.env.TEST_REPORT
      ? ['default', ['json', { outputFile: process.env.TEST_REPORT }]]
      : ['default'],
    globalSetup: './test/support/build.ts',
    pool: 'forks',
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/!(e2e)/**/*.test.ts', 'test/*.test.ts', README],
          sequence: { groupOrder: 0 },
          // One more than there are cores: it computes while another waits.
          maxWorkers: availableParallelism() + 1,
          maxConcurrency: 10,
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [README, SCRAPED],
          sequence: { groupOrder: 1 },
          maxWorkers: 3,
          maxConcurrency: 4,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'scraped',
          include: [SCRAPED],
          sequence: { groupOrder: 2 },
          maxWorkers: 3,
          maxConcurrency: 3,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
