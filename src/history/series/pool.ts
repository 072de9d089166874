/** A few tasks at a time; the first that fails ends them all. */
export interface Pool {
  /** Aborts with the signal given, and when a task has failed. */
  readonly signal: AbortSignal;
  /** Starts a task once there is room for it. */
  run(task: (stop: AbortSignal) => Promise<void>): Promise<void>;
  /** Resolves when all tasks have ended. */
  end(): Promise<void>;
  /** Ends all tasks, and resolves when they have ended. */
  close(): Promise<void>;
  /** Throws what the first failed task threw; nothing where it was the signal that ended it. */
  rethrow(): void;
}

export function createPool(size: number, signal: AbortSignal | undefined): Pool {
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const running = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;
  const start = async (task: (stop: AbortSignal) => Promise<void>) => {
    try {
      await task(stop);
    } catch (error) {
      if (!stop.aborted) failure = { error };
      failed.abort();
    }
  };
  const end = async () => {
    await Promise.all(running);
  };
  return {
    signal: stop,
    run: async (task) => {
      while (running.size >= size && !stop.aborted) await Promise.race(running);
      if (stop.aborted) return;
      const ended: Promise<void> = start(task).finally(() => running.delete(ended));
      running.add(ended);
    },
    end,
    close: async () => {
      failed.abort();
      await end();
    },
    rethrow: () => {
      if (failure) throw failure.error;
    },
  };
}
