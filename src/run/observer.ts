import type { Progress } from '../ui/progress.js';

/** Who watches a run. */
export interface Observer {
  /** After every tick, and once more at the end. */
  update(progress: Progress): void;
  /** One line about something that the user should know. */
  note(line: string): void;
}
