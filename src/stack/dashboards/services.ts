import { jobAndInstance } from './variables.js';

/** By service: what counts its requests, and what times them. */
export const REQUESTS = {
  vectorlens: 'vectorlens_request_total',
  docstore: 'documentstore_request_total',
  chatapi: 'chatapi_request_total',
} as const;
export const DURATIONS = {
  vectorlens: 'vectorlens_request_duration_seconds',
  docstore: 'documentstore_request_duration_seconds',
  chatapi: 'chatapi_request_duration_seconds',
} as const;

/** `job` and `instance` of the RAG services. */
export const SERVICE_VARIABLES = jobAndInstance(Object.values(REQUESTS));
