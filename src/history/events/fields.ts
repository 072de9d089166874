import type { BigqueryField } from '../bigquery.js';
import type { RequestEvent } from './events.js';

type EventField = BigqueryField & { readonly name: keyof RequestEvent };

const field = (
  name: keyof RequestEvent,
  type: BigqueryField['type'],
  description: string,
): EventField => ({ name, type, mode: 'REQUIRED', description });

/** A field that is null where the request did not come to it. */
const maybe = (...args: Parameters<typeof field>): EventField => ({
  ...field(...args),
  mode: 'NULLABLE',
});

/**
 * The fields of an event, in the order in which they are written. Costs have up to 12 decimals,
 * for which BigQuery's NUMERIC is too narrow.
 */
export const EVENT_FIELDS: readonly EventField[] = [
  field('event_id', 'STRING', 'A UUID (version 7), in the order of the events.'),
  field('org', 'STRING', 'Who asked.'),
  field('api_endpoint', 'STRING', 'search, answer or ingest.'),
  maybe(
    'operation_type',
    'STRING',
    'The last operation that docstore was asked for: search, get (after a search), put; null where none was, as for a cached answer.',
  ),
  field(
    'event_trigger_time',
    'TIMESTAMP',
    'When the request came: metrics count it in this minute.',
  ),
  field('event_completion_time', 'TIMESTAMP', 'When it was answered.'),
  maybe('docstore_elapsed_time_ms', 'FLOAT64', 'All operations of docstore together (ms).'),
  maybe('docstore_num_docs_returned', 'INT64', 'Documents that the search found.'),
  maybe(
    'docstore_usage_cost',
    'BIGNUMERIC',
    'Units read and written (US dollars); storage is no request’s.',
  ),
  maybe('llm_elapsed_time_ms', 'FLOAT64', 'The LLM call (ms).'),
  maybe('llm_provider', 'STRING', 'Who serves the model.'),
  maybe('llm_model', 'STRING', 'The model that was called.'),
  maybe('input_tokens', 'INT64', 'Tokens sent to the LLM.'),
  maybe('output_tokens', 'INT64', 'Tokens that came back.'),
  maybe('total_tokens', 'INT64', 'Both together.'),
  maybe('llm_usage_cost', 'BIGNUMERIC', 'Tokens × the price of the day (US dollars).'),
  field('status', 'STRING', 'success or error, as the metrics have it.'),
];
