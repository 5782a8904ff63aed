import { z } from 'zod';
import { defineOptionalConfig, defineProcessConfig, type ProcessConfig } from './process-config.ts';

const TELEMETRY = ['CONVOY_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'CONVOY_TRACE_RATIO'] as const;

const web = defineProcessConfig('web', [
  'CONVOY_POSTGRES_URL',
  'CONVOY_READS_WITHOUT_DATABASE_SECONDS',
  'CONVOY_TEMPORAL_ADDRESS',
  'CONVOY_TEMPORAL_NAMESPACE',
  'CONVOY_TEMPORAL_HTTP_URL',
  'CONVOY_SIGNING_KEY_FILE',
  'CONVOY_MASTER_KEY',
  'CONVOY_MASTER_KEY_FILE',
  'CONVOY_MASTER_KEY_COMMAND',
  'CONVOY_OIDC_ISSUER',
  'CONVOY_OIDC_AUDIENCE',
  'CONVOY_OIDC_SUBJECT_CLAIM',
  'CONVOY_OIDC_KEYS_KEEP_SECONDS',
  'CONVOY_OIDC_INTROSPECTION_CLIENT_ID',
  'CONVOY_OIDC_INTROSPECTION_SECRET',
  'CONVOY_OIDC_INTROSPECTION_SECRET_FILE',
  'CONVOY_OIDC_ACCEPT_ID_TOKENS',
  'CONVOY_DEFAULT_SCOPES',
  'CONVOY_CLOUDFLARE_ACCESS',
  'CONVOY_CLOUDFLARE_ACCESS_TEAM',
  'CONVOY_CLOUDFLARE_ACCESS_AUDIENCE',
  'CONVOY_CHATGPT_CHALLENGE',
  'CONVOY_PUBLIC_URL',
  'CONVOY_APPROVAL_URL',
  'CONVOY_HTTP_HOST',
  'CONVOY_HTTP_PORT',
  'CONVOY_TRUSTED_PROXIES',
  'CONVOY_CLIENT_ADDRESS_HEADER',
  'CONVOY_METRICS_HOST',
  'CONVOY_METRICS_PORT',
  ...TELEMETRY,
  'CONVOY_ACCESS_FILE',
  'CONVOY_POLICY_FILE',
  'CONVOY_LANE_IDLE_SECONDS',
  'CONVOY_LANE_HEARTBEAT_SECONDS',
  'CONVOY_PHASE',
  'CONVOY_ADDRESS_LIST_PREFIX',
  'CONVOY_PLAN_EXPIRES_SECONDS',
  'CONVOY_DRAIN_SECONDS',
  'CONVOY_DRAIN_LEAD_SECONDS',
  'CONVOY_LOG_LEVEL',
]);

const gateway = defineProcessConfig('gateway', [
  'CONVOY_POSTGRES_URL',
  'CONVOY_TEMPORAL_ADDRESS',
  'CONVOY_TEMPORAL_NAMESPACE',
  'CONVOY_TEMPORAL_UI_URL',
  'CONVOY_SIGNING_KEY_FILE',
  'CONVOY_MASTER_KEY',
  'CONVOY_MASTER_KEY_FILE',
  'CONVOY_MASTER_KEY_COMMAND',
  'CONVOY_OIDC_ISSUER',
  'CONVOY_OIDC_AUDIENCE',
  'CONVOY_OIDC_GATEWAY_CLIENT_ID',
  'CONVOY_CLOUDFLARE_ACCESS_TEAM',
  'CONVOY_CLOUDFLARE_ACCESS_GATEWAY_AUDIENCE',
  'CONVOY_OIDC_SUBJECT_CLAIM',
  'CONVOY_OIDC_KEYS_KEEP_SECONDS',
  'CONVOY_PUBLIC_URL',
  'CONVOY_APPROVAL_URL',
  'CONVOY_HTTP_HOST',
  'CONVOY_APPROVAL_PORT',
  'CONVOY_TRUSTED_PROXIES',
  'CONVOY_CLIENT_ADDRESS_HEADER',
  'CONVOY_METRICS_HOST',
  'CONVOY_METRICS_PORT',
  ...TELEMETRY,
  'CONVOY_ACCESS_FILE',
  'CONVOY_COOKIE_SECRET_FILE',
  'CONVOY_DRAIN_SECONDS',
  'CONVOY_DRAIN_LEAD_SECONDS',
  'CONVOY_LOG_LEVEL',
]);

const worker = defineProcessConfig('worker', [
  'CONVOY_POSTGRES_URL',
  'CONVOY_TEMPORAL_ADDRESS',
  'CONVOY_TEMPORAL_NAMESPACE',
  'CONVOY_SIGNING_KEY_FILE',
  'CONVOY_MASTER_KEY',
  'CONVOY_MASTER_KEY_FILE',
  'CONVOY_MASTER_KEY_COMMAND',
  'CONVOY_POLICY_FILE',
  'CONVOY_WEBHOOKS_FILE',
  'CONVOY_PUBLIC_URL',
  'CONVOY_APPROVAL_URL',
  'CONVOY_METRICS_HOST',
  'CONVOY_METRICS_PORT',
  ...TELEMETRY,
  'CONVOY_LANE_IDLE_SECONDS',
  'CONVOY_LANE_HEARTBEAT_SECONDS',
  'CONVOY_MAX_LANES',
  'CONVOY_BREAKER_FAILURES',
  'CONVOY_BREAKER_COOL_DOWN_SECONDS',
  'CONVOY_BREAKER_MAX_COOL_DOWN_SECONDS',
  'CONVOY_HEALTH_INTERVAL_SECONDS',
  'CONVOY_NOTIFICATION_INTERVAL_SECONDS',
  'CONVOY_DEVICE_METRICS_SECONDS',
  'CONVOY_DEVICE_METRICS_RAW_DAYS',
  'CONVOY_DEVICE_METRICS_HOURLY_DAYS',
  'CONVOY_DEVICE_METRICS_DAILY_DAYS',
  'CONVOY_RETENTION_HOUR',
  'CONVOY_KEEP_PLANS_DAYS',
  'CONVOY_KEEP_STOPS_DAYS',
  'CONVOY_KEEP_ROTATIONS_DAYS',
  'CONVOY_KEEP_WEBHOOK_EVENTS_DAYS',
  'CONVOY_DRIFT_INTERVAL_SECONDS',
  'CONVOY_SNAPSHOT_SCHEDULE',
  'CONVOY_SNAPSHOT_TIME_ZONE',
  'CONVOY_SNAPSHOT_SPREAD_SECONDS',
  'CONVOY_SNAPSHOT_KEEP_DAYS',
  'CONVOY_SNAPSHOT_KEEP_COUNT',
  'CONVOY_PHASE',
  'CONVOY_DRAIN_SECONDS',
  'CONVOY_LOG_LEVEL',
]);

const MASTER_KEYS = 'CONVOY_MASTER_KEY, CONVOY_MASTER_KEY_FILE and CONVOY_MASTER_KEY_COMMAND';

/** The front end: MCP, HTTP API. */
export const webConfig = withAudience(withLeadInTime(withOneMasterKey(web)));
export type WebConfig = z.output<(typeof webConfig)['schema']>;

/** The approval gateway in front of the Temporal UI. */
export const gatewayConfig = withAudience(withLeadInTime(withOneMasterKey(gateway)));
export type GatewayConfig = z.output<(typeof gatewayConfig)['schema']>;

/** The process that runs workflows, activities and lanes. */
export const workerConfig = withOneMasterKey(worker);
export type WorkerConfig = z.output<(typeof workerConfig)['schema']>;

/** The command line: what it is not given it takes from the running stack's file. */
export const toolConfig = defineOptionalConfig('convoy', [
  'CONVOY_POSTGRES_URL',
  'CONVOY_POSTGRES_OWNER_URL',
  'CONVOY_TEMPORAL_POSTGRES_URL',
  'CONVOY_TEMPORAL_VISIBILITY_POSTGRES_URL',
  'CONVOY_TEMPORAL_ADDRESS',
  'CONVOY_TEMPORAL_NAMESPACE',
  'CONVOY_TEMPORAL_HTTP_URL',
  'CONVOY_TEMPORAL_UI_URL',
  'CONVOY_SIGNING_KEY_FILE',
  'CONVOY_MASTER_KEY',
  'CONVOY_MASTER_KEY_FILE',
  'CONVOY_MASTER_KEY_COMMAND',
  'CONVOY_OIDC_ISSUER',
  'CONVOY_OIDC_CLI_CLIENT_ID',
  'CONVOY_PUBLIC_URL',
  'CONVOY_APPROVAL_URL',
  'CONVOY_HOME',
  'CONVOY_LOG_LEVEL',
  'CONVOY_DEVICE_PASSWORD',
]);
export type ToolConfig = z.output<(typeof toolConfig)['schema']>;

interface MasterKeyFields {
  masterKey?: string | undefined;
  masterKeyFile?: string | undefined;
  masterKeyCommand?: string | undefined;
}

function withOneMasterKey<Config extends MasterKeyFields>(config: ProcessConfig<Config>): ProcessConfig<Config> {
  const schema = config.schema.check(
    z.superRefine(({ masterKey, masterKeyFile, masterKeyCommand }, context) => {
      const given = [masterKey, masterKeyFile, masterKeyCommand].filter((value) => value !== undefined).length;
      if (given !== 1) {
        context.addIssue({
          code: 'custom',
          message: `Exactly one of ${MASTER_KEYS} must be set; ${given === 0 ? 'none is' : `${given} are`}.`,
        });
      }
    }),
  );
  return { ...config, schema };
}

/** What is left after the lead is for running calls. */
function withLeadInTime<Config extends { drainSeconds: number; drainLeadSeconds: number }>(
  config: ProcessConfig<Config>,
): ProcessConfig<Config> {
  const schema = config.schema.check(
    z.superRefine(({ drainSeconds, drainLeadSeconds }, context) => {
      if (drainLeadSeconds + LEAST_AFTER_LEAD_SECONDS <= drainSeconds) return;
      context.addIssue({
        code: 'custom',
        message: `CONVOY_DRAIN_LEAD_SECONDS (${drainLeadSeconds}) must be at least ${LEAST_AFTER_LEAD_SECONDS} below CONVOY_DRAIN_SECONDS (${drainSeconds}): the rest is for calls that run.`,
      });
    }),
  );
  return { ...config, schema };
}

/** For running calls to end and everything to be closed. */
const LEAST_AFTER_LEAD_SECONDS = 5;

function withAudience<Config extends { publicUrl: string; oidcAudience?: string | undefined }>(
  config: ProcessConfig<Config>,
): ProcessConfig<Config & { oidcAudience: string }> {
  const schema = config.schema.transform((values) => ({
    ...values,
    oidcAudience: values.oidcAudience ?? `${values.publicUrl}/mcp`,
  }));
  return { ...config, schema };
}
