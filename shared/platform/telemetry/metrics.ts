import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

interface MetricRow {
  readonly name: `convoy_${string}`;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  /** Upper bounds, in the metric's unit. */
  readonly buckets?: readonly number[];
  /** Values of a counter's one label that are there from the start: Prometheus sees no rise in a series that begins at 1. */
  readonly fromZero?: readonly string[];
}

/** From a fast warm read (milliseconds) to the longest a router may take. */
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Few, because every activity has them. */
const ACTIVITY_SECONDS = [0.01, 0.05, 0.25, 1, 5, 30, 120];

/** Every metric of ours. Labels have few values each: no device, plan, person or address ever is one. */
export const METRICS = {
  httpRequestSeconds: {
    name: 'convoy_http_request_seconds',
    help: 'Time to answer an HTTP request, by route pattern.',
    type: 'histogram',
    labels: ['method', 'route', 'status'],
    buckets: REQUEST_SECONDS,
  },
  operationSeconds: {
    name: 'convoy_operation_seconds',
    help: 'Time of one operation as its caller saw it; door is nexus, activity or workflow.',
    type: 'histogram',
    labels: ['operation', 'outcome', 'door'],
    buckets: REQUEST_SECONDS,
  },
  calls: {
    name: 'convoy_calls_total',
    help: 'Calls by what came of them: ok, or an error code.',
    type: 'counter',
    labels: ['operation', 'surface', 'outcome'],
  },
  callsRefused: {
    name: 'convoy_calls_refused_total',
    help: 'Calls refused before anything was done, by error code.',
    type: 'counter',
    labels: ['surface', 'code'],
  },
  tokensVerified: {
    name: 'convoy_tokens_verified_total',
    help: 'Access tokens looked at, by what came of it.',
    type: 'counter',
    labels: ['outcome'],
  },
  issuerKeyReads: {
    name: 'convoy_issuer_key_reads_total',
    help: "Attempts to read the identity provider's signing keys; outcome is ok or failed.",
    type: 'counter',
    labels: ['outcome'],
    fromZero: ['ok', 'failed'],
  },
  issuerKeysRead: {
    name: 'convoy_issuer_keys_read_timestamp_seconds',
    help: 'When the signing keys in use were read, seconds since 1970; they are given up CONVOY_OIDC_KEYS_KEEP_SECONDS later.',
    type: 'gauge',
    labels: [],
  },
  routerosRequestSeconds: {
    name: 'convoy_routeros_request_seconds',
    help: 'Time of one REST request to a router.',
    type: 'histogram',
    labels: ['outcome'],
    buckets: REQUEST_SECONDS,
  },
  laneWaitSeconds: {
    name: 'convoy_lane_wait_seconds',
    help: "Time a request waited for its device's slot and request rate.",
    type: 'histogram',
    labels: [],
    buckets: REQUEST_SECONDS,
  },
  queueWaitSeconds: {
    name: 'convoy_queue_wait_seconds',
    help: 'Time an activity waited in its Temporal queue until a worker took it, by kind of queue.',
    type: 'histogram',
    labels: ['queue'],
    buckets: REQUEST_SECONDS,
  },
  activitySeconds: {
    name: 'convoy_activity_seconds',
    help: 'Time of one attempt of an activity; outcome is ok or failed.',
    type: 'histogram',
    labels: ['activity', 'outcome'],
    buckets: ACTIVITY_SECONDS,
  },
  breakerChanges: {
    name: 'convoy_breaker_changes_total',
    help: 'Devices that were left alone after failures in a row (open), and that answered again (closed).',
    type: 'counter',
    labels: ['state'],
  },
  lanesOpen: { name: 'convoy_lanes_open', help: 'Lanes this process holds now.', type: 'gauge', labels: [] },
  lanesOpened: {
    name: 'convoy_lanes_opened_total',
    help: 'Lanes this process took.',
    type: 'counter',
    labels: [],
  },
  lanesClosed: {
    name: 'convoy_lanes_closed_total',
    help: 'Lanes this process gave up: idle, settings changed, drained or failed.',
    type: 'counter',
    labels: ['reason'],
  },
  plans: {
    name: 'convoy_plans_total',
    help: 'Plans that reached a status.',
    type: 'counter',
    labels: ['status'],
    fromZero: ['rollback_incomplete'],
  },
  approvals: {
    name: 'convoy_approvals_total',
    help: 'Decisions on plans: counted, or refused with a code.',
    type: 'counter',
    labels: ['decision', 'outcome'],
  },
  rolloutDevices: {
    name: 'convoy_rollout_devices_total',
    help: 'Devices a rollout or rollback dealt with, by the status they ended in.',
    type: 'counter',
    labels: ['outcome'],
  },
  emergencyStops: {
    name: 'convoy_emergency_stops_active',
    help: 'Emergency stops that hold now, as the web process found them within the last five seconds.',
    type: 'gauge',
    labels: [],
  },
  webhookAttempts: {
    name: 'convoy_webhook_attempts_total',
    help: 'Attempts to tell an endpoint of an event; outcome is delivered, failed or given_up, after which it is left to people.',
    type: 'counter',
    labels: ['outcome'],
    fromZero: ['delivered', 'failed', 'given_up'],
  },
  logLinesLost: {
    name: 'convoy_log_lines_lost_total',
    help: 'Log lines that could not be written, as on a full disk.',
    type: 'counter',
    labels: [],
  },
  databaseCondition: {
    name: 'convoy_database_condition',
    help: 'The database as the web process found it within the last seconds: 0 takes reads and writes, 1 takes no writes, 2 is away.',
    type: 'gauge',
    labels: [],
  },
  clockOffset: {
    name: 'convoy_clock_offset_seconds',
    help: "How far the machine's clock is ahead of the database's, which is gone by; below zero: behind.",
    type: 'gauge',
    labels: [],
  },
  spansExported: {
    name: 'convoy_trace_spans_exported_total',
    help: 'Spans of traces sent to the collector; outcome is ok, or failed when it did not take them.',
    type: 'counter',
    labels: ['outcome'],
  },
  healthChecks: {
    name: 'convoy_health_checks_total',
    help: 'Background checks of devices by what they found; left is a device that was left alone.',
    type: 'counter',
    labels: ['outcome'],
  },
  deviceMetricVisits: {
    name: 'convoy_device_metric_visits_total',
    help: 'Visits of routers to collect what they measure; outcome is visited, failed or skipped.',
    type: 'counter',
    labels: ['outcome'],
  },
  plansOpen: {
    name: 'convoy_plans_open',
    help: 'Plans that are not settled, by status; the same in every worker.',
    type: 'gauge',
    labels: ['status'],
  },
  devices: {
    name: 'convoy_devices',
    help: 'Registered devices by how their checks find them; the same in every worker.',
    type: 'gauge',
    labels: ['status'],
  },
  breakersOpen: {
    name: 'convoy_breakers_open',
    help: 'Devices that are left alone now after failures in a row; the same in every worker.',
    type: 'gauge',
    labels: [],
  },
  scheduleSuccess: {
    name: 'convoy_schedule_success_timestamp_seconds',
    help: 'When a schedule succeeded last, seconds since 1970; of one per cohort, the cohort where that is the longest ago. Before the first success: when it was made.',
    type: 'gauge',
    labels: ['schedule'],
  },
  scheduleEvery: {
    name: 'convoy_schedule_every_seconds',
    help: 'How often a schedule is to run.',
    type: 'gauge',
    labels: ['schedule'],
  },
  auditUnanchored: {
    name: 'convoy_audit_unanchored_records',
    help: 'Audit records behind the last anchor of the chain; the same in every worker.',
    type: 'gauge',
    labels: [],
  },
  auditAnchored: {
    name: 'convoy_audit_anchored_timestamp_seconds',
    help: 'When the audit chain was anchored last, seconds since 1970; the same in every worker.',
    type: 'gauge',
    labels: [],
  },
  auditEvents: {
    name: 'convoy_audit_events_total',
    help: 'Audit records appended.',
    type: 'counter',
    labels: ['outcome'],
  },
} as const satisfies Record<string, MetricRow>;

type Table = typeof METRICS;
type LabelsOf<Key extends keyof Table> = Table[Key]['labels'][number];
interface MetricOf<Labels extends string> {
  counter: Counter<Labels>;
  gauge: Gauge<Labels>;
  histogram: Histogram<Labels>;
}

/** The metrics of one process, by the table's keys, and the registry that renders them. */
export type Metrics = { readonly [Key in keyof Table]: MetricOf<LabelsOf<Key>>[Table[Key]['type']] } & {
  readonly registry: Registry;
};

/** Makes a registry of its own, so that two in one process do not meet; Node's own metrics keep their usual names. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = Object.fromEntries(Object.entries(METRICS).map(([key, row]) => [key, createMetric(row, registry)]));
  return { ...metrics, registry } as unknown as Metrics;
}

function createMetric(row: MetricRow, registry: Registry): Counter | Gauge | Histogram {
  const settings = { name: row.name, help: row.help, labelNames: [...row.labels], registers: [registry] };
  if (row.type === 'counter') return counterFromZero(row, settings);
  if (row.type === 'gauge') return new Gauge(settings);
  return new Histogram({ ...settings, ...(row.buckets === undefined ? {} : { buckets: [...row.buckets] }) });
}

function counterFromZero(
  { labels: [label = ''], fromZero = [] }: MetricRow,
  settings: ConstructorParameters<typeof Counter>[0],
): Counter {
  const counter = new Counter(settings);
  for (const value of fromZero) counter.inc({ [label]: value }, 0);
  return counter;
}
