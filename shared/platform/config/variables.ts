import { z } from 'zod';
import { BACKUP_VARIABLES } from './backup-variables.ts';
import { DATABASE_VARIABLES } from './database-variables.ts';
import { DEVICE_METRIC_VARIABLES } from './device-metric-variables.ts';
import { IDENTITY_VARIABLES } from './identity-variables.ts';
import { LAUNCHER_VARIABLES } from './launcher-variables.ts';
import { OPERATING_VARIABLES } from './operating-variables.ts';
import { RETENTION_VARIABLES } from './retention-variables.ts';
import { PROXY_VARIABLES } from './proxy-variables.ts';
import { POLICY_VARIABLES } from './policy-variables.ts';
import { SCHEDULE_VARIABLES } from './schedule-variables.ts';
import { SNAPSHOT_VARIABLES } from './snapshot-variables.ts';
import { TELEMETRY_VARIABLES } from './telemetry-variables.ts';

interface VariableRow {
  /** Name of the value in a parsed configuration. */
  readonly field: string;
  readonly about: string;
  /** What may be given, as the end of the sentence "allowed is …". */
  readonly allowed: string;
  readonly schema: z.ZodType<unknown, string | undefined>;
  /** The value is never shown, not even when it is wrong. */
  readonly secret?: true;
}

const portText = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number);
const port = portText.pipe(z.int().min(1).max(65_535));
const HOST = 'a host name or IP address';
const host = z.string().regex(/^[A-Za-z0-9.:_-]+$/);
const portOrZero = portText.pipe(z.int().min(0).max(65_535));
const PORT = 'a port number from 1 to 65535';

const httpUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '') {
    context.addIssue({ code: 'custom', message: 'not an http(s) URL' });
    return z.NEVER;
  }
  return text.replace(/\/+$/, '');
});
const HTTP_URL = 'an http:// or https:// URL without user, query and fragment';

const origin = httpUrl.refine((text) => new URL(text).origin === text);
const ORIGIN = 'an http:// or https:// URL without a path, such as https://convoy.example.net';

/** Cookies of a session go over TLS, or stay on the machine (W3C Secure Contexts section 3.1). */
function isPrivateToBrowsers(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

const path = z.string().min(1);
const PATH = 'the path of a file';

function whole(min: number, max: number): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}

/**
 * Every environment variable Convoy knows. An empty value counts as not set. What a process takes, and which of these it
 * demands, is in the process's own configuration; the reference page follows from this table.
 */
export const VARIABLES = {
  CONVOY_POSTGRES_URL: {
    field: 'postgresUrl',
    about: 'The database.',
    allowed: 'a postgres:// or postgresql:// URL that names a database',
    schema: z.string().refine((text) => URL.canParse(text) && /^postgres(ql)?:\/\/.+\/.+/.test(text)),
    secret: true,
  },
  ...DATABASE_VARIABLES,
  ...BACKUP_VARIABLES,
  CONVOY_TEMPORAL_ADDRESS: {
    field: 'temporalAddress',
    about: 'Host and gRPC port of the Temporal server.',
    allowed: 'host:port',
    schema: z
      .string()
      .regex(/^[^\s/:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/)
      .default('127.0.0.1:7233'),
  },
  CONVOY_TEMPORAL_NAMESPACE: {
    field: 'temporalNamespace',
    about: 'Temporal namespace that holds the workflows.',
    allowed: '2 to 64 letters, digits, ".", "_" or "-"',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$/)
      .default('convoy'),
  },
  CONVOY_TEMPORAL_HTTP_URL: {
    field: 'temporalHttpUrl',
    about: "The Temporal server's HTTP port, for the fast door of reads. Not set: that door is shut.",
    allowed: HTTP_URL,
    schema: httpUrl.optional(),
  },
  CONVOY_TEMPORAL_UI_URL: {
    field: 'temporalUiUrl',
    about: 'The Temporal UI behind the approval gateway; it must be reachable by the gateway only.',
    allowed: HTTP_URL,
    schema: httpUrl,
  },
  CONVOY_SIGNING_KEY_FILE: {
    field: 'signingKeyFile',
    about: "The platform's ES256 private key (PKCS#8 PEM), which signs tokens for the Temporal server.",
    allowed: PATH,
    schema: path,
  },
  CONVOY_MASTER_KEY: {
    field: 'masterKey',
    about: 'Master keys that seal router credentials; the first seals, all open.',
    allowed: 'a base64 key of 32 bytes, or a comma-separated list of id:base64',
    schema: z.string().optional(),
    secret: true,
  },
  CONVOY_MASTER_KEY_FILE: {
    field: 'masterKeyFile',
    about: 'A file that holds the master keys.',
    allowed: PATH,
    schema: path.optional(),
  },
  CONVOY_MASTER_KEY_COMMAND: {
    field: 'masterKeyCommand',
    about: 'A command that prints the master keys, run by /bin/sh.',
    allowed: 'a command line',
    schema: z.string().optional(),
    secret: true,
  },
  CONVOY_OIDC_ISSUER: {
    field: 'oidcIssuer',
    about: 'The identity provider whose tokens are accepted, exactly as in their "iss" claim.',
    allowed: 'an http:// or https:// URL',
    // Not normalised: OpenID Connect Core 1.0 section 3.1.3.7 compares issuers exactly, a trailing slash included.
    schema: z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)),
  },
  CONVOY_OIDC_AUDIENCE: {
    field: 'oidcAudience',
    about: 'Audience of the access tokens for /mcp and the API. Default: CONVOY_PUBLIC_URL with /mcp behind it.',
    allowed: 'a text without white space',
    schema: z.string().regex(/^\S+$/).optional(),
  },
  ...IDENTITY_VARIABLES,
  CONVOY_PUBLIC_URL: {
    field: 'publicUrl',
    about: 'Where clients reach the web process.',
    allowed: ORIGIN,
    schema: origin.default('http://127.0.0.1:8080'),
  },
  CONVOY_APPROVAL_URL: {
    field: 'approvalUrl',
    about: 'Where people reach the approval gateway; an origin of its own. http is for this machine alone.',
    allowed: `${ORIGIN}; http:// with a loopback address only`,
    schema: origin.refine(isPrivateToBrowsers).default('http://127.0.0.1:8081'),
  },
  CONVOY_HTTP_PORT: { field: 'httpPort', about: 'Port of the web process.', allowed: PORT, schema: port.default(8080) },
  CONVOY_HTTP_HOST: {
    field: 'httpHost',
    about: 'Address that the web process and the approval gateway listen on.',
    allowed: HOST,
    schema: host.default('127.0.0.1'),
  },
  CONVOY_APPROVAL_PORT: {
    field: 'approvalPort',
    about: 'Port of the approval gateway.',
    allowed: PORT,
    schema: port.default(8081),
  },
  ...PROXY_VARIABLES,
  CONVOY_METRICS_PORT: {
    field: 'metricsPort',
    about: 'Port of /metrics and /healthz; 0 for none.',
    allowed: 'a port number from 1 to 65535, or 0 for none',
    schema: portOrZero.transform((given) => (given === 0 ? undefined : given)).optional(),
  },
  CONVOY_METRICS_HOST: {
    field: 'metricsHost',
    about: 'Address on which /metrics and /healthz are served; 127.0.0.1 reaches this machine only.',
    allowed: HOST,
    schema: host.default('127.0.0.1'),
  },
  ...TELEMETRY_VARIABLES,
  CONVOY_ACCESS_FILE: {
    field: 'accessFile',
    about: 'The YAML file that maps claims to roles and devices.',
    allowed: PATH,
    schema: path,
  },
  ...POLICY_VARIABLES,
  CONVOY_COOKIE_SECRET_FILE: {
    field: 'cookieSecretFile',
    about: 'A file with the secret that seals session cookies; the same for all replicas.',
    allowed: PATH,
    schema: path,
  },
  CONVOY_PHASE: {
    field: 'phase',
    about: 'Highest phase of operations and plan kinds that exist in this deployment.',
    allowed: 'a whole number from 0 to 5',
    schema: whole(0, 5)
      .pipe(z.literal([0, 1, 2, 3, 4, 5]))
      .prefault('4'),
  },
  CONVOY_LOG_LEVEL: {
    field: 'logLevel',
    about: 'Lowest level that is logged.',
    allowed: 'fatal, error, warn, info, debug, trace or silent',
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  },
  CONVOY_HOME: {
    field: 'home',
    about: "Folder of the embedded stack's data, keys and logs.",
    allowed: 'the path of a folder',
    schema: path.default('.convoy'),
  },
  CONVOY_LANE_IDLE_SECONDS: {
    field: 'laneIdleSeconds',
    about: 'A lane without work is closed after so many seconds.',
    allowed: 'a whole number from 1 to 86400',
    schema: whole(1, 86_400).default(120),
  },
  CONVOY_LANE_HEARTBEAT_SECONDS: {
    field: 'laneHeartbeatSeconds',
    about: 'A lane whose owner is silent for so many seconds goes to another worker.',
    allowed: 'a whole number from 1 to 600',
    schema: whole(1, 600).default(10),
  },
  CONVOY_MAX_LANES: {
    field: 'maxLanes',
    about: 'Lanes one worker process holds at most.',
    allowed: 'a whole number from 1 to 10000',
    schema: whole(1, 10_000).default(400),
  },
  CONVOY_BREAKER_FAILURES: {
    field: 'breakerFailures',
    about: 'A router is left alone for a while after so many failed requests in a row.',
    allowed: 'a whole number from 1 to 100',
    schema: whole(1, 100).default(5),
  },
  CONVOY_BREAKER_COOL_DOWN_SECONDS: {
    field: 'breakerCoolDownSeconds',
    about: 'Length of the first cool-down of such a router; each further one is twice as long.',
    allowed: 'a whole number from 1 to 120',
    schema: whole(1, 120).default(5),
  },
  CONVOY_BREAKER_MAX_COOL_DOWN_SECONDS: {
    field: 'breakerMaxCoolDownSeconds',
    about: 'No cool-down is longer; an unclear write is settled by reading for five minutes.',
    allowed: 'a whole number from 1 to 120',
    schema: whole(1, 120).default(60),
  },
  ...SCHEDULE_VARIABLES,
  ...DEVICE_METRIC_VARIABLES,
  ...SNAPSHOT_VARIABLES,
  ...OPERATING_VARIABLES,
  ...RETENTION_VARIABLES,
  CONVOY_PLAN_EXPIRES_SECONDS: {
    field: 'planExpiresSeconds',
    about: 'A plan nobody decided on expires after so many seconds.',
    allowed: 'a whole number from 1 to 31536000',
    schema: whole(1, 31_536_000).default(86_400),
  },
  CONVOY_ADDRESS_LIST_PREFIX: {
    field: 'addressListPrefix',
    about: 'Only firewall address lists whose names begin so can be changed on one device, without a plan.',
    allowed: '1 to 32 letters, digits, ".", "_" or "-"',
    schema: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/)
      .default('mcp-'),
  },
  ...LAUNCHER_VARIABLES,
  CONVOY_DEVICE_PASSWORD: {
    field: 'devicePassword',
    about: 'Command line: password of the router that is being registered.',
    allowed: 'any text',
    schema: z.string().optional(),
    secret: true,
  },
} as const satisfies Record<`CONVOY_${string}` | `OTEL_${string}`, VariableRow>;

export type VariableName = keyof typeof VARIABLES;

/** Variables that start so belong to the command line itself and are not looked at here. */
export const CLI_PREFIX = 'CONVOY_CLI_';
