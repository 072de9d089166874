// level:metric:operations. The level says by what a series is told apart, beside the labels that a
// user gives: `system` is all services together. The windows in the names are those that are shipped.

/** What the recorded series are called. */
export const RECORDED = {
  latency: 'job_endpoint:vectorlens_request_duration_seconds:p95_5m',
  timedRequests: 'job_endpoint:vectorlens_request_duration_seconds_count:increase5m',
  firstToken: 'job:chatapi_time_to_first_token_seconds:p95_5m',
  firstTokens: 'job:chatapi_time_to_first_token_seconds_count:increase5m',
  hitRate: 'job_cache:vectorlens_cache_hits_per_lookup:ratio_rate15m',
  lookups: 'job_cache:vectorlens_cache_lookup:increase15m',
  errorRate: (window: string) => `job:vectorlens_request_errors_per_request:ratio_rate${window}`,
  requests: (window: string) => `job:vectorlens_request:increase${window}`,
  /** There where the window is covered: requests were counted in its first twelfth. */
  covered: (window: string) => `job:vectorlens_request:covered${window}`,
  costByJob: (window: string) => `job:cost_dollars:increase${window}`,
  cost: (window: string) => `system:cost_dollars:increase${window}`,
  costCovered: 'system:cost_dollars:covered1h',
  paidRequests: 'system:paid_request:increase1h',
  requestsByInstance: 'instance_job:request:increase10m',
  /** There while the latest job of a group has ended, well: the time at which it did. */
  ended: 'instance_job:ragmon_job:ended',
} as const;
