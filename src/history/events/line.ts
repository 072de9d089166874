import type { RequestEvent } from './events.js';

/** The fields of an event, in the order in which they are written. */
export const EVENT_FIELDS = [
  'event_id',
  'org',
  'api_endpoint',
  'operation_type',
  'event_trigger_time',
  'event_completion_time',
  'docstore_elapsed_time_ms',
  'docstore_num_docs_returned',
  'docstore_usage_cost',
  'llm_elapsed_time_ms',
  'llm_provider',
  'llm_model',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'llm_usage_cost',
  'status',
] as const satisfies readonly (keyof RequestEvent)[];

/** An event as one line of NDJSON, with its line end: numbers in plain decimal, money exact. */
export function eventLine(event: RequestEvent): string {
  const parts = EVENT_FIELDS.map((field) => `"${field}":${literal(field, event[field])}`);
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
