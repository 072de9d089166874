/** What the alerts hold against, and the dashboards draw. Seconds, shares, US dollars, counts. */
export const THRESHOLDS = {
  /** p95 of `endpoint="search"`, and of `endpoint="answer"`. */
  searchLatency: 2,
  answerLatency: 15,
  /** Errors of requests. */
  errorRate: 0.05,
  /** Hits of lookups in the semantic cache. */
  cacheHitRate: 0.3,
  /** LLM and docstore, in one day. */
  costPerDay: 100,
  /** Requests left in the minute. */
  rateLimitRemaining: 100,
  /** p95. */
  timeToFirstToken: 3,
  /** Requests that succeed: the objective of the error budget, over 30 days. */
  availability: 0.99,
  /** Seconds since the last push of a job that did not say that it ended. */
  pushAge: 900,
  /** Seconds since a job last ended well, though one was started: two runs of an hourly job. */
  successAge: 7200,
  /**
   * Starts in little more than that time which are a job that fails again and again, not one that
   * runs long: an hourly job has as many.
   */
  restarts: 2,
} as const;

/**
 * Samples in a window below which a quantile or a ratio says nothing: a quiet night fires none. At one
 * request per second on average the quietest 5 minutes of a week hold about 140 requests, of which 80
 * are searches and 55 answers, and 25 first tokens: few enough that most nights' trouble is told.
 */
export const LEAST = {
  /** Lookups for a hit rate, calls for a projection of their cost, requests before there are none. */
  observations: 50,
  /** Requests to an endpoint for its p95: below 40, two answers that time out by chance would do. */
  timedRequests: 40,
  /** First tokens for their p95: of fewer, two slow ones by chance would do too often. */
  firstTokens: 25,
  /** Requests for an error rate. */
  requests: 80,
  /** Requests in the long window of a burn rate. */
  budgetRequests: 100,
  /** Requests in the short window of a burn rate, which is to say only whether it goes on. */
  stillGoingOn: 20,
} as const;
