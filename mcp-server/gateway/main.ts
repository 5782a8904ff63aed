/** The approval gateway as a process: configuration from the environment, drained on SIGTERM. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { gatewayConfig } from '../../shared/platform/config/processes.ts';
import { loadConfig } from '../../shared/platform/config/load-config.ts';
import { openDatabase } from '../../shared/platform/persistence/database.ts';
import { createLogger } from '../../shared/platform/telemetry/logger.ts';
import { createMetrics } from '../../shared/platform/telemetry/metrics.ts';
import { serveMetrics } from '../../shared/platform/telemetry/serve-metrics.ts';
import { loadSigningKey } from '../../shared/platform/temporal/temporal-token.ts';
import { loadAccessMapping } from '../auth/access-mapping.ts';
import { createTokenVerifier } from '../auth/bearer.ts';
import { createIssuerKeys } from '../auth/issuer-keys.ts';
import { createPersonRecorder } from '../auth/principal.ts';
import { createGateway } from './app.ts';
import { createForwarder } from './forward.ts';

const config = loadConfig(gatewayConfig, process.env);
const logger = createLogger({ name: 'gateway', level: config.logLevel });
const metrics = createMetrics();
const database = await openDatabase({ url: config.postgresUrl });
const keys = createIssuerKeys({
  issuer: config.oidcIssuer,
  onReloadFailed: (error) => logger.warn({ error }, 'signing keys of the identity provider not reloaded'),
});
const forwarder = createForwarder(config.temporalUiUrl);

const gateway = createGateway({
  approvalUrl: config.approvalUrl,
  temporalUiUrl: config.temporalUiUrl,
  namespace: config.temporalNamespace,
  issuer: config.oidcIssuer,
  signingKey: await loadSigningKey(config.signingKeyFile),
  cookieSecrets: await readSecrets(config.cookieSecretFile),
  verifier: createTokenVerifier({ issuer: config.oidcIssuer, audiences: audiencesOf(config.approvalUrl), keys }),
  mapping: await loadAccessMapping(config.accessFile),
  people: createPersonRecorder(database.people, config.oidcIssuer),
  plans: database.plans,
  devices: database.devices,
  audit: database.audit,
  forwarder,
  logger,
  metrics,
});

const metricsServer = await serveMetrics({ port: config.metricsPort, metrics });
const answer = gateway.callback();
const server = createServer((request, response) => void answer(request, response));
// Several replicas may share one port; only Linux spreads connections over them.
server.listen({ port: config.approvalPort, host: config.httpHost, reusePort: process.platform === 'linux' });
await once(server, 'listening');
logger.info({ port: config.approvalPort, approvalUrl: config.approvalUrl }, 'gateway ready');

process.once('SIGTERM', () => void drain());
process.once('SIGINT', () => void drain());

async function drain(): Promise<void> {
  logger.info('draining');
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  // Browsers keep long polls open; they ask again elsewhere.
  setTimeout(() => server.closeAllConnections(), 2000).unref();
  await closed;
  keys.close();
  await forwarder.close();
  await metricsServer?.close();
  await database.close();
  logger.info('stopped');
}

/** A resource indicator may be written with or without the path of an origin. */
function audiencesOf(approvalUrl: string): string[] {
  return [approvalUrl, `${approvalUrl}/`];
}

/** One secret a line; the first seals. */
async function readSecrets(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8'))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
