import { fileURLToPath } from 'node:url';
import type { Processes, RunningProcess } from './processes.ts';
import { httpOk, waitUntilReady } from './readiness.ts';

/** Environment of Convoy's own processes. */
export type ServiceEnv = Readonly<Record<string, string>>;

/**
 * Options of Node for a worker, the same in deploy/. Left to itself V8 lets the young objects of the process, and once more
 * those of its workflow thread, take up to 128 MB, and keeps that memory.
 */
export const WORKER_NODE_OPTIONS = '--max-semi-space-size=8';

/** Convoy's own kinds of processes and what tells that one is ready. */
const kinds = {
  worker: { program: '../../worker/main.ts', graceMs: 30_000 },
  web: { program: '../../mcp-server/main.ts', graceMs: 30_000 },
  gateway: { program: '../../mcp-server/gateway/main.ts', graceMs: 30_000 },
} as const;

export type ServiceKind = keyof typeof kinds;

/** A running process of Convoy. */
export interface Service extends RunningProcess {
  kind: ServiceKind;
  metricsUrl: string;
}

/** Starts one worker, web process or gateway and waits until it says it is ready. */
export async function startService(options: {
  processes: Processes;
  kind: ServiceKind;
  name: string;
  env: ServiceEnv;
  metricsPort: number;
  /** Addresses that answer 200 once the process is ready, asked in this order after its own `/healthz`. */
  readyUrls: readonly string[];
  /** Default 60 000. */
  readyWithinMs?: number;
}): Promise<Service> {
  const { kind, name, metricsPort, readyWithinMs } = options;
  const child = await options.processes.start({
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL(kinds[kind].program, import.meta.url))],
    isOurs: true,
    graceMs: kinds[kind].graceMs,
    env: { ...options.env, ...nodeOptions(kind, options.env), CONVOY_METRICS_PORT: String(metricsPort) },
  });
  const metricsOrigin = `http://127.0.0.1:${metricsPort}`;
  for (const url of [`${metricsOrigin}/healthz`, ...options.readyUrls]) {
    await waitUntilReady(child, httpOk(url), readyWithinMs);
  }
  return { ...child, kind, metricsUrl: `${metricsOrigin}/metrics` };
}

/** What a person sets has the last word. */
function nodeOptions(kind: ServiceKind, env: ServiceEnv): ServiceEnv {
  if (kind !== 'worker') return {};
  return {
    NODE_OPTIONS: [WORKER_NODE_OPTIONS, env['NODE_OPTIONS'] ?? process.env['NODE_OPTIONS']].filter(Boolean).join(' '),
  };
}

/** Settings of a deployment that the launcher hands on unchanged when they are set. */
const handedOn = [
  'CONVOY_LOG_LEVEL',
  'CONVOY_OTLP_ENDPOINT',
  'CONVOY_TRACE_RATIO',
  'CONVOY_PHASE',
  'CONVOY_PLAN_EXPIRES_SECONDS',
  'CONVOY_READS_WITHOUT_DATABASE_SECONDS',
  'CONVOY_RETENTION_HOUR',
  'CONVOY_DEVICE_METRICS_SECONDS',
  'CONVOY_NOTIFICATION_INTERVAL_SECONDS',
  'CONVOY_DRIFT_INTERVAL_SECONDS',
  'CONVOY_SNAPSHOT_SCHEDULE',
  'CONVOY_SNAPSHOT_TIME_ZONE',
  'CONVOY_SNAPSHOT_SPREAD_SECONDS',
  'CONVOY_SNAPSHOT_KEEP_DAYS',
  'CONVOY_SNAPSHOT_KEEP_COUNT',
  'CONVOY_KEEP_PLANS_DAYS',
  'CONVOY_KEEP_STOPS_DAYS',
  'CONVOY_KEEP_ROTATIONS_DAYS',
  'CONVOY_KEEP_WEBHOOK_EVENTS_DAYS',
  'CONVOY_DRAIN_SECONDS',
  'CONVOY_DRAIN_LEAD_SECONDS',
  'CONVOY_LANE_IDLE_SECONDS',
  'CONVOY_LANE_HEARTBEAT_SECONDS',
  'CONVOY_MAX_LANES',
  'CONVOY_BREAKER_FAILURES',
  'CONVOY_BREAKER_COOL_DOWN_SECONDS',
  'CONVOY_BREAKER_MAX_COOL_DOWN_SECONDS',
  'CONVOY_OIDC_AUDIENCE',
  'CONVOY_POLICY_FILE',
  'CONVOY_WEBHOOKS_FILE',
  'CONVOY_MASTER_KEY',
  'CONVOY_MASTER_KEY_FILE',
  'CONVOY_MASTER_KEY_COMMAND',
] as const;

/** The environment of all processes: what the launcher decided, and what the person set for them. */
export function serviceEnv(
  env: NodeJS.ProcessEnv,
  decided: {
    postgresUrl: string;
    temporalAddress: string;
    temporalNamespace: string;
    temporalHttpUrl: string | undefined;
    temporalUiUrl: string | undefined;
    signingKeyFile: string;
    masterKeyFile: string;
    cookieSecretFile: string;
    issuer: string;
    publicUrl: string;
    approvalUrl: string;
    httpPort: number;
    approvalPort: number;
    accessFile: string;
  },
): ServiceEnv {
  const hasOwnMasterKey = handedOn.some((name) => name.startsWith('CONVOY_MASTER_KEY') && env[name]);
  const values: Record<string, string | undefined> = {
    ...Object.fromEntries(handedOn.map((name) => [name, env[name]])),
    ...(hasOwnMasterKey ? {} : { CONVOY_MASTER_KEY_FILE: decided.masterKeyFile }),
    // Whoever tries it out sees within a minute that a router is gone.
    CONVOY_HEALTH_INTERVAL_SECONDS: env['CONVOY_HEALTH_INTERVAL_SECONDS'] || '60',
    CONVOY_POSTGRES_URL: decided.postgresUrl,
    CONVOY_TEMPORAL_ADDRESS: decided.temporalAddress,
    CONVOY_TEMPORAL_NAMESPACE: decided.temporalNamespace,
    CONVOY_TEMPORAL_HTTP_URL: decided.temporalHttpUrl,
    CONVOY_TEMPORAL_UI_URL: decided.temporalUiUrl,
    CONVOY_SIGNING_KEY_FILE: decided.signingKeyFile,
    CONVOY_COOKIE_SECRET_FILE: decided.cookieSecretFile,
    CONVOY_OIDC_ISSUER: decided.issuer,
    CONVOY_PUBLIC_URL: decided.publicUrl,
    CONVOY_APPROVAL_URL: decided.approvalUrl,
    CONVOY_HTTP_PORT: String(decided.httpPort),
    CONVOY_APPROVAL_PORT: String(decided.approvalPort),
    CONVOY_ACCESS_FILE: decided.accessFile,
  };
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
