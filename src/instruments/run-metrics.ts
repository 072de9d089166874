import { type Family, type Lines, linesOf, writeLines } from './lines.js';

/** Who pushed a group: `cleanup` knows ragmon's own groups by it. */
export interface RunInfo {
  readonly version: string;
  readonly run_id: string;
  readonly seed: string;
  readonly scenario: string;
}

/** Wall times of a job, Unix seconds; the last two are set when a job ends, and carried on. */
export interface JobTimes {
  readonly start: number;
  readonly lastSuccess?: number;
  /** Seconds. */
  readonly duration?: number;
}

/** Names of the labels of `ragmon_run_info`. */
export const RUN_INFO_LABELS = [
  'version',
  'run_id',
  'seed',
  'scenario',
] as const satisfies readonly (keyof RunInfo)[];

export const RUN_INFO = 'ragmon_run_info';
export const JOB_START = 'ragmon_job_start_timestamp_seconds';
export const JOB_LAST_SUCCESS = 'ragmon_job_last_success_timestamp_seconds';
export const JOB_DURATION = 'ragmon_job_duration_seconds';

const HELP = {
  [RUN_INFO]: 'The run of ragmon that pushed this group last; always 1.',
  [JOB_START]: 'When the job started, Unix time.',
  [JOB_LAST_SUCCESS]: 'When a job of this group last ended well, Unix time.',
  [JOB_DURATION]: 'How long the job of this group that last ended took, wall time.',
};

/** What every group carries beside the series of its service: families, with their one value. */
export function runFamilies(info: RunInfo, { start, lastSuccess, duration }: JobTimes) {
  const all = [
    { name: RUN_INFO, labels: { ...info }, value: 1 },
    { name: JOB_START, labels: {}, value: start },
    { name: JOB_LAST_SUCCESS, labels: {}, value: lastSuccess },
    { name: JOB_DURATION, labels: {}, value: duration },
  ] as const;
  return all.flatMap(({ name, labels, value }) => {
    const family: Family = { name, help: HELP[name], kind: 'gauge', series: [labels] };
    return value === undefined ? [] : [{ family, value }];
  });
}

/** The same as text format 0.0.4. */
export function runText(info: RunInfo, times: JobTimes): string {
  const { lines, values } = rows(info, times);
  return writeLines(lines, values);
}

/** The same by series id. */
export function runValues(info: RunInfo, times: JobTimes): Map<string, number> {
  const { lines, values } = rows(info, times);
  return new Map(lines.ids.map((id, i) => [id, values[i]!]));
}

function rows(info: RunInfo, times: JobTimes): { lines: Lines; values: number[] } {
  const all = runFamilies(info, times);
  return {
    lines: linesOf(all.map(({ family }) => family)),
    values: all.map(({ value }) => value),
  };
}
