import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeAccessFile } from '../../../cli/stack/access-file.ts';
import { createHome } from '../../../cli/stack/home.ts';
import { serveIdentityProvider } from '../../../cli/stack/idp/server.ts';
import { generateProviderKeys } from '../../../cli/stack/idp/signing-keys.ts';
import { findFreePorts } from '../../../cli/stack/ports.ts';
import { startPostgres } from '../../../cli/stack/postgres.ts';
import { openProcesses, type RunningProcess } from '../../../cli/stack/processes.ts';
import { serviceEnv, startService, type ServiceKind } from '../../../cli/stack/services.ts';
import { ensureStackKeys } from '../../../cli/stack/stack-keys.ts';
import { startTemporalUi } from '../../../cli/stack/temporal-ui.ts';
import { ensureTemporalBinaries } from '../../../scripts/build-temporal.ts';
import { startFleet, type Fleet } from '../../../simulator/fleet.ts';
import { runCli, type CliRun } from '../../cli/support/run-cli.ts';
import { dropDatabases, makeDatabases, passwordsOf } from './compose-databases.ts';
import { startComposeTemporal } from './compose-temporal.ts';

/** What the files of deploy/ start, as processes of this machine: Temporal's store is PostgreSQL, and no home holds a stack. */
export interface ComposeDeployment {
  publicUrl: string;
  approvalUrl: string;
  issuer: string;
  simulator: Fleet;
  /** Empty databases with Temporal's tables, as the first start of a deployment makes them. */
  makeDatabases(): Promise<void>;
  dropDatabases(): Promise<void>;
  startTemporal(): Promise<void>;
  /** Ids of the schedules that the Temporal server knows. */
  schedules(): Promise<string[]>;
  /** Worker, web process and gateway, on a database that is up to date. */
  startConvoy(): Promise<void>;
  stopConvoy(): Promise<void>;
  stopTemporal(): Promise<void>;
  /** The command line with the environment of the guide on backups. */
  convoy: (...args: string[]) => Promise<CliRun>;
  stop(): Promise<void>;
}

const KINDS = ['worker', 'web', 'gateway'] as const satisfies ServiceKind[];

export async function prepareDeployment({ routers = 1 }: { routers?: number } = {}): Promise<ComposeDeployment> {
  const binaries = await ensureTemporalBinaries();
  const root = await mkdtemp(path.join(tmpdir(), 'convoy-compose-'));
  // PostgreSQL's own account must be able to pass through when this runs as root.
  await chmod(root, 0o711);
  const home = await createHome(root);
  const processes = openProcesses(home);
  const folders = [root];
  const [postgresPort = 0, webPort = 0, approvalPort = 0, uiPort = 0, ...ports] = await findFreePorts(19);
  const metricsPorts = ports.splice(0, KINDS.length);
  const publicUrl = `http://127.0.0.1:${webPort}`;
  const approvalUrl = `http://127.0.0.1:${approvalPort}`;
  const { signingKey, masterKeyFile, cookieSecretFile, cookieSecret } = await ensureStackKeys(home);
  await writeAccessFile(home.accessFile);
  const simulator = await startFleet({ routers });
  const identityProvider = await serveIdentityProvider({
    port: 0,
    publicUrl,
    approvalUrl,
    jwks: await generateProviderKeys(),
    cookieSecret,
    anyLoopbackPort: true,
  });
  const { issuer } = identityProvider;
  const stop = async (): Promise<void> => {
    await processes.stopAll();
    await identityProvider.close();
    await simulator.stop();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  };
  try {
    const postgres = await startPostgres({ processes, ...home, port: postgresPort, isDurable: false });
    folders.push(postgres.dataDir);
    // Of the embedded stack's making; a deployment makes its own.
    await dropDatabases(postgres.adminUrl);
    const passwords = passwordsOf();
    const urlOf = (role: string, password: string, database: string): string =>
      `postgres://${role}:${password}@127.0.0.1:${postgresPort}/${database}`;
    const postgresUrl = urlOf('convoy', passwords.convoy, 'convoy');
    const postgresOwnerUrl = urlOf('convoy_owner', passwords.owner, 'convoy');
    const temporalPostgresUrl = urlOf('temporal', passwords.temporal, 'temporal');
    let temporal: Awaited<ReturnType<typeof startComposeTemporal>> | null = null;
    let services: RunningProcess[] = [];
    const env = (): Record<string, string> => ({
      ...serviceEnv(
        {},
        {
          postgresUrl,
          temporalAddress: `127.0.0.1:${ports[0]}`,
          temporalNamespace: 'convoy',
          temporalHttpUrl: `http://127.0.0.1:${ports[1]}`,
          temporalUiUrl: `http://127.0.0.1:${uiPort}`,
          signingKeyFile: signingKey.privateKeyFile,
          masterKeyFile,
          cookieSecretFile,
          issuer,
          publicUrl,
          approvalUrl,
          httpPort: webPort,
          approvalPort,
          accessFile: home.accessFile,
        },
      ),
    });
    const convoy = (...args: string[]): Promise<CliRun> =>
      runCli(args, {
        env: {
          ...env(),
          CONVOY_POSTGRES_OWNER_URL: postgresOwnerUrl,
          CONVOY_TEMPORAL_POSTGRES_URL: temporalPostgresUrl,
          CONVOY_HOME: path.join(root, 'nothing'),
        },
      });
    await startTemporalUi({
      processes,
      binary: binaries.uiServer,
      temporalDir: home.temporalDir,
      temporalAddress: `127.0.0.1:${ports[0]}`,
      namespace: 'convoy',
      port: uiPort,
      publicOrigin: approvalUrl,
    });
    return {
      publicUrl,
      approvalUrl,
      issuer,
      simulator,
      makeDatabases: () => makeDatabases({ adminUrl: postgres.adminUrl, passwords }),
      dropDatabases: () => dropDatabases(postgres.adminUrl),
      async startTemporal() {
        temporal = await startComposeTemporal({
          processes,
          binary: binaries.server,
          folder: home.temporalDir,
          signingKey,
          ports,
          sqlAddress: `127.0.0.1:${postgresPort}`,
          password: passwords.temporal,
        });
      },
      schedules: async () => (await temporal?.schedules()) ?? [],
      async startConvoy() {
        const migrated = await convoy('migrate');
        if (migrated.code !== 0) throw new Error(migrated.stderr);
        services = await Promise.all(
          KINDS.map((kind, index) =>
            startService({
              processes,
              kind,
              name: kind,
              env: env(),
              metricsPort: metricsPorts[index] ?? 0,
              readyUrls: kind === 'web' ? [`${publicUrl}/readyz`] : [],
              readyWithinMs: 240_000,
            }),
          ),
        );
      },
      async stopConvoy() {
        await Promise.all(services.map((service) => service.stop()));
      },
      stopTemporal: async () => temporal?.stop(),
      convoy,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
