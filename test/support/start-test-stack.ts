import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeAccessFile } from '../../cli/stack/access-file.ts';
import { createHome } from '../../cli/stack/home.ts';
import { generateProviderKeys } from '../../cli/stack/idp/signing-keys.ts';
import { serveIdentityProvider } from '../../cli/stack/idp/server.ts';
import { findFreePorts } from '../../cli/stack/ports.ts';
import { startPostgres } from '../../cli/stack/postgres.ts';
import { openProcesses } from '../../cli/stack/processes.ts';
import { ensureStackKeys } from '../../cli/stack/stack-keys.ts';
import { startTemporalUi } from '../../cli/stack/temporal-ui.ts';
import { startTemporal } from '../../cli/stack/temporal.ts';
import { ensureTemporalBinaries } from '../../scripts/build-temporal.ts';
import { SEARCH_ATTRIBUTES } from '../../shared/contract/search-attributes.ts';
import { SHORT_HISTORIES } from './short-histories.ts';
import type { TestStackAddresses } from './test-stack.ts';

/**
 * Starts PostgreSQL, Temporal with its UI and the identity provider on free ports in a temporary folder. `say` is told
 * what is waited for.
 */
export async function startTestStack(
  say: (line: string) => void,
): Promise<{ addresses: TestStackAddresses; stop: () => Promise<void> }> {
  const binaries = await ensureTemporalBinaries({ onProgress: say });
  const startedAt = Date.now();
  say('starting PostgreSQL, Temporal and the identity provider');
  const root = await mkdtemp(path.join(tmpdir(), 'convoy-test-'));
  // PostgreSQL's own account must be able to pass through when the tests run as root.
  await chmod(root, 0o711);
  const home = await createHome(root);
  const processes = openProcesses(home);
  try {
    const [postgresPort = 0, temporalPort = 0, httpPort = 0, uiPort = 0] = await findFreePorts(4);
    const { signingKey, masterKeyFile, cookieSecretFile, cookieSecret } = await ensureStackKeys(home);
    const postgres = await startPostgres({ processes, ...home, port: postgresPort, isDurable: false });
    const temporal = await startTemporal({
      processes,
      binary: binaries.server,
      temporalDir: home.temporalDir,
      signingKey,
      port: temporalPort,
      httpPort,
      namespace: 'convoy',
      searchAttributes: SEARCH_ATTRIBUTES,
      freeInternalPorts: true,
      shortHistories: SHORT_HISTORIES,
    });
    const ui = await startTemporalUi({
      processes,
      binary: binaries.uiServer,
      temporalDir: home.temporalDir,
      temporalAddress: temporal.address,
      namespace: temporal.namespace,
      port: uiPort,
      publicOrigin: 'http://127.0.0.1',
    });
    const identityProvider = await serveIdentityProvider({
      port: 0,
      publicUrl: 'http://127.0.0.1',
      approvalUrl: 'http://127.0.0.1',
      jwks: await generateProviderKeys(),
      cookieSecret,
      anyLoopbackPort: true,
    });
    await writeAccessFile(home.accessFile);
    say(`ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
    return {
      addresses: {
        home: root,
        postgresAdminUrl: postgres.adminUrl,
        postgresUrl: postgres.url,
        postgresOwnerUrl: postgres.ownerUrl,
        temporal: {
          address: temporal.address,
          httpUrl: temporal.httpUrl,
          uiUrl: ui.url,
          namespace: temporal.namespace,
          pid: temporal.pid,
        },
        issuer: identityProvider.issuer,
        signingKeyFile: signingKey.privateKeyFile,
        masterKeyFile,
        cookieSecretFile,
        accessFile: home.accessFile,
      },
      stop: async () => {
        await identityProvider.close();
        await processes.stopAll();
        await rm(postgres.dataDir, { recursive: true, force: true });
        await rm(root, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await processes.stopAll();
    throw error;
  }
}
