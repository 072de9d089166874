import type { Env } from '../../env.js';
import type { Palette } from '../../ui/colours.js';
import type { ProgressBar } from '../../ui/progress-bar.js';
import type { BackfillFlags } from './flags.js';
import type { Past } from './options.js';
import type { Span } from './range.js';

/** Formats of rows a day. */
export type DailyName = 'csv' | 'ndjson' | 'parquet';
/** Formats of time series. */
export type SeriesName = 'openmetrics' | 'tsdb';

/** What a history is written as. */
export interface Form {
  /** The world time that the flags ask for. */
  span(flags: BackfillFlags, env: Env): Span | Promise<Span>;
  /** Checks what is left of the flags, and says what there is to do. */
  plan(past: Past, flags: BackfillFlags, env: Env): Task | Promise<Task>;
}

/** A history that is ready to be written. */
export interface Task {
  /** The file, the folder, or `-` for stdout. */
  readonly output: string;
  /** Whether it is a folder: one goes on with what is there; a file that is there is kept. */
  readonly folder?: boolean;
  /** Further files that it makes. */
  readonly beside: readonly Beside[];
  /** What its progress counts. */
  readonly unit: string;
  /** Rejects with the reason of `stop` once that aborts. */
  write(env: Env, progress: Progress): Promise<Result>;
  /** What is there when a signal ended it, as half a sentence. */
  stopped(): string;
}

/** A small file beside the data. */
export interface Beside {
  /** What asked for it. */
  readonly flag: string;
  readonly path: string;
  /** What it will hold, where that is known before the work. */
  readonly text?: string;
}

export interface Progress {
  readonly bar: ProgressBar;
  readonly stop: AbortSignal;
}

/** What was written, for a person and for a program. */
export interface Result {
  /** `365 days` */
  readonly amount: string;
  /** `2026-02-01 to 2026-03-01 UTC` */
  readonly period: string;
  /** More lines about it. */
  text(palette: Palette): readonly string[];
  readonly document: Readonly<Record<string, unknown>>;
}

export const STDOUT = '-';
