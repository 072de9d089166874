import { type Labels, seriesId } from '../series.js';
import type { GroupingKey } from './grouping-key.js';
import type { Group } from './listing.js';

/**
 * The numbers of a group by series id, `chatapi_request_total{model="x",status="success"}`, as the
 * job itself would write them: grouping labels removed, the others by name, then `le` or
 * `quantile`. A histogram becomes `_bucket`, `_sum` and `_count`.
 */
export function seriesOf(group: Group): Map<string, number> {
  const all = new Map<string, number>();
  for (const { name, series } of group.families.values()) {
    for (const one of series) {
      const labels = ownLabels(group.key, one.labels);
      if ('value' in one) {
        all.set(seriesId(name, labels), one.value);
        continue;
      }
      const [bounds, suffix, label] =
        'buckets' in one
          ? ([one.buckets, '_bucket', 'le'] as const)
          : ([one.quantiles, '', 'quantile'] as const);
      for (const [bound, value] of bounds) {
        all.set(seriesId(name + suffix, labels, [label, bound]), value);
      }
      all.set(seriesId(`${name}_sum`, labels), one.sum);
      all.set(seriesId(`${name}_count`, labels), one.count);
    }
  }
  return all;
}

function ownLabels(key: GroupingKey, labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).filter(
      ([name, value]) =>
        name !== 'job' &&
        !Object.hasOwn(key.labels, name) &&
        // The gateway adds an empty one where the key has none.
        !(name === 'instance' && value === ''),
    ),
  );
}
