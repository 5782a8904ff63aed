import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { findFreePorts } from '../../../../cli/stack/ports.ts';
import { loadAccessMapping } from '../../../../mcp-server/auth/access-file.ts';
import type { AccessFile } from '../../../../shared/domain/access-file.ts';
import { createAccessMapping } from '../../../../shared/domain/access-mapping.ts';
import type { CloudflareAccess } from '../../../../mcp-server/auth/cloudflare-access.ts';
import { createTokenVerifier } from '../../../../mcp-server/auth/bearer.ts';
import { createIssuerKeys } from '../../../../mcp-server/auth/issuer-keys.ts';
import { createPersonRecorder } from '../../../../mcp-server/auth/principal.ts';
import { createGateway } from '../../../../mcp-server/gateway/app.ts';
import type { RateLimit } from '../../../../mcp-server/call/limit-rate.ts';
import { createForwarder } from '../../../../mcp-server/gateway/forward.ts';
import type { SessionLimits } from '../../../../shared/platform/persistence/stores/session-store.ts';
import { loadKeyring } from '../../../../shared/platform/encryption/keyring.ts';
import { createPayloadCodec } from '../../../../shared/platform/encryption/payload-codec.ts';
import type { Database } from '../../../../shared/platform/persistence/database.ts';
import { createReadiness } from '../../../../shared/platform/process/readiness.ts';
import { createLogger } from '../../../../shared/platform/telemetry/logger.ts';
import { createMetrics } from '../../../../shared/platform/telemetry/metrics.ts';
import { loadSigningKey } from '../../../../shared/platform/temporal/temporal-token.ts';
import { testStack } from '../../../support/test-stack.ts';

export interface RunningGateway {
  /** Origin. */
  url: string;
  close: () => Promise<void>;
}

/** A gateway in front of the run's Temporal UI, for one namespace and database. */
export async function startGateway(options: {
  namespace: string;
  database: Database;
  /** Default: a free one. */
  port?: number;
  /** Default: the run's Temporal UI. */
  temporalUiUrl?: string;
  /** Default: one role for each embedded user, all devices. */
  access?: AccessFile;
  /** Default: nothing stands before the gateway. */
  cloudflareAccess?: Pick<CloudflareAccess, 'vouchFor'>;
  /** Default: the process's own. */
  freshSignInSeconds?: number;
  /** Default: the process's own. */
  rateLimit?: RateLimit;
  /** Default: the process's own. */
  unprovenLimit?: RateLimit;
  /** Default: the process's own. */
  sessionLimits?: SessionLimits;
  /** Default: none. */
  trustedProxies?: readonly string[];
}): Promise<RunningGateway> {
  const { temporal, issuer, signingKeyFile, masterKeyFile, cookieSecretFile, accessFile } = testStack();
  const [freePort = 0] = await findFreePorts(1);
  const port = options.port ?? freePort;
  const url = `http://127.0.0.1:${port}`;
  const temporalUiUrl = options.temporalUiUrl ?? temporal.uiUrl;
  const keys = createIssuerKeys({ issuer });
  const forwarder = createForwarder(temporalUiUrl);
  const { database } = options;
  const mapping = options.access ? createAccessMapping(options.access) : await loadAccessMapping(accessFile);
  const gateway = createGateway({
    approvalUrl: url,
    temporalUiUrl,
    namespace: options.namespace,
    issuer,
    signingKey: await loadSigningKey(signingKeyFile),
    codec: createPayloadCodec({
      keyring: await loadKeyring({ masterKeyFile }),
      namespace: options.namespace,
    }),
    cookieSecrets: [(await readFile(cookieSecretFile, 'utf8')).trim()],
    verifier: createTokenVerifier({ issuer, audiences: [url, `${url}/`], keys }),
    mapping,
    cloudflareAccess: options.cloudflareAccess,
    people: createPersonRecorder({ people: database.people, mapping, issuer }),
    directory: database.people,
    sessions: database.sessions,
    ...(options.freshSignInSeconds === undefined ? {} : { freshSignInSeconds: options.freshSignInSeconds }),
    plans: database.plans,
    devices: database.devices,
    audit: database.audit,
    forwarder,
    readiness: createReadiness([{ name: 'temporalUi', check: () => forwarder.ping() }], new AbortController().signal),
    ...(options.rateLimit === undefined ? {} : { rateLimit: options.rateLimit }),
    ...(options.unprovenLimit === undefined ? {} : { unprovenLimit: options.unprovenLimit }),
    ...(options.sessionLimits === undefined ? {} : { sessionLimits: options.sessionLimits }),
    trustedProxies: options.trustedProxies,
    logger: createLogger({ name: 'gateway', level: 'silent' }),
    metrics: createMetrics(),
  });
  const answer = gateway.callback();
  const server = createServer((request, response) => void answer(request, response));
  server.listen({ port, host: '127.0.0.1', reusePort: true });
  await once(server, 'listening');
  return {
    url,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      keys.close();
      await forwarder.close();
    },
  };
}
