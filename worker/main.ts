/** The process that runs workflows, activities and lanes. */
import { AppError } from '../shared/errors/app-error.ts';
import { loadConfig } from '../shared/platform/config/load-config.ts';
import { workerConfig } from '../shared/platform/config/processes.ts';
import { openKeyring } from '../shared/platform/encryption/live-keyring.ts';
import { openDatabase } from '../shared/platform/persistence/database.ts';
import { recordTakenFile } from '../shared/platform/persistence/record-taken-file.ts';
import { openPolicy } from '../shared/platform/policy/policy-source.ts';
import { openWebhooks } from '../shared/platform/webhooks/webhook-file.ts';
import { createLogger } from '../shared/platform/telemetry/logger.ts';
import { createMetrics } from '../shared/platform/telemetry/metrics.ts';
import { serveMetrics } from '../shared/platform/telemetry/serve-metrics.ts';
import { startTracing } from '../shared/platform/telemetry/tracing.ts';
import { keepPlatformTime } from '../shared/platform/process/platform-clock.ts';
import { databaseDependency, keyringDependency } from '../shared/platform/process/dependencies.ts';
import { drainOnSignal } from '../shared/platform/process/drain-on-signal.ts';
import { createReadiness } from '../shared/platform/process/readiness.ts';
import { startServiceToken } from '../shared/platform/temporal/service-token.ts';
import { loadSigningKey, SERVICE_SUBJECTS } from '../shared/platform/temporal/temporal-token.ts';
import { bundleWorkflows } from './bundle.ts';
import { retentionSettings } from './retention-settings.ts';
import { runWorker } from './run-worker.ts';
import { installRuntime } from './runtime.ts';

await start().catch((error: unknown) => {
  // A wrong setting is a sentence for whoever set it; anything else is a fault and shows all it has.
  if (!(error instanceof AppError && error.code === 'INVALID_CONFIGURATION')) throw error;
  console.error(`${error.code}: ${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`);
  process.exit(1);
});

async function start(): Promise<void> {
  const config = loadConfig(workerConfig, process.env);
  const metrics = createMetrics();
  const logger = createLogger({ name: 'worker', level: config.logLevel, metrics });
  installRuntime(logger);
  const tracing = startTracing({ name: 'worker', settings: config, trustsCallers: true, log: logger, metrics });
  const policy = await openPolicy({ file: config.policyFile, log: logger });
  const webhooks = await openWebhooks({ file: config.webhooksFile, log: logger });
  const database = await openDatabase({ url: config.postgresUrl });
  const clock = await keepPlatformTime({ database, kind: 'worker', metrics, log: logger });
  const ofPolicy = { action: 'policy.loaded', actor: SERVICE_SUBJECTS.worker } as const;
  const isDefault = config.policyFile === undefined;
  policy.onTaken((content) => void recordTakenFile(database.audit, logger, { ...ofPolicy, content, isDefault }));
  const token = await startServiceToken({
    signingKey: await loadSigningKey(config.signingKeyFile),
    subject: SERVICE_SUBJECTS.worker,
    permissions: [`${config.temporalNamespace}:write`],
    onError: (error) => logger.error({ err: error }, 'token not renewed'),
  });
  const keyring = await openKeyring({ source: config, log: logger });
  const worker = await runWorker({
    address: config.temporalAddress,
    namespace: config.temporalNamespace,
    token,
    workflowBundle: await bundleWorkflows(logger),
    database,
    keyring,
    logger,
    laneIdleSeconds: config.laneIdleSeconds,
    laneHeartbeatSeconds: config.laneHeartbeatSeconds,
    maxLanes: config.maxLanes,
    breaker: {
      failures: config.breakerFailures,
      coolDownSeconds: config.breakerCoolDownSeconds,
      maxCoolDownSeconds: config.breakerMaxCoolDownSeconds,
    },
    policy,
    phase: config.phase,
    schedules: {
      healthIntervalSeconds: config.healthIntervalSeconds,
      notificationIntervalSeconds: config.notificationIntervalSeconds,
      deviceMetrics: {
        intervalSeconds: config.deviceMetricsSeconds,
        retention: {
          raw: config.deviceMetricsRawDays,
          hour: config.deviceMetricsHourlyDays,
          day: config.deviceMetricsDailyDays,
        },
      },
      retention: retentionSettings(config),
      driftIntervalSeconds: config.driftIntervalSeconds,
      snapshots: {
        cron: config.snapshotSchedule,
        timeZone: config.snapshotTimeZone,
        spreadSeconds: config.snapshotSpreadSeconds,
        keepDays: config.snapshotKeepDays,
        keepCount: config.snapshotKeepCount,
      },
    },
    webhooks: {
      source: webhooks,
      addresses: {
        publicUrl: config.publicUrl,
        approvalUrl: config.approvalUrl,
        namespace: config.temporalNamespace,
      },
    },
    metrics,
    tracing,
    drainSeconds: config.drainSeconds,
  });
  const draining = new AbortController();
  const metricsServer = await serveMetrics({
    port: config.metricsPort,
    host: config.metricsHost,
    metrics,
    readyz: createReadiness(
      [
        databaseDependency(database),
        ...worker.dependencies,
        keyringDependency(keyring, database.secrets),
        clock.dependency,
      ],
      draining.signal,
    ),
  });

  async function drain(): Promise<void> {
    await worker.drain();
    policy.close();
    webhooks.close();
    await metricsServer?.close();
    clock.close();
    await database.close();
    await tracing.close();
  }

  process.on('SIGHUP', () => void Promise.all([policy.reload(), webhooks.reload(), keyring.reload()]));
  drainOnSignal(
    { name: 'worker', log: logger, withinSeconds: config.drainSeconds, drain, exit: (code) => process.exit(code) },
    draining,
  );
  worker.stopped.catch((error: unknown) => {
    logger.fatal({ err: error }, 'worker failed');
    process.exit(1);
  });
  await worker.scheduled;
  logger.info({ maxLanes: config.maxLanes, metricsUrl: metricsServer?.url }, 'worker ready');
}
