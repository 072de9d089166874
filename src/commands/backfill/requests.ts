import { UsageError } from '../../errors.js';
import { bigquerySchema } from '../../history/bigquery.js';
import { requestEvents } from '../../history/events/events.js';
import { EVENT_FIELDS } from '../../history/events/fields.js';
import { eventLine } from '../../history/events/line.js';
import { count } from '../../ui/format.js';
import { MINUTE } from '../../world/time.js';
import { deliver, writeFile } from './deliver.js';
import type { BackfillFlags } from './flags.js';
import { type Form, STDOUT, type Task } from './form.js';
import type { Past } from './options.js';
import { paced } from './paced.js';
import { datesOf, datesText, daysNamed, lengthOf } from './range.js';

/** A minute of requests stands in memory at once. Per second. */
const HIGHEST_RATE = 2000;

/** A line a user request: a day of them, where no days are named. */
export const REQUESTS: Form = {
  span: (flags, env) => daysNamed(flags, env.now(), 1),
  plan: requestsTask,
};

function requestsTask({ span, world }: Past, flags: BackfillFlags): Task {
  const { output = `rag_events_${lengthOf(span)}.ndjson`, bigquerySchema: schema } = flags;
  if (world.options.rate > HIGHEST_RATE) {
    throw new UsageError(`--format events takes a --rate of up to ${HIGHEST_RATE}`);
  }
  const [from, to] = [span.from / MINUTE, span.to / MINUTE];
  return {
    output,
    beside: schema === undefined ? [] : [{ flag: '--bigquery-schema', path: schema }],
    unit: 'minutes',
    async write(env, progress) {
      let events = 0;
      const minutes = function* () {
        for (let minute = from; minute < to; minute++) {
          const lines = Array.from(requestEvents(world, minute, minute + 1), eventLine);
          events += lines.length;
          yield Buffer.from(lines.join(''));
        }
      };
      const paces = paced(minutes(), to - from, progress, env);
      await deliver(output, paces, { env, stop: progress.stop });
      if (schema !== undefined) await writeFile(schema, bigquerySchema(EVENT_FIELDS), env);
      return {
        amount: `${count(events)} requests`,
        period: datesText(span),
        text: () => [],
        document: { ...datesOf(span), events },
      };
    },
    stopped: () => (output === STDOUT ? 'the events end here' : `${output} was not written`),
  };
}
