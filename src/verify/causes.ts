import { oneLine } from '../pushgateway/push-error.js';

/** The most likely reason of a difference. Findings of one group share it word for word. */
export interface Cause {
  readonly kind: CauseKind;
  readonly text: string;
  /** What the reader can do about it. */
  readonly hint: string;
}

const HINTS = {
  deleted: 'a cleanup, or a gateway that lost its state: verify sooner after the run',
  'not deleted': 'run ragmon cleanup, or delete the group by hand',
  overwritten: 'one run at a time on a grouping key: give each its own --label, or verify sooner',
  reset: 'find who else pushes to this grouping key: rate() takes a drop for a restart',
  'first sample missed':
    'hold the zeros for a scrape: --warmup no shorter than the scrape interval',
  'not scraped': 'does Prometheus scrape this Pushgateway? look at its Status > Targets page',
  'not stored': 'look at the errors of the run, then run it again',
  'push refused': 'another pusher sends what clashes with this gateway: see the log of the gateway',
  'scraped twice': 'sums over these series count double: keep one scrape job a gateway',
  computed: 'the samples are right: does the query reach all of them, are there gaps?',
  ledger: 'was the file changed by hand?',
} satisfies Record<string, string>;

export type CauseKind = keyof typeof HINTS;

const cause = (kind: CauseKind, text: string, hint: string = HINTS[kind]): Cause => ({
  kind,
  text,
  hint,
});

/** What names a run on the gateway, as `ragmon_run_info` has it. */
export interface OtherRun {
  readonly runId: string;
  readonly seed: string;
}

const OTHER_PUSHER = 'overwritten by a push that is not of ragmon: it has no ragmon_run_info';
const NO_HONOR = 'set honor_labels: true in the scrape job of the Pushgateway';

export const causes = {
  deleted: () => cause('deleted', 'group deleted'),
  notDeleted: () => cause('not deleted', 'the run says that it deleted the group, yet it is there'),
  /** By a run, or by someone who does not say. */
  overwritten: (run: OtherRun | undefined) =>
    cause(
      'overwritten',
      run
        ? oneLine(`overwritten by another run (run_id ${run.runId}, seed ${run.seed})`)
        : OTHER_PUSHER,
    ),
  changed: () => cause('overwritten', 'changed by another push that kept ragmon_run_info'),
  older: () =>
    cause(
      'not stored',
      'an older state of the run: the last push is not there',
      'has the gateway been restarted from an older file?',
    ),
  reset: () => cause('reset', 'counter reset: another push wrote less than the run began with'),
  dropped: () => cause('reset', 'counter reset: it fell during the run'),
  restartsTooOften: () => cause('reset', 'counter reset more often than jobs began'),
  notStored: (error: string | null) =>
    cause('not stored', oneLine(`the last push was not stored: ${error ?? 'no reason was given'}`)),
  pushRefused: () => cause('push refused', 'a later push to the group was refused by the gateway'),
  firstMissed: () =>
    cause(
      'first sample missed',
      'first sample missed: growth before the first scrape is lost to increase()',
    ),
  startUnseen: () =>
    cause(
      'first sample missed',
      'first sample missed: no scrape saw the value that the run went on from',
      'leave a scrape interval between two runs on one grouping key',
    ),
  notScraped: (seen: { exported: boolean; gateway: boolean }) => {
    const text = 'not scraped: Prometheus has no series of this group';
    if (seen.exported) {
      return cause('not scraped', `${text}, but it has exported_job variants of it`, NO_HONOR);
    }
    if (seen.gateway) {
      return cause('not scraped', text, 'it scrapes another Pushgateway, or none did in that time');
    }
    return cause('not scraped', text);
  },
  seriesNotScraped: () =>
    cause('not scraped', 'not scraped: others of the group are', 'look for metric_relabel_configs'),
  endNotScraped: () =>
    cause(
      'not scraped',
      'not scraped after the last push',
      'was the group deleted too soon, or is the scrape interval longer than --scrape-interval?',
    ),
  tooFewScrapes: () =>
    cause(
      'not scraped',
      'not scraped twice during the run: increase() needs two samples',
      'a run has to be longer than the scrape interval',
    ),
  scrapedTwice: () => cause('scraped twice', 'Prometheus has this series more than once'),
  computed: () => cause('computed', 'Prometheus computes something else from the same samples'),
  contradiction: () =>
    cause('ledger', 'the ledger contradicts itself: final − base is not the truth'),
};
