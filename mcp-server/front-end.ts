import type { Phase } from '../shared/operations/define-operation.ts';
import { OPERATIONS } from '../shared/operations/index.ts';
import { PLAN_KINDS } from '../shared/plans/index.ts';
import type { Keyring } from '../shared/platform/encryption/keyring.ts';
import type { Database } from '../shared/platform/persistence/database.ts';
import { fixedPolicy, type PolicySource } from '../shared/platform/policy/policy-source.ts';
import { databaseDependency, keyringDependency } from '../shared/platform/process/dependencies.ts';
import { createReadiness, type Dependency, type ReadReadiness } from '../shared/platform/process/readiness.ts';
import type { FleetClient } from '../shared/platform/temporal/fleet-client.ts';
import type { Logger } from '../shared/platform/telemetry/logger.ts';
import type { Metrics } from '../shared/platform/telemetry/metrics.ts';
import { createActions } from './actions.ts';
import { createWeb, type Web } from './app.ts';
import type { AccessMapping } from '../shared/domain/access-mapping.ts';
import { createAccessRefusals } from './auth/access-refusals.ts';
import type { IdentityRules } from './auth/identity-rules.ts';
import type { IssuerKeys } from './auth/issuer-keys.ts';
import { keysDependency } from './auth/keys-dependency.ts';
import { createPersonRecorder } from './auth/principal.ts';
import { createRevocations, withoutRevoked } from './auth/revocations.ts';
import { createVerifiers } from './auth/verifiers.ts';
import { createCaller } from './call/answer-call.ts';
import { createCatalogue } from './call/catalogue.ts';
import type { CallTimes } from './call/kept-calls.ts';
import type { RateLimit, RateLimits } from './call/limit-rate.ts';
import { createPageCursors } from './call/page-cursor.ts';
import { createPolicyGate } from './call/check-policy.ts';
import { createQuotaGate } from './call/take-quota.ts';
import { createWithoutDatabase } from './degraded/without-database.ts';
import { ALONE, type Deployment } from './http/deployment.ts';
import type { ProxyOptions } from './http/client-address.ts';
import { createAuditExport } from './audit/export-audit.ts';
import { createPlanEvents } from './http/plan-events.ts';
import { createRequestLimits, type RequestLimitOptions } from './http/request-limits.ts';
import { createStreamLimits } from './http/stream-limits.ts';
import { createChangeWatch } from './mcp/change-watch.ts';
import { createConfirmations } from './mcp/handlers/confirmations.ts';
import { createProtocolHandler } from './mcp/protocol-handler.ts';
import { createServerFactory } from './mcp/protocol-server.ts';
import { createSubscriptions } from './mcp/subscriptions.ts';
import { PROMPTS } from './prompts/index.ts';
import { createDocuments } from './search/documents.ts';
import { createPlanViews } from './plans/plan-view.ts';

export interface FrontEndOptions extends ProxyOptions {
  publicUrl: string;
  approvalUrl: string;
  /** Temporal namespace of the plans. */
  namespace: string;
  issuer: string;
  /** Audience of MCP clients' tokens. */
  audience: string;
  /** What is believed besides JWT access tokens. Default: nothing. */
  identity?: IdentityRules;
  /** How ChatGPT is told that a scope is missing: by a 403, or by a tool's result. Default `http`. */
  chatgptChallenge?: 'http' | 'result';
  phase: Phase;
  planExpiresSeconds: number;
  /** How the names of address lists begin that may be written. Default `mcp-`. */
  addressListPrefix?: string;
  callTimes?: CallTimes | undefined;
  /** Default: `RATE_LIMITS`. */
  rateLimits?: RateLimits;
  requestLimits?: RequestLimitOptions;
  /** Of requests of one address that prove nobody. Default: `UNPROVEN_LIMIT`. */
  unprovenLimit?: RateLimit;
  database: Database;
  fleet: FleetClient;
  keyring: Keyring;
  /** 32 bytes that all web processes share, and no change of master keys changes. */
  callSecret: Buffer;
  mapping: AccessMapping;
  /** What this deployment allows. Default: entries marked at a router are left alone, and nothing else is restricted. */
  policy?: PolicySource;
  /** The web processes with which budgets are shared. Default: this process is alone. */
  deployment?: Deployment;
  keys: IssuerKeys;
  /** How long reads go on while the database is away. Default: they do not. */
  readsWithoutDatabaseSeconds?: number;
  draining: AbortSignal;
  /** Whether the machine's clock is right, for `/readyz`. Default: nobody looks. */
  clock?: Dependency | undefined;
  log: Logger;
  metrics: Metrics;
}

/** Puts the front end together from what the process opened. */
export function createFrontEnd(options: FrontEndOptions): Web & { readiness: ReadReadiness } {
  const { publicUrl, approvalUrl, issuer, database, fleet, keys, log } = options;
  const { policy = fixedPolicy(), deployment = ALONE } = options;
  const sharers = (): number => deployment.processes();
  const readsMs = (options.readsWithoutDatabaseSeconds ?? 0) * 1000;
  const revocations = createRevocations({
    store: database.revocations,
    readsMs,
    onError: (err) => log.warn({ err }, 'list of revocations not read'),
  });
  const withoutDatabase = createWithoutDatabase({ database, revocations, readsMs, log, metrics: options.metrics });
  const mapping = withoutRevoked(options.mapping, revocations);
  const policyGate = createPolicyGate({ policy, devices: database.devices });
  const actions = createActions({
    ...options,
    sharers,
    mapping,
    policyGate,
    revocations,
    knownDevices: withoutDatabase,
    operations: OPERATIONS,
    planKinds: PLAN_KINDS,
  });
  const catalogue = createCatalogue(actions, options.phase);
  const caller = createCaller({
    ...options,
    catalogue,
    cursors: createPageCursors(options.callSecret),
    sharers,
    policyGate,
    quotaGate: createQuotaGate({ policy, quotas: database.quotas }),
    knownDevices: withoutDatabase.devices,
    demandWritable: () => withoutDatabase.demandWritable(),
  });
  const requests = createRequestLimits({ ...options.requestLimits, sharers });
  const factory = createServerFactory(caller, createConfirmations(options.callSecret));
  const watch = createChangeWatch({ changes: database.changes, log });
  const streams = createStreamLimits({ deployment, onTaken: (response) => requests.leave(response) });
  const subscriptions = createSubscriptions({
    caller,
    factory,
    watch,
    streams,
    draining: options.draining,
    log,
  });
  revocations.onChange(() => streams.lookAgain());
  // With the mapping as the file has it: whose access is revoked is asked once it is known whose token it is.
  const verifiers = createVerifiers({ ...options, revocations });
  const readiness = createReadiness(
    [
      withoutDatabase.dependency(databaseDependency(database)),
      { name: 'temporal', check: () => fleet.ping() },
      keysDependency(keys),
      keyringDependency(options.keyring, database.secrets),
      ...(options.clock === undefined ? [] : [options.clock]),
    ],
    options.draining,
  );
  const web = createWeb({
    ...options,
    ...verifiers,
    mapping,
    mcpResource: `${publicUrl}/mcp`,
    people: withoutDatabase.people(createPersonRecorder({ people: database.people, mapping, issuer })),
    refusals: createAccessRefusals(database.audit),
    caller,
    requests,
    planEvents: createPlanEvents({
      caller,
      watch,
      streams,
      views: createPlanViews(options),
      draining: options.draining,
    }),
    auditExport: createAuditExport(database),
    protocol: createProtocolHandler(factory, log, subscriptions),
    documents: createDocuments({
      actions: () => catalogue.actions,
      operations: OPERATIONS,
      planKinds: PLAN_KINDS,
      prompts: PROMPTS,
    }),
    readiness,
    approvalUrl,
  });
  return {
    app: web.app,
    readiness,
    async close() {
      verifiers.close();
      revocations.close();
      withoutDatabase.close();
      await web.close();
    },
  };
}
