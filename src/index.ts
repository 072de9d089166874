// The library: what a test or an app imports from 'ragmon'.

export { type CleanupOptions, cleanup } from './cleanup/cleanup.js';
export type { Entry as CleanupEntry } from './cleanup/plan.js';
export type { Sweep, SweepPlan } from './cleanup/sweep.js';
export { RagmonError, UsageError } from './errors.js';
export {
  type Gateway,
  type GatewayOptions,
  startGateway,
} from './gateway/server.js';
export { createJobMetrics, type JobMetrics } from './instruments/job-metrics.js';
export { HistoryLedger } from './ledger/history-ledger.js';
export { type Delivery, type GroupDelivery, Ledger, type Truth } from './ledger/ledger.js';
export { createPushClient, type PushClient, type PushClientOptions } from './pushgateway/client.js';
export type { GroupingKey } from './pushgateway/grouping-key.js';
export type { Group, Listing } from './pushgateway/listing.js';
export { PushError } from './pushgateway/push-error.js';
export type { Observer } from './run/observer.js';
export { type SimulateOptions, type SimulateResult, simulate } from './run/simulate.js';
export { SERVICES } from './services/catalogue.js';
export type { Instrument, Service } from './services/service.js';
export type { AnyScenario, DatedScenario } from './world/dated.js';
export { type Scenario, type ScheduledIncident, schedule } from './world/incidents.js';
export { PRICES, type PriceList } from './world/prices.js';
export { findScenario, SCENARIOS } from './world/scenarios.js';
export { addStretch, emptyTotal, type Total } from './world/total.js';
export { createWorld, WORLD_VERSION, type World, type WorldOptions } from './world/world.js';
