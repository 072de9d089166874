import type { Env, StopSignal } from '../env.js';

export const SIGNAL_CODES: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143 };

/** The same signal again this soon, in ms, is the same stop: `timeout` sends it twice. */
const SAME_STOP = 500;

/** Aborts at the first signal; the second ends the process at once, after `giveBack`. */
export function stopper(
  env: Env,
  giveBack: () => void = () => {},
): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  let since = 0;
  const release = env.onStop((signal) => {
    if (controller.signal.aborted) {
      const again = signal === controller.signal.reason;
      if (again && env.monotonic() - since < SAME_STOP) return;
      giveBack();
      env.abandon(SIGNAL_CODES[signal]);
    }
    since = env.monotonic();
    controller.abort(signal);
  });
  return { signal: controller.signal, release };
}
