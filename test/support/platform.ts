import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ulid } from 'ulid';
import { startFleet, type Fleet } from '../../simulator/fleet.ts';
import { CLOSED_BREAKER } from '../../shared/domain/breaker.ts';
import { CapabilityFlags, LanePolicy, type Device } from '../../shared/domain/device.ts';
import { loadKeyring } from '../../shared/platform/encryption/keyring.ts';
import { seal } from '../../shared/platform/encryption/envelope.ts';
import { openDatabase, type Database } from '../../shared/platform/persistence/database.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { openFleet } from '../../shared/platform/temporal/open-fleet.ts';
import { migratedDatabase, type TestDatabase } from './database.ts';
import { freshNamespace } from './temporal.ts';
import { testStack } from './test-stack.ts';

/** A whole back end of a test file's own: namespace, database, simulated routers, registered devices, workers. */
export interface TestPlatform {
  namespace: string;
  postgresUrl: string;
  /** The database of its own, to be taken away and asked as its owner. */
  testDatabase: TestDatabase;
  database: Database;
  fleet: FleetClient;
  simulator: Fleet;
  /** In the order of the simulated routers. */
  devices: Device[];
  /** In the order of their start. */
  workers: WorkerProcess[];
  /** Starts one more real worker process; resolves when it is ready. */
  startWorker(env?: Record<string, string>): Promise<WorkerProcess>;
  stop(): Promise<void>;
}

export interface WorkerProcess {
  pid: number;
  /** JSON log lines so far. */
  log: Record<string, unknown>[];
  /** Sends the signal and waits until the process is gone. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

export interface PlatformOptions {
  routers: number;
  /** Worker processes started at once. Default 1. */
  workers?: number;
  lane?: Partial<LanePolicy>;
  /** A lane's owner counts as dead after this, seconds. Default 3, so that tests of dying workers are short. */
  laneHeartbeatSeconds?: number;
  laneIdleSeconds?: number;
  /** Whether reads may use the fast door. Default true. */
  fastDoor?: boolean;
  flags?: Partial<CapabilityFlags>;
  /** One that nobody else uses. Default: of a name made up. */
  namespace?: string;
  /** Tags of each device, by the name of its router. Default: none. */
  tags?: (name: string) => string[];
}

export async function startPlatform(options: PlatformOptions): Promise<TestPlatform> {
  const stack = testStack();
  const laneHeartbeatSeconds = options.laneHeartbeatSeconds ?? 3;
  const laneIdleSeconds = options.laneIdleSeconds ?? 120;
  const [namespace, testDatabase, simulator] = await Promise.all([
    freshNamespace(options.namespace),
    migratedDatabase(),
    startFleet({ routers: options.routers }),
  ]);
  const database = await openDatabase({ url: testDatabase.url, poolMax: 5 });
  const devices = await registerAll(database, simulator, options);
  const fleet = await openFleet({
    address: stack.temporal.address,
    namespace,
    temporalHttpUrl: (options.fastDoor ?? true) ? stack.temporal.httpUrl : undefined,
    signingKeyFile: stack.signingKeyFile,
    keyring: await loadKeyring({ masterKeyFile: stack.masterKeyFile }),
    idleSeconds: laneIdleSeconds,
    heartbeatSeconds: laneHeartbeatSeconds,
    onError: (error) => console.error(error),
  });
  const workers: WorkerProcess[] = [];
  const startWorker = async (env: Record<string, string> = {}): Promise<WorkerProcess> => {
    const worker = await spawnWorker({
      CONVOY_POSTGRES_URL: testDatabase.url,
      CONVOY_TEMPORAL_ADDRESS: stack.temporal.address,
      CONVOY_TEMPORAL_NAMESPACE: namespace,
      CONVOY_SIGNING_KEY_FILE: stack.signingKeyFile,
      CONVOY_MASTER_KEY_FILE: stack.masterKeyFile,
      CONVOY_LANE_HEARTBEAT_SECONDS: String(laneHeartbeatSeconds),
      CONVOY_LANE_IDLE_SECONDS: String(laneIdleSeconds),
      // Nothing runs that a test did not ask for.
      CONVOY_HEALTH_INTERVAL_SECONDS: '0',
      CONVOY_NOTIFICATION_INTERVAL_SECONDS: '0',
      CONVOY_DEVICE_METRICS_SECONDS: '0',
      CONVOY_RETENTION_HOUR: 'off',
      CONVOY_DRIFT_INTERVAL_SECONDS: '0',
      CONVOY_SNAPSHOT_SCHEDULE: 'off',
      ...env,
    });
    workers.push(worker);
    return worker;
  };
  await Promise.all(Array.from({ length: options.workers ?? 1 }, () => startWorker()));
  return {
    namespace,
    postgresUrl: testDatabase.url,
    testDatabase,
    database,
    fleet,
    simulator,
    devices,
    workers,
    startWorker,
    async stop() {
      await fleet.close();
      await Promise.all(workers.map((worker) => worker.kill('SIGKILL')));
      await simulator.stop();
      await database.close();
      await testDatabase.drop();
    },
  };
}

async function registerAll(database: Database, simulator: Fleet, options: PlatformOptions): Promise<Device[]> {
  const keyring = await loadKeyring({ masterKeyFile: testStack().masterKeyFile });
  const devices: Device[] = [];
  for (const router of simulator.devices) {
    const deviceId = `dev_${ulid()}`;
    const now = new Date().toISOString();
    const device: Device = {
      deviceId,
      name: router.name,
      host: router.host,
      restPort: router.restPort,
      sshPort: null,
      sshHostKey: null,
      environment: 'lab',
      tags: options.tags?.(router.name) ?? [],
      flags: CapabilityFlags.parse({
        allowAdvancedWrites: true,
        allowProfessionalWorkflows: true,
        ...options.flags,
      }),
      status: 'healthy',
      tls: { mode: 'pinned', fingerprint256: router.fingerprint },
      lane: LanePolicy.parse({ requestsPerSecond: 50, ...options.lane }),
      identity: router.name,
      model: router.model,
      version: router.version,
      serialNumber: null,
      breaker: CLOSED_BREAKER,
      createdAt: now,
      updatedAt: now,
    };
    const login = JSON.stringify({ username: router.user, password: router.password });
    await database.devices.insert(device, seal(keyring, login, deviceId));
    devices.push(device);
  }
  return devices;
}

async function spawnWorker(env: Record<string, string>): Promise<WorkerProcess> {
  const program = fileURLToPath(new URL('../../worker/main.ts', import.meta.url));
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const log: Record<string, unknown>[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code}: ${JSON.stringify(log.slice(-5))}`)));
    createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
      const record = JSON.parse(line) as Record<string, unknown>;
      log.push(record);
      if (record['msg'] === 'worker ready') resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    log,
    kill: (signal) => endProcess(child, signal),
  };
}

async function endProcess(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
