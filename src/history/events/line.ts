import type { RequestEvent } from './events.js';
import { EVENT_FIELDS } from './fields.js';

/** An event as one line of NDJSON, with its line end: numbers in plain decimal, money exact. */
export function eventLine(event: RequestEvent): string {
  const parts = EVENT_FIELDS.map(({ name: field }) => `"${field}":${literal(field, event[field])}`);
  return `{${parts.join(',')}}\n`;
}

function literal(field: string, value: string | number | null): string {
  return typeof value === 'number' && field.endsWith('_cost')
    ? plainDollars(value)
    : JSON.stringify(value);
}

/** Dollars to the picodollar, without an exponent and without zeros at the end. */
function plainDollars(dollars: number): string {
  return dollars.toFixed(12).replace(/\.?0+$/, '');
}
