/** The queries of the catalogue, as written there. */
export const QUERIES = [
  'vectorlens_request_total',
  'vectorlens_request_duration_seconds_bucket',
  'documentstore_request_total',
  'chatapi_request_total',
  'histogram_quantile(0.95, rate(vectorlens_request_duration_seconds_bucket[5m]))',
  'histogram_quantile(0.95, rate(documentstore_request_duration_seconds_bucket[5m]))',
  'histogram_quantile(0.95, rate(chatapi_request_duration_seconds_bucket[5m]))',
];
