import type { Output } from '../env.js';
import * as format from './format.js';
import type { View } from './live-view.js';
import type { Progress, ServiceProgress } from './progress.js';
import { totalsOf } from './totals.js';

/**
 * Plain lines for where no cursor moves (a log, a pipe, NO_COLOR): one every `everyTicks` updates,
 * and always the first, the last, and one when the incidents change.
 */
export function createLineReporter(output: Output, everyTicks: number): View {
  let ticks = 0;
  let incidents = '';
  let pending: Progress | undefined;
  let ended = false;

  const print = (progress: Progress) => {
    output.write(`${progressLine(progress)}\n`);
    pending = undefined;
  };

  return {
    update(progress) {
      if (ended) return;
      const due = ticks % Math.max(1, everyTicks) === 0;
      const last = progress.duration !== undefined && progress.elapsed >= progress.duration;
      const changed = progress.incidents.join() !== incidents;
      ticks++;
      incidents = progress.incidents.join();
      pending = progress;
      if (due || last || changed) print(progress);
    },
    note(line) {
      output.write(`${line}\n`);
    },
    end() {
      if (pending && !ended) print(pending);
      ended = true;
    },
  };
}

/** `00:25/01:00 vectorlens 26 req 1.0/s p95 210ms 0 err · … · pushes 15 ok` */
export function progressLine(progress: Progress): string {
  const { elapsed, duration, incidents, services } = progress;
  const { cost, pushes } = totalsOf(services);
  const failed = pushes.failed > 0 ? `, ${format.count(pushes.failed)} failed` : '';
  const time = format.clock(elapsed, duration);
  const parts = [
    ...services.map(serviceText),
    ...(cost === null ? [] : [`cost ${format.dollars(cost)}`]),
    `pushes ${format.count(pushes.ok)} ok${failed}`,
    ...(incidents.length === 0 ? [] : [`incident ${incidents.join(', ')}`]),
  ];
  return `${time}${duration === undefined ? '' : `/${format.clock(duration)}`} ${parts.join(' · ')}`;
}

function serviceText({ name, requests, rate, p95, errors }: ServiceProgress): string {
  const speed = `${format.count(requests)} req ${format.rate(rate)}`;
  return `${name} ${speed} p95 ${format.latency(p95)} ${format.count(errors)} err`;
}
