import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { writeAccessFile } from '../../../../cli/stack/access-file.ts';
import { createHome } from '../../../../cli/stack/home.ts';
import { serveIdentityProvider, type IdentityProvider } from '../../../../cli/stack/idp/server.ts';
import { generateProviderKeys } from '../../../../cli/stack/idp/signing-keys.ts';
import { loginAs } from '../../../../cli/stack/login-as.ts';
import { findFreePorts } from '../../../../cli/stack/ports.ts';
import { startPostgres } from '../../../../cli/stack/postgres.ts';
import { executeSql } from '../../../../cli/stack/postgres-admin.ts';
import { openProcesses, type ProcessSpec, type RunningProcess } from '../../../../cli/stack/processes.ts';
import { serviceEnv, startService, type Service, type ServiceKind } from '../../../../cli/stack/services.ts';
import { ensureStackKeys } from '../../../../cli/stack/stack-keys.ts';
import { startTemporal } from '../../../../cli/stack/temporal.ts';
import { startTemporalUi } from '../../../../cli/stack/temporal-ui.ts';
import { ensureTemporalBinaries } from '../../../../scripts/build-temporal.ts';
import { SEARCH_ATTRIBUTES } from '../../../../shared/contract/search-attributes.ts';
import { migrate, openDatabase, roleOf, type Database } from '../../../../shared/platform/persistence/database.ts';
import { startFleet, type Fleet } from '../../../../simulator/fleet.ts';
import { registerSimulated } from '../../support/register-simulated.ts';

/** A part that can be taken away from the running processes of Convoy, and given back to them. */
export interface Part {
  takeAway(): Promise<void>;
  giveBack(): Promise<void>;
}

/** Convoy's own processes on a database, a Temporal server and an identity provider of the test's own. */
export interface OwnStack {
  issuer: string;
  publicUrl: string;
  approvalUrl: string;
  simulator: Fleet;
  postgres: Part;
  /** The database takes connections and queries, and answers nothing. */
  silentPostgres: Part;
  temporal: Part;
  /** Given back with `newKeys`, it signs with others than before and has forgotten who was signed in. */
  identityProvider: Part & { giveBack(how?: { newKeys: boolean }): Promise<void> };
  /** Has the database refuse every write, or take them again. */
  setReadOnly(isReadOnly: boolean): Promise<void>;
  /** Rows of a question to the database that no store answers. */
  query(sql: string): Promise<unknown[]>;
  /** A new connection to the database, which must be there. */
  openDatabase(): Promise<Database>;
  /** The processes of Convoy, none of which may end. */
  services: readonly Service[];
  /** Sets the clock of one process's machine to so many milliseconds from the right time, as the process sees it. */
  setClock(kind: ServiceKind, shiftMs: number): Promise<void>;
  tokenOf(user: string, resource: string, scope: string): Promise<string>;
  stop(): Promise<void>;
}

const KINDS = ['worker', 'web', 'gateway'] as const satisfies ServiceKind[];
const SHIFTED_CLOCK = new URL('../../../support/shifted-clock.ts', import.meta.url);

export interface OwnStackOptions {
  /** Settings of Convoy's processes that are not as usual. */
  env?: Readonly<Record<string, string>>;
  /** Default 2. */
  routers?: number;
  /** Default: all. Without a worker no router can be registered. */
  kinds?: readonly ServiceKind[];
  /** What is not as usual of the identity provider. */
  provider?: Pick<Parameters<typeof serveIdentityProvider>[0], 'introspection' | 'intercept'>;
}

export async function startOwnStack({
  env: settings = {},
  routers = 2,
  kinds = KINDS,
  provider = {},
}: OwnStackOptions = {}): Promise<OwnStack> {
  const binaries = await ensureTemporalBinaries({ onProgress: () => {} });
  const root = await mkdtemp(path.join(tmpdir(), 'convoy-away-'));
  // PostgreSQL's own account must be able to pass through when this runs as root.
  await chmod(root, 0o711);
  const home = await createHome(root);
  const processes = openProcesses(home);
  const simulator = await startFleet({ routers });
  const [
    postgresPort = 0,
    temporalPort = 0,
    temporalHttpPort = 0,
    webPort = 0,
    approvalPort = 0,
    uiPort = 0,
    ...metricsPorts
  ] = await findFreePorts(9);
  const publicUrl = `http://127.0.0.1:${webPort}`;
  const approvalUrl = `http://127.0.0.1:${approvalPort}`;
  const clockFile = (kind: ServiceKind): string => path.join(root, `clock-of-${kind}`);
  const setClock = (kind: ServiceKind, shiftMs: number) => writeFile(clockFile(kind), String(shiftMs));
  const { signingKey, masterKeyFile, cookieSecretFile, cookieSecret } = await ensureStackKeys(home);
  await writeAccessFile(home.accessFile);

  let jwks = await generateProviderKeys();
  const serve = (port: number): Promise<IdentityProvider> =>
    serveIdentityProvider({ port, publicUrl, approvalUrl, jwks, cookieSecret, anyLoopbackPort: true, ...provider });
  let identityProvider = await serve(0);
  const { issuer } = identityProvider;

  const started = new Map<string, { spec: ProcessSpec; running: RunningProcess }>();
  const remembering = {
    ...processes,
    async start(spec: ProcessSpec): Promise<RunningProcess> {
      const running = await processes.start(spec);
      started.set(spec.name, { spec, running });
      return running;
    },
  };
  const part = (name: string, again: (spec: ProcessSpec) => Promise<unknown>): Part => ({
    takeAway: async () => started.get(name)?.running.stop(),
    giveBack: async () => {
      const known = started.get(name);
      if (known !== undefined) await again(known.spec);
    },
  });
  const folders = [root];
  const stop = async (): Promise<void> => {
    await processes.stopAll();
    await identityProvider.close();
    await simulator.stop();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  };
  try {
    const startDatabase = () =>
      startPostgres({ processes: remembering, ...home, port: postgresPort, isDurable: false });
    const postgres = await startDatabase();
    folders.push(postgres.dataDir);
    const temporal = await startTemporal({
      processes: remembering,
      binary: binaries.server,
      temporalDir: home.temporalDir,
      signingKey,
      port: temporalPort,
      httpPort: temporalHttpPort,
      namespace: 'convoy',
      searchAttributes: SEARCH_ATTRIBUTES,
      freeInternalPorts: true,
    });
    const ui = await startTemporalUi({
      processes: remembering,
      binary: binaries.uiServer,
      temporalDir: home.temporalDir,
      temporalAddress: temporal.address,
      namespace: 'convoy',
      port: uiPort,
      publicOrigin: approvalUrl,
    });
    await migrate({ url: postgres.ownerUrl, serviceRole: roleOf(postgres.url) });
    const env = serviceEnv(
      { CONVOY_LANE_HEARTBEAT_SECONDS: '3', ...settings },
      {
        postgresUrl: postgres.url,
        temporalAddress: temporal.address,
        temporalNamespace: 'convoy',
        temporalHttpUrl: temporal.httpUrl,
        temporalUiUrl: ui.url,
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
    );
    await Promise.all(kinds.map((kind) => setClock(kind, 0)));
    const services = await Promise.all(
      kinds.map((kind, index) =>
        startService({
          processes: remembering,
          kind,
          name: kind,
          env: {
            ...env,
            ...settings,
            TEST_CLOCK_FILE: clockFile(kind),
            NODE_OPTIONS: `--import=${SHIFTED_CLOCK.href}`,
          },
          metricsPort: metricsPorts[index] ?? 0,
          readyUrls: kind === 'web' ? [`${publicUrl}/readyz`] : [],
          readyWithinMs: 240_000,
        }),
      ),
    );
    await registerSimulated({ publicUrl, issuer, simulator });
    return {
      issuer,
      publicUrl,
      approvalUrl,
      simulator,
      postgres: part('postgres', startDatabase),
      silentPostgres: frozen(() => started.get('postgres')?.running.pid),
      // With the ports it had: its members find each other by them.
      temporal: part('temporal', (spec) => remembering.start(spec)),
      identityProvider: {
        takeAway: () => identityProvider.close(),
        giveBack: async ({ newKeys } = { newKeys: false }) => {
          if (newKeys) jwks = await generateProviderKeys();
          identityProvider = await serve(Number(new URL(issuer).port));
        },
      },
      async setReadOnly(isReadOnly) {
        // The superuser's own session must be able to take it back.
        const set = isReadOnly ? 'set default_transaction_read_only = on' : 'reset default_transaction_read_only';
        await executeSql(postgres.adminUrl, [`alter system ${set}`, 'select pg_reload_conf()']);
      },
      query: async (sql) => (await executeSql(postgres.ownerUrl, [sql]))[0] as unknown[],
      openDatabase: () => openDatabase({ url: postgres.url, poolMax: 2 }),
      services,
      setClock,
      tokenOf: async (user, resource, scope) =>
        (await loginAs({ issuer, user: `${user}@convoy.test`, scope: `openid email groups ${scope}`, resource }))
          .accessToken,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A process and its children that are held: what is sent to them waits in the buffers of the kernel. */
function frozen(pidOf: () => number | undefined): Part {
  let held: number[] = [];
  return {
    async takeAway() {
      const pid = pidOf();
      if (pid === undefined) return;
      // The parent first, or it would start further children.
      process.kill(pid, 'SIGSTOP');
      held = [pid];
      const { stdout } = await promisify(execFile)('pgrep', ['-P', String(pid)]);
      for (const child of stdout.trim().split('\n').map(Number)) {
        process.kill(child, 'SIGSTOP');
        held.push(child);
      }
    },
    async giveBack() {
      for (const pid of held.splice(0).reverse()) process.kill(pid, 'SIGCONT');
    },
  };
}
