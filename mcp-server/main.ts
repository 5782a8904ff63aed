/** The front end as a process: configuration from the environment, drained on SIGTERM. */
import { AppError } from '../shared/errors/app-error.ts';
import { loadConfig } from '../shared/platform/config/load-config.ts';
import { webConfig } from '../shared/platform/config/processes.ts';
import { openKeyring } from '../shared/platform/encryption/live-keyring.ts';
import { loadPlatformSecret } from '../shared/platform/encryption/platform-secret.ts';
import { openDatabase } from '../shared/platform/persistence/database.ts';
import { createLogger } from '../shared/platform/telemetry/logger.ts';
import { createMetrics } from '../shared/platform/telemetry/metrics.ts';
import { serveMetrics } from '../shared/platform/telemetry/serve-metrics.ts';
import { startTracing } from '../shared/platform/telemetry/tracing.ts';
import { recordTakenFile } from '../shared/platform/persistence/record-taken-file.ts';
import { keepPlatformTime } from '../shared/platform/process/platform-clock.ts';
import { drainOnSignal } from '../shared/platform/process/drain-on-signal.ts';
import { openPolicy } from '../shared/platform/policy/policy-source.ts';
import { openFleet } from '../shared/platform/temporal/open-fleet.ts';
import { SERVICE_SUBJECTS } from '../shared/platform/temporal/temporal-token.ts';
import { recordAccessFile } from './audit/record-access-file.ts';
import { openAccessMapping } from './auth/access-file.ts';
import { loadIdentityRules } from './auth/identity-rules.ts';
import { createIssuerKeys } from './auth/issuer-keys.ts';
import { putInForce } from './auth/put-in-force.ts';
import { watchKeys } from './auth/watch-keys.ts';
import { createFrontEnd } from './front-end.ts';
import { joinDeployment } from './http/deployment.ts';
import { listen } from './listen.ts';
import { watchStops } from './stops/watch-stops.ts';

/** Of the time to drain, for closing what answered calls need. */
const CLOSING_SECONDS = 2;

await start().catch((error: unknown) => {
  // A wrong setting is a sentence for whoever set it; anything else is a fault and shows all it has.
  if (!(error instanceof AppError && error.code === 'INVALID_CONFIGURATION')) throw error;
  console.error(`${error.code}: ${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`);
  process.exit(1);
});

async function start(): Promise<void> {
  const config = loadConfig(webConfig, process.env);
  const metrics = createMetrics();
  const log = createLogger({ name: 'web', level: config.logLevel, metrics });
  const tracing = startTracing({ name: 'web', settings: config, trustsCallers: false, log, metrics });
  const draining = new AbortController();
  const [keyring, mapping, identity, policy] = await Promise.all([
    openKeyring({ source: config, log }),
    openAccessMapping({ file: config.accessFile, log }),
    loadIdentityRules(config),
    openPolicy({ file: config.policyFile, log }),
  ]);
  const database = await openDatabase({ url: config.postgresUrl });
  const clock = await keepPlatformTime({ database, kind: 'web', metrics, log });
  mapping.onTaken(putInForce(database.accessFile, log));
  mapping.onTaken((file) => void recordAccessFile(database.audit, log, file));
  const ofPolicy = { action: 'policy.loaded', actor: SERVICE_SUBJECTS.web } as const;
  const isDefault = config.policyFile === undefined;
  policy.onTaken((content) => void recordTakenFile(database.audit, log, { ...ofPolicy, content, isDefault }));
  const deployment = await joinDeployment({ store: database.webProcesses, log });
  const fleet = await openFleet({
    address: config.temporalAddress,
    namespace: config.temporalNamespace,
    temporalHttpUrl: config.temporalHttpUrl,
    signingKeyFile: config.signingKeyFile,
    keyring,
    idleSeconds: config.laneIdleSeconds,
    heartbeatSeconds: config.laneHeartbeatSeconds,
    onError: (error) => log.error({ err: error }, 'token for Temporal not renewed'),
    onDoor: (state) => (state === 'shut' ? log.warn('fast door shut') : log.info('fast door open again')),
  });
  const keys = createIssuerKeys({
    issuer: config.oidcIssuer,
    keepMs: config.oidcKeysKeepSeconds * 1000,
    ...watchKeys(log, metrics),
  });
  const web = createFrontEnd({
    ...config,
    namespace: config.temporalNamespace,
    issuer: config.oidcIssuer,
    audience: config.oidcAudience,
    database,
    fleet,
    keyring,
    callSecret: await loadPlatformSecret(database.secrets, keyring, 'calls'),
    mapping,
    identity,
    policy,
    deployment,
    keys,
    log,
    metrics,
    draining: draining.signal,
    clock: clock.dependency,
  });
  const stops = watchStops({ store: database.stops, metrics, log });
  const respond = web.app.callback();
  const server = await listen({
    answer: (request, response) => void respond(request, response),
    host: config.httpHost,
    port: config.httpPort,
    leadMs: config.drainLeadSeconds * 1000,
    graceMs: (config.drainSeconds - config.drainLeadSeconds - CLOSING_SECONDS) * 1000,
  });
  const metricsServer = await serveMetrics({
    host: config.metricsHost,
    port: config.metricsPort,
    metrics,
    readyz: web.readiness,
  });
  log.info({ port: server.port, publicUrl: config.publicUrl, metricsUrl: metricsServer?.url }, 'web ready');

  async function drain(): Promise<void> {
    await server.close();
    await web.close();
    await deployment.close();
    stops.close();
    mapping.close();
    policy.close();
    keys.close();
    await metricsServer?.close();
    await fleet.close();
    clock.close();
    await database.close();
    await tracing.close();
  }
  process.on('SIGHUP', () => void Promise.all([mapping.reload(), policy.reload(), keyring.reload()]));
  drainOnSignal(
    { name: 'web', log, withinSeconds: config.drainSeconds, drain, exit: (code) => process.exit(code) },
    draining,
  );
}
