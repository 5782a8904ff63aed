import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePorts } from '../../../cli/stack/ports.ts';
import { writeStackFile } from '../../../cli/stack/stack-file.ts';
import { loadAccessMapping } from '../../../mcp-server/auth/access-file.ts';
import { createIssuerKeys } from '../../../mcp-server/auth/issuer-keys.ts';
import { createFrontEnd } from '../../../mcp-server/front-end.ts';
import { listen } from '../../../mcp-server/listen.ts';
import { loadKeyring } from '../../../shared/platform/encryption/keyring.ts';
import { loadPlatformSecret } from '../../../shared/platform/encryption/platform-secret.ts';
import { createLogger } from '../../../shared/platform/telemetry/logger.ts';
import { createMetrics } from '../../../shared/platform/telemetry/metrics.ts';
import type { TestPlatform } from '../../support/platform.ts';
import { testStack } from '../../support/test-stack.ts';
import { startGateway } from '../../mcp-server/gateway/support/start-gateway.ts';

export interface TestServices {
  /** Holds a `stack.json` that leads to these services. */
  homeDir: string;
  /** For a command line that is to use them. */
  env: Record<string, string>;
  publicUrl: string;
  approvalUrl: string;
  close: () => Promise<void>;
}

/**
 * The real front end and gateway of a platform, and a home folder whose stack file names them. `issuer`: default the run's
 * identity provider.
 */
export async function startServices(
  platform: TestPlatform,
  { issuer = testStack().issuer }: { issuer?: string } = {},
): Promise<TestServices> {
  const { masterKeyFile, signingKeyFile, accessFile, temporal } = testStack();
  const gateway = await startGateway(platform);
  const [port = 0] = await findFreePorts(1);
  const publicUrl = `http://127.0.0.1:${port}`;
  const keys = createIssuerKeys({ issuer });
  const draining = new AbortController();
  const keyring = await loadKeyring({ masterKeyFile });
  const web = createFrontEnd({
    publicUrl,
    namespace: platform.namespace,
    approvalUrl: gateway.url,
    issuer,
    audience: `${publicUrl}/mcp`,
    phase: 4,
    planExpiresSeconds: 3600,
    database: platform.database,
    fleet: platform.fleet,
    keyring,
    callSecret: await loadPlatformSecret(platform.database.secrets, keyring, 'calls'),
    mapping: await loadAccessMapping(accessFile),
    keys,
    draining: draining.signal,
    log: createLogger({ name: 'web', level: 'silent' }),
    metrics: createMetrics(),
  });
  const answer = web.app.callback();
  const server = await listen({
    answer: (request, response) => void answer(request, response),
    host: '127.0.0.1',
    port,
  });
  const homeDir = await mkdtemp(path.join(tmpdir(), 'convoy-cli-'));
  await writeStackFile(path.join(homeDir, 'stack.json'), {
    mcpUrl: `${publicUrl}/mcp`,
    apiUrl: `${publicUrl}/api/v1`,
    consoleUrl: `${publicUrl}/`,
    oidc: { issuer },
    temporal: { address: temporal.address, namespace: platform.namespace, uiUrl: `${gateway.url}/` },
    postgresUrl: platform.postgresUrl,
    metricsUrls: [],
    pids: { web: [process.pid], worker: platform.workers.map(({ pid }) => pid), identityProvider: process.pid },
  });
  return {
    homeDir,
    env: { CONVOY_HOME: homeDir, CONVOY_MASTER_KEY_FILE: masterKeyFile, CONVOY_SIGNING_KEY_FILE: signingKeyFile },
    publicUrl,
    approvalUrl: gateway.url,
    close: async () => {
      draining.abort();
      await server.close();
      await web.close();
      await gateway.close();
      keys.close();
      await rm(homeDir, { recursive: true, force: true });
    },
  };
}
