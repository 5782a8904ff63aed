/** The approval gateway as a process: configuration from the environment, drained on SIGTERM. */
import { readFile } from 'node:fs/promises';
import { AppError } from '../../shared/errors/app-error.ts';
import { gatewayConfig } from '../../shared/platform/config/processes.ts';
import { loadConfig } from '../../shared/platform/config/load-config.ts';
import { openKeyring } from '../../shared/platform/encryption/live-keyring.ts';
import { createPayloadCodec } from '../../shared/platform/encryption/payload-codec.ts';
import { openDatabase } from '../../shared/platform/persistence/database.ts';
import { createLogger } from '../../shared/platform/telemetry/logger.ts';
import { createMetrics } from '../../shared/platform/telemetry/metrics.ts';
import { serveMetrics } from '../../shared/platform/telemetry/serve-metrics.ts';
import { startTracing } from '../../shared/platform/telemetry/tracing.ts';
import { loadSigningKey } from '../../shared/platform/temporal/temporal-token.ts';
import { databaseDependency, keyringDependency } from '../../shared/platform/process/dependencies.ts';
import { drainOnSignal } from '../../shared/platform/process/drain-on-signal.ts';
import { keepPlatformTime } from '../../shared/platform/process/platform-clock.ts';
import { createReadiness } from '../../shared/platform/process/readiness.ts';
import { openAccessMapping } from '../auth/access-file.ts';
import { gatewayAudiences } from '../auth/audiences.ts';
import { createTokenVerifier } from '../auth/bearer.ts';
import { gatewayAccessOf } from '../auth/identity-rules.ts';
import { createIssuerKeys } from '../auth/issuer-keys.ts';
import { keysDependency } from '../auth/keys-dependency.ts';
import { createPersonRecorder } from '../auth/principal.ts';
import { createRevocations, withoutRevoked } from '../auth/revocations.ts';
import { putInForce } from '../auth/put-in-force.ts';
import { openGatewayAccess } from '../auth/verifiers.ts';
import { watchKeys } from '../auth/watch-keys.ts';
import { listen } from '../listen.ts';
import { createGateway } from './app.ts';
import { createForwarder } from './forward.ts';

await start().catch((error: unknown) => {
  // A wrong setting is a sentence for whoever set it; anything else is a fault and shows all it has.
  if (!(error instanceof AppError && error.code === 'INVALID_CONFIGURATION')) throw error;
  console.error(`${error.code}: ${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`);
  process.exit(1);
});

async function start(): Promise<void> {
  const config = loadConfig(gatewayConfig, process.env);
  const metrics = createMetrics();
  const logger = createLogger({ name: 'gateway', level: config.logLevel, metrics });
  const tracing = startTracing({ name: 'gateway', settings: config, trustsCallers: false, log: logger, metrics });
  const [keyring, signingKey, mapping, cookieSecrets] = await Promise.all([
    openKeyring({ source: config, log: logger }),
    loadSigningKey(config.signingKeyFile),
    openAccessMapping({ file: config.accessFile, log: logger }),
    readSecrets(config.cookieSecretFile),
  ]);
  const database = await openDatabase({ url: config.postgresUrl });
  const clock = await keepPlatformTime({ database, kind: 'gateway', metrics, log: logger });
  mapping.onTaken(putInForce(database.accessFile, logger));
  const keys = createIssuerKeys({
    issuer: config.oidcIssuer,
    keepMs: config.oidcKeysKeepSeconds * 1000,
    ...watchKeys(logger, metrics),
  });
  const revocations = createRevocations({
    store: database.revocations,
    onError: (err) => logger.warn({ err }, 'list of revocations not read'),
  });
  // Sessions are looked up in it without waiting, so it is known before the first of them comes.
  await revocations.refresh();
  const access = openGatewayAccess({ rules: gatewayAccessOf(config), revocations, log: logger });
  const forwarder = createForwarder(config.temporalUiUrl);
  const draining = new AbortController();
  const readiness = createReadiness(
    [
      databaseDependency(database),
      { name: 'temporalUi', check: () => forwarder.ping() },
      keysDependency(keys),
      keyringDependency(keyring, database.secrets),
      clock.dependency,
    ],
    draining.signal,
  );
  const gateway = createGateway({
    readiness,
    approvalUrl: config.approvalUrl,
    trustedProxies: config.trustedProxies,
    clientAddressHeader: config.clientAddressHeader,
    temporalUiUrl: config.temporalUiUrl,
    namespace: config.temporalNamespace,
    issuer: config.oidcIssuer,
    verifier: createTokenVerifier({
      issuer: config.oidcIssuer,
      audiences: gatewayAudiences(config.approvalUrl),
      keys,
      subjectClaim: config.oidcSubjectClaim,
      revocations,
    }),
    clientId: config.oidcGatewayClientId,
    subjectClaim: config.oidcSubjectClaim,
    cloudflareAccess: access?.cloudflareAccess,
    people: createPersonRecorder({ people: database.people, mapping, issuer: config.oidcIssuer }),
    directory: database.people,
    sessions: database.sessions,
    plans: database.plans,
    devices: database.devices,
    audit: database.audit,
    signingKey,
    codec: createPayloadCodec({ keyring, namespace: config.temporalNamespace }),
    mapping: withoutRevoked(mapping, revocations),
    cookieSecrets,
    forwarder,
    logger,
    metrics,
  });
  const answer = gateway.callback();
  const server = await listen({
    answer: (request, response) => void answer(request, response),
    host: config.httpHost,
    port: config.approvalPort,
    leadMs: config.drainLeadSeconds * 1000,
    // Browsers keep long polls open; they ask again elsewhere.
    graceMs: 2000,
  }).catch((cause: unknown) => {
    if (!(cause instanceof AppError)) throw cause;
    throw new AppError(cause.code, { message: cause.message, hint: 'Set CONVOY_APPROVAL_PORT to a free port.', cause });
  });
  const metricsServer = await serveMetrics({
    host: config.metricsHost,
    port: config.metricsPort,
    metrics,
    readyz: readiness,
  });
  logger.info({ port: server.port, approvalUrl: config.approvalUrl }, 'gateway ready');

  async function drain(): Promise<void> {
    await server.close();
    keys.close();
    access?.keys.close();
    revocations.close();
    mapping.close();
    await forwarder.close();
    await metricsServer?.close();
    clock.close();
    await database.close();
    await tracing.close();
  }

  process.on('SIGHUP', () => void Promise.all([mapping.reload(), keyring.reload()]));
  drainOnSignal(
    { name: 'gateway', log: logger, withinSeconds: config.drainSeconds, drain, exit: (code) => process.exit(code) },
    draining,
  );
}

/** One secret a line; the first seals. */
async function readSecrets(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8'))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
