import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeAccessFile } from '../../../cli/stack/access-file.ts';
import { createHome } from '../../../cli/stack/home.ts';
import { serveIdentityProvider } from '../../../cli/stack/idp/server.ts';
import { generateProviderKeys } from '../../../cli/stack/idp/signing-keys.ts';
import { findFreePorts } from '../../../cli/stack/ports.ts';
import { startPostgres } from '../../../cli/stack/postgres.ts';
import { openProcesses, type Processes, type ProcessSpec, type RunningProcess } from '../../../cli/stack/processes.ts';
import { serviceEnv, startService } from '../../../cli/stack/services.ts';
import { ensureStackKeys } from '../../../cli/stack/stack-keys.ts';
import { startTemporal } from '../../../cli/stack/temporal.ts';
import { ensureTemporalBinaries } from '../../../scripts/build-temporal.ts';
import { SEARCH_ATTRIBUTES } from '../../../shared/contract/search-attributes.ts';
import { loadKeyring, type Keyring } from '../../../shared/platform/encryption/keyring.ts';
import { migrate, openDatabase, roleOf, type Database } from '../../../shared/platform/persistence/database.ts';
import { loadSigningKey } from '../../../shared/platform/temporal/temporal-token.ts';
import type { ProcessTarget } from '../story/story.ts';
import { keepProcess, type KeptProcess, type Life } from './kept-process.ts';

/** A stack of the run's own, each process of which can be killed, and comes back. */
export interface ChaosStack {
  database: Database;
  keyring: Keyring;
  signingKey: Awaited<ReturnType<typeof loadSigningKey>>;
  temporal: { address: string; namespace: string };
  apiUrl: string;
  issuer: string;
  /** Certificates of routers are kept here. */
  simulatorDir: string;
  logsDir: string;
  processes: Readonly<Record<ProcessTarget, readonly KeptProcess[]>>;
  /** Resolves when every process runs. */
  restored(): Promise<void>;
  stop(): Promise<void>;
}

const NAMESPACE = 'chaos';
const WORKERS = 2;

/** Starts it. `say` is told what is waited for, and which start of a process failed. */
export async function startChaosStack(say: (line: string) => void): Promise<ChaosStack> {
  const binaries = await ensureTemporalBinaries({ onProgress: say });
  const root = await mkdtemp(path.join(tmpdir(), 'convoy-chaos-'));
  // PostgreSQL's own account must be able to pass through when this runs as root.
  await chmod(root, 0o711);
  const home = await createHome(root);
  const processes = openProcesses(home);
  const kept: Record<ProcessTarget, KeptProcess[]> = { worker: [], web: [], temporal: [], postgres: [] };
  const onFailure = (error: unknown): void => say(`a start failed: ${String(error)}`);
  const [postgresPort = 0, temporalPort = 0, temporalHttpPort = 0, webPort = 0, approvalPort = 0] =
    await findFreePorts(5);
  const { signingKey, masterKeyFile, cookieSecretFile, cookieSecret } = await ensureStackKeys(home);
  await writeAccessFile(home.accessFile);
  const publicUrl = `http://127.0.0.1:${webPort}`;
  // Nobody serves it: people's signals go to the Temporal server with tokens of their own.
  const approvalUrl = `http://127.0.0.1:${approvalPort}`;
  const idp = await serveIdentityProvider({
    port: 0,
    publicUrl,
    approvalUrl,
    jwks: await generateProviderKeys(),
    cookieSecret,
    anyLoopbackPort: true,
  });
  const folders = [root];
  const stop = async (): Promise<void> => {
    for (const one of Object.values(kept).flat()) one.release();
    await idp.close();
    await processes.stopAll();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  };
  try {
    const parts = rememberStarts(processes);
    // As durable as in production: what a killed PostgreSQL had promised must be there.
    const startDatabase = () => startPostgres({ processes: parts.processes, ...home, port: postgresPort });
    const postgres = await startDatabase();
    folders.push(postgres.dataDir);
    const temporal = await startTemporal({
      processes: parts.processes,
      binary: binaries.server,
      temporalDir: home.temporalDir,
      signingKey,
      port: temporalPort,
      httpPort: temporalHttpPort,
      namespace: NAMESPACE,
      searchAttributes: SEARCH_ATTRIBUTES,
      freeInternalPorts: true,
    });
    const startPart = async (name: 'postgres' | 'temporal'): Promise<Life> => {
      if (name === 'postgres') await startDatabase();
      // With the ports it had: its members find each other by them.
      else await parts.again(name);
      return parts.last(name);
    };
    for (const name of ['postgres', 'temporal'] as const) {
      const isFirst = once();
      const start = async (): Promise<Life> => (isFirst() ? parts.last(name) : startPart(name));
      kept[name].push(await keepProcess(start, onFailure));
    }
    await migrate({ url: postgres.ownerUrl, serviceRole: roleOf(postgres.url) });
    const env = serviceEnv(SETTINGS, {
      postgresUrl: postgres.url,
      temporalAddress: temporal.address,
      temporalNamespace: NAMESPACE,
      temporalHttpUrl: temporal.httpUrl,
      temporalUiUrl: undefined,
      signingKeyFile: signingKey.privateKeyFile,
      masterKeyFile,
      cookieSecretFile,
      issuer: idp.issuer,
      publicUrl,
      approvalUrl,
      httpPort: webPort,
      approvalPort,
      accessFile: home.accessFile,
    });
    const lives: Record<'worker' | 'web', number> = { worker: 0, web: 0 };
    const startOne = async (kind: 'worker' | 'web'): Promise<Life> => {
      const [metricsPort = 0] = await findFreePorts(1);
      const name = `${kind}-${(lives[kind] += 1)}`;
      const readyUrls = kind === 'web' ? [`${publicUrl}/readyz`] : [];
      try {
        const options = { processes: parts.processes, kind, name, env, metricsPort, readyUrls };
        return await startService({ ...options, readyWithinMs: READY_WITHIN_MS });
      } catch (error) {
        // One that was too slow to be ready must not run beside the next.
        await parts.last(name).stop();
        throw error;
      }
    };
    const starts = [...Array.from({ length: WORKERS }, () => 'worker' as const), 'web' as const];
    for (const kind of starts) kept[kind].push(await keepProcess(() => startOne(kind), onFailure));
    const database = await openDatabase({ url: postgres.url, poolMax: 8 });
    return {
      database,
      keyring: await loadKeyring({ masterKeyFile }),
      signingKey: await loadSigningKey(signingKey.privateKeyFile),
      temporal: { address: temporal.address, namespace: NAMESPACE },
      apiUrl: `${publicUrl}/api/v1`,
      issuer: idp.issuer,
      simulatorDir: home.simulatorDir,
      logsDir: home.logsDir,
      processes: kept,
      restored: async () =>
        void (await Promise.all(
          Object.values(kept)
            .flat()
            .map((one) => one.running()),
        )),
      stop: async () => {
        await database.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Also on a machine that has much other work. */
const READY_WITHIN_MS = 240_000;

/** Short waits, so that many seeds fit into the time; nothing else is different from production. */
const SETTINGS = {
  CONVOY_LANE_HEARTBEAT_SECONDS: '3',
  CONVOY_BREAKER_COOL_DOWN_SECONDS: '1',
  CONVOY_BREAKER_MAX_COOL_DOWN_SECONDS: '4',
  CONVOY_LOG_LEVEL: 'info',
} as const;

/** The processes' own register, and what was started by which name, so that it can be started again. */
function rememberStarts(processes: Processes) {
  const started = new Map<string, { spec: ProcessSpec; running: RunningProcess }>();
  const start = async (spec: ProcessSpec): Promise<RunningProcess> => {
    const running = await processes.start(spec);
    started.set(spec.name, { spec, running });
    return running;
  };
  const of = (name: string) => {
    const found = started.get(name);
    if (!found) throw new Error(`${name} was never started`);
    return found;
  };
  return {
    processes: { ...processes, start },
    last: (name: string): RunningProcess => of(name).running,
    again: (name: string): Promise<RunningProcess> => start(of(name).spec),
  };
}

function once(): () => boolean {
  let asked = false;
  return () => !asked && (asked = true);
}
