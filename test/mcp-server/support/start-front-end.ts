import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import { parseKeyring, type Keyring } from '../../../shared/platform/encryption/keyring.ts';
import { loadPlatformSecret } from '../../../shared/platform/encryption/platform-secret.ts';
import type { Phase } from '../../../shared/operations/define-operation.ts';
import { openDatabase, type Database } from '../../../shared/platform/persistence/database.ts';
import type { PolicySource } from '../../../shared/platform/policy/policy-source.ts';
import type { FleetClient } from '../../../shared/platform/temporal/fleet-client.ts';
import { createLogger } from '../../../shared/platform/telemetry/logger.ts';
import { createMetrics, type Metrics } from '../../../shared/platform/telemetry/metrics.ts';
import type { AccessFile } from '../../../shared/domain/access-file.ts';
import { createAccessMapping } from '../../../shared/domain/access-mapping.ts';
import type { IdentityRules } from '../../../mcp-server/auth/identity-rules.ts';
import { createIssuerKeys } from '../../../mcp-server/auth/issuer-keys.ts';
import { RATE_LIMITS, type RateLimit, type RateLimits } from '../../../mcp-server/call/limit-rate.ts';
import type { RequestLimitOptions } from '../../../mcp-server/http/request-limits.ts';
import type { CallTimes } from '../../../mcp-server/call/kept-calls.ts';
import type { Deployment } from '../../../mcp-server/http/deployment.ts';
import { createFrontEnd } from '../../../mcp-server/front-end.ts';
import { listen } from '../../../mcp-server/listen.ts';
import { withToken } from '../../conformance/with-token.ts';
import { emptyDatabase } from './empty-database.ts';
import { createFleetDouble, type FleetDouble } from './fleet-double.ts';
import { startTestIssuer, type TestIssuer } from './test-issuer.ts';

export interface TestFrontEnd {
  url: string;
  mcpUrl: string;
  apiUrl: string;
  approvalUrl: string;
  issuer: TestIssuer;
  fleet: FleetDouble;
  database: Database;
  keyring: Keyring;
  metrics: Metrics;
  draining: AbortController;
  /** Log records so far. */
  log: Record<string, unknown>[];
  /** A token of one of the mapped people, such as `operator`, for MCP unless another audience is named. */
  tokenOf(role: string, claims?: Record<string, unknown>): Promise<string>;
}

/** Who may do what in these tests: one person a role, and people with a narrow scope of devices. */
const ACCESS: AccessFile = {
  rules: [
    ...(['viewer', 'operator', 'approver', 'auditor', 'admin'] as const).map((role) => ({
      when: { claim: 'email', equals: `${role}@convoy.test` },
      roles: [role],
      devices: { all: true as const },
    })),
    {
      when: { claim: 'client_id', equals: 'nightly.access' },
      roles: ['viewer' as const],
      devices: { all: true as const },
    },
    {
      when: { claim: 'groups', equals: 'audit-north' },
      roles: ['auditor' as const],
      devices: [{ tags: ['north'] }],
    },
    {
      when: { claim: 'groups', equals: 'branch-north' },
      roles: ['operator' as const],
      devices: [{ tags: ['north'] }],
    },
  ],
};

export interface FrontEndSetup {
  /** Who may do what. Default: one person a role, and `groups: ["branch-north"]` operates the devices tagged north. */
  access?: AccessFile;
  phase?: Phase;
  /** Of every class of calls; default so many that tests do not meet them. */
  rateLimit?: RateLimit;
  rateLimits?: Partial<RateLimits>;
  requestLimits?: RequestLimitOptions;
  unprovenLimit?: RateLimit;
  trustedProxies?: readonly string[];
  planExpiresSeconds?: number;
  callTimes?: CallTimes;
  /** What is believed besides JWT access tokens. Default: nothing. */
  identity?: IdentityRules;
  chatgptChallenge?: 'http' | 'result';
  /** Requests without a token are of the person with this role, for clients that know no tokens. */
  everybodyIs?: string;
  /** What the deployment allows. Default: what holds without a policy file. */
  policy?: PolicySource;
  /** Another front end of the same deployment: both use its database. */
  beside?: TestFrontEnd;
  /** The web processes of the deployment. Default: this one alone. */
  deployment?: Deployment;
  /** A real back end instead of the double; closed by whoever opened it. */
  backEnd?: { database: Database; fleet: FleetClient; keyring: Keyring };
}

/** The real front end on a free port, with a real database and an issuer of its own; Temporal is a double. */
export async function startFrontEnd(setup: FrontEndSetup = {}): Promise<TestFrontEnd> {
  // The port is part of every address and audience, so it is had before what answers on it is made.
  let respond: RequestListener = (_, response) => response.writeHead(503).end();
  const server = await listen({
    answer: (request, response) => respond(request, response),
    host: '127.0.0.1',
    port: 0,
    graceMs: 500,
  });
  const url = `http://127.0.0.1:${server.port}`;
  const approvalUrl = 'http://127.0.0.1:8099';
  const database = setup.backEnd?.database ?? setup.beside?.database ?? (await ownDatabase());
  const issuer = await startTestIssuer(`${url}/mcp`);
  const keys = createIssuerKeys({ issuer: issuer.issuer });
  const fleet = createFleetDouble(() => database);
  const draining = new AbortController();
  const metrics = createMetrics();
  const log: Record<string, unknown>[] = [];
  const logger = createLogger({
    name: 'web',
    level: 'info',
    destination: { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const keyring = setup.backEnd?.keyring ?? setup.beside?.keyring ?? parseKeyring(randomBytes(32).toString('base64'));
  const web = createFrontEnd({
    publicUrl: url,
    approvalUrl,
    namespace: 'fleet-one',
    issuer: issuer.issuer,
    audience: `${url}/mcp`,
    ...(setup.identity === undefined ? {} : { identity: setup.identity }),
    ...(setup.chatgptChallenge === undefined ? {} : { chatgptChallenge: setup.chatgptChallenge }),
    phase: setup.phase ?? 4,
    callTimes: setup.callTimes,
    planExpiresSeconds: setup.planExpiresSeconds ?? 86_400,
    rateLimits: { ...everyClass(setup.rateLimit ?? { perSecond: 1000, burst: 1000 }), ...setup.rateLimits },
    requestLimits: setup.requestLimits ?? {},
    ...(setup.unprovenLimit === undefined ? {} : { unprovenLimit: setup.unprovenLimit }),
    trustedProxies: setup.trustedProxies,
    ...(setup.policy === undefined ? {} : { policy: setup.policy }),
    ...(setup.deployment === undefined ? {} : { deployment: setup.deployment }),
    database,
    fleet: setup.backEnd?.fleet ?? fleet,
    keyring,
    callSecret: await loadPlatformSecret(database.secrets, keyring, 'calls'),
    mapping: createAccessMapping(setup.access ?? ACCESS),
    keys,
    draining: draining.signal,
    log: logger,
    metrics,
  });
  const answer = web.app.callback();
  const tokenOf: TestFrontEnd['tokenOf'] = (role, claims = {}) =>
    issuer.token({ sub: `${role}@convoy.test`, email: `${role}@convoy.test`, name: role, ...claims });
  const token = setup.everybodyIs === undefined ? null : await tokenOf(setup.everybodyIs);
  respond = withToken(token, (request, response) => void answer(request, response));
  onTestFinished(async () => {
    draining.abort();
    await server.close();
    await web.close();
    keys.close();
    await issuer.close();
  });
  return {
    url,
    mcpUrl: `${url}/mcp`,
    apiUrl: `${url}/api/v1`,
    approvalUrl,
    issuer,
    fleet,
    database,
    keyring,
    metrics,
    draining,
    log,
    tokenOf,
  };
}

function everyClass(limit: RateLimit): RateLimits {
  return Object.fromEntries(Object.keys(RATE_LIMITS).map((rate) => [rate, limit])) as RateLimits;
}

async function ownDatabase(): Promise<Database> {
  const { url } = await emptyDatabase();
  const database = await openDatabase({ url, poolMax: 5 });
  onTestFinished(() => database.close());
  return database;
}
