import { SERVICES } from '../../src/services/catalogue.js';
import { flowSource } from '../../src/world/flow.js';
import { schedule } from '../../src/world/incidents.js';
import type { ServiceModel } from '../../src/world/model.js';
import { ROUTES } from '../../src/world/routes.js';
import { findScenario } from '../../src/world/scenarios.js';
import type { Tally } from '../../src/world/tally.js';
import { dayOf } from '../../src/world/time.js';
import { addStretch, emptyTotal, type Total } from '../../src/world/total.js';
import { vectorlensModel as vectorlens } from '../../src/world/vectorlens.js';
import { createWorld, WORLD_VERSION } from '../../src/world/world.js';
import { yearIncidents } from '../../src/world/year.js';

const SEED = 'frozen';
const DAY = dayOf('2026-09-16');
const MINUTE = DAY * 1440 + 14 * 60 + 34;
const YEARS = [dayOf('2026-01-01') * 1440, dayOf('2028-01-01') * 1440] as const;
const CHRISTMAS = dayOf('2026-12-25') * 1440 + 14 * 60 + 34;

/**
 * Seeded output as text, to be frozen: a minute, an incident's minute, a second of two jobs, an
 * hour, a day, a minute of the holidays, and the incidents of two years. A change here is a change
 * of the world's numbers and raises its version.
 */
export function frozen(): string {
  const world = createWorld({ seed: SEED, rate: 1, profile: 'daily' });
  const scenario = findScenario('latency-spike')!;
  const incidents = schedule(scenario, (MINUTE - 5) * 60, undefined);
  const struck = createWorld({ seed: SEED, rate: 1, profile: 'daily', incidents });
  const flow = flowSource({ seed: SEED, rate: 1000, profile: 'flat' });
  const { routes, amounts } = flow.hour(Math.floor(MINUTE / 60));
  return [
    `world ${WORLD_VERSION}, seed ${SEED}, minute ${MINUTE}`,
    ...SERVICES.flatMap(({ model }) => [
      tallyText(`${model.name}, a minute`, model, world.tally(model, MINUTE)),
      tallyText(`${model.name}, the same in a latency spike`, model, struck.tally(model, MINUTE)),
      ...world
        .jobs(model, MINUTE * 60 + 21, 2)
        .map((tally, job) => tallyText(`${model.name}, a second of job ${job} of 2`, model, tally)),
      totalText(`${model.name}, the day`, model, dayTotal(world, model)),
    ]),
    `an hour at rate 1000\n  ${ROUTES.map(({ name }, i) => `${name} ${routes[i]}`).join('\n  ')}`,
    `  amounts ${amounts.join(' ')}`,
    `stored bytes ${world.storedBytes(MINUTE * 60)}`,
    tallyText('vectorlens, Christmas', vectorlens, world.tally(vectorlens, CHRISTMAS)),
    'incidents of 2026 and 2027',
    ...yearIncidents(SEED, ...YEARS).map(({ name, from, to }) => `  ${from} to ${to} ${name}`),
  ].join('\n');
}

function dayTotal(world: ReturnType<typeof createWorld>, model: ServiceModel): Total {
  const total = emptyTotal(model);
  addStretch(world, model, DAY * 86_400, (DAY + 1) * 86_400, [total]);
  return total;
}

function tallyText(title: string, { shape }: ServiceModel, tally: Tally): string {
  const counts = shape.classes.flatMap((name, i) =>
    tally.counts[i] ? [`${name} ${tally.counts[i]}`] : [],
  );
  const histograms = tally.buckets.map(
    (buckets, h) => `${[...buckets].join(' ')} = ${tally.sums[h]}`,
  );
  return [title, counts.join(', '), ...histograms, `amounts ${[...tally.amounts].join(' ')}`].join(
    '\n  ',
  );
}

function totalText(title: string, model: ServiceModel, total: Total): string {
  const sums = total.sums.map(Number);
  const { counts, buckets, amounts } = total;
  const text = tallyText(title, model, {
    counts: [...counts],
    buckets: buckets.map((each) => [...each]),
    sums,
    amounts: [...amounts],
  });
  return `${text}\n  money ${total.money.join(' ')}`;
}
