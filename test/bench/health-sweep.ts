import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ulid } from 'ulid';
import { healthScheduleId } from '../../shared/contract/schedules.ts';
import { CLOSED_BREAKER } from '../../shared/domain/breaker.ts';
import { COHORT_NUMBERS } from '../../shared/domain/cohort.ts';
import { CapabilityFlags, LanePolicy, type Device } from '../../shared/domain/device.ts';
import { seal } from '../../shared/platform/encryption/envelope.ts';
import type { Keyring } from '../../shared/platform/encryption/keyring.ts';
import { openDatabase, type Database } from '../../shared/platform/persistence/database.ts';
import { tokenOf, withStack, type BenchStack } from './bench-stack.ts';
import { percentile, type Figure } from './figures.ts';
import { openLoadClient } from './mcp-load.ts';
import { openTemporal } from './open-temporal.ts';
import { LATENCY_MS } from './rollout.ts';
import { residentMb } from './stack-metrics.ts';

const ROUTERS = 1_000;
/** Each simulated router is registered under so many names for the larger fleet: Convoy knows nothing of that. */
const NAMES = 10;
/** Until memory counts: caches are full then, and what is used is compiled. The one that is timed is the first. */
const WARM_UP_SWEEPS = 2;
const MORE_SWEEPS = 3;
/** A worker has collected its garbage after so long. */
const COLLECTING_MS = 5_000;
/** Of the reader: how many devices, questions, and milliseconds between two of them. */
const READ_DEVICES = 20;
const READS = 600;
const READ_EVERY_MS = 50;
const program = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));

interface SimulatedDevice {
  name: string;
  host: string;
  restPort: number;
  user: string;
  password: string;
  fingerprint: string;
}

/** Sweeps over the health of a thousand routers, and of ten thousand, all cohorts at once as their schedules do it. */
export async function measureHealthSweep(say: (line: string) => void): Promise<Figure[]> {
  const simulator = await startSimulator();
  const ownOptions = process.env['NODE_OPTIONS'];
  // Inherited by what the stack starts.
  process.env['NODE_OPTIONS'] = `${ownOptions ?? ''} --import ${new URL('collect-on-signal.ts', import.meta.url).href}`;
  try {
    const env = { CONVOY_HEALTH_INTERVAL_SECONDS: '86400', CONVOY_DEVICE_METRICS_SECONDS: '0' };
    return await withStack({ routers: 0, env, say }, async (running) => {
      const { file } = running;
      const temporal = await openTemporal(running);
      const database = await openDatabase({ url: file.postgresUrl });
      try {
        const { schedule } = temporal.client;
        const trigger = (cohort: number): Promise<void> => schedule.getHandle(healthScheduleId(cohort)).trigger();
        const sweep = async (ids: ReadonlySet<string>): Promise<number> => {
          say(`a sweep over ${ids.size} routers`);
          const startedAtMs = Date.now();
          const startedAt = performance.now();
          await Promise.all(COHORT_NUMBERS.map(trigger));
          await allChecked(database, [...ids], startedAtMs);
          return (performance.now() - startedAt) / 1000;
        };
        const figures: Figure[] = [];
        const note = `two workers, routers of ${LATENCY_MS} ms, a TLS connection each`;
        const add = (total: number, value: number): unknown =>
          figures.push({
            name: `health sweep of ${total} routers`,
            value,
            unit: 's',
            target: (15 * total) / 1000,
            note,
          });

        const some = await register(database, temporal.keyring, simulator.devices, 1);
        add(ROUTERS, await sweep(some));
        figures.push(await measureReadsBeside(running, [...some], trigger, say));

        const all = await register(database, temporal.keyring, simulator.devices, NAMES);
        const memory: Memory[] = [];
        const sweepAll = async (): Promise<number> => {
          const seconds = await sweep(all);
          memory.push(await memoryOf(file.pids.worker));
          return seconds;
        };
        add(all.size, await sweepAll());
        while (memory.length < WARM_UP_SWEEPS + MORE_SWEEPS) await sweepAll();
        figures.push(growth(memory, all.size));
        return figures;
      } finally {
        await database.close();
        await temporal.close();
      }
    });
  } finally {
    if (ownOptions === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = ownOptions;
    await simulator.stop();
  }
}

interface Memory {
  residentMb: number;
  /** The same when all garbage is collected. */
  inUseMb: number;
}

async function memoryOf(pids: readonly number[]): Promise<Memory> {
  const resident = await residentMb(pids);
  for (const pid of pids) process.kill(pid, 'SIGUSR2');
  await delay(COLLECTING_MS);
  return { residentMb: resident, inUseMb: await residentMb(pids) };
}

/** What each further sweep leaves behind when the workers are warm. What is resident goes up and down with the garbage. */
function growth(memory: readonly Memory[], routers: number): Figure {
  const warm = memory[WARM_UP_SWEEPS - 1]?.inUseMb ?? Number.NaN;
  const last = memory.at(-1)?.inUseMb ?? Number.NaN;
  const inUse = memory.map(({ inUseMb }) => inUseMb.toFixed(0)).join(', ');
  const resident = memory.map((one) => one.residentMb.toFixed(0)).join(', ');
  return {
    name: `memory in use of both workers, more with each further sweep of ${routers} routers`,
    value: (last - warm) / MORE_SWEEPS,
    unit: 'MB',
    target: 10,
    note: `${inUse} MB after each and a collection, the first ${WARM_UP_SWEEPS} warm up; ${resident} MB resident before`,
  };
}

/**
 * How much later a reader is answered at p95 while cohorts are swept one after another, a whole fleet within a minute, which
 * is five times as often as by default.
 */
async function measureReadsBeside(
  { file }: BenchStack,
  deviceIds: readonly string[],
  trigger: (cohort: number) => Promise<void>,
  say: (line: string) => void,
): Promise<Figure> {
  const read = await tokenOf(file, 'viewer@convoy.test').then((token) => openLoadClient(file.mcpUrl, token));
  const asked = deviceIds.slice(0, READ_DEVICES);
  const reads = async (): Promise<number[]> => {
    const ms: number[] = [];
    for (let count = 0; count < READS; count++) {
      const deviceId = asked[count % asked.length];
      ms.push((await read.ask('tools/call', { name: 'get_dns_status', arguments: { deviceId } })).ms);
      await delay(READ_EVERY_MS);
    }
    return ms;
  };
  say('reads without a sweep, and beside one');
  await reads();
  const alone = percentile(await reads(), 0.95);
  const over = new AbortController();
  const sweeping = (async () => {
    for (let cohort = 0; !over.signal.aborted; cohort = (cohort + 1) % COHORT_NUMBERS.length) {
      await trigger(cohort);
      await delay(60_000 / COHORT_NUMBERS.length, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  const beside = percentile(await reads(), 0.95);
  over.abort();
  await sweeping;
  await read.close();
  return {
    name: 'reads at p95 beside a sweep, later by',
    value: (beside / alone - 1) * 100,
    unit: '%',
    target: 20,
    note: `${alone.toFixed(1)} ms without, ${beside.toFixed(1)} ms beside sweeps of ${ROUTERS} routers a minute; ${READS} reads each`,
  };
}

async function startSimulator() {
  const args = [program, '--routers', String(ROUTERS), '--latency-ms', String(LATENCY_MS), '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  if (!child.stdout) throw new Error('the simulator has no output');
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { devices } = JSON.parse(line) as { devices: SimulatedDevice[] };
  return {
    devices,
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** Registers every router under so many names in all; answers the ids of all that are registered now. */
async function register(
  database: Database,
  keyring: Keyring,
  routers: readonly SimulatedDevice[],
  names: number,
): Promise<Set<string>> {
  const known = await database.devices.list({ grants: [{ all: true }], limit: ROUTERS * NAMES });
  const taken = new Map(known.devices.map(({ name, deviceId }) => [name, deviceId]));
  const now = new Date().toISOString();
  for (let copy = 0; copy < names; copy++) {
    for (const { name: router, host, restPort, user, password, fingerprint } of routers) {
      const name = `${router}-${copy}`;
      if (taken.has(name)) continue;
      const deviceId = `dev_${ulid()}`;
      const device: Device = {
        deviceId,
        name,
        host,
        restPort,
        sshPort: null,
        sshHostKey: null,
        environment: 'lab',
        tags: [],
        flags: CapabilityFlags.parse({}),
        status: 'healthy',
        tls: { mode: 'pinned', fingerprint256: fingerprint },
        lane: LanePolicy.parse({}),
        identity: null,
        model: null,
        version: null,
        serialNumber: null,
        breaker: CLOSED_BREAKER,
        createdAt: now,
        updatedAt: now,
      };
      const login = JSON.stringify({ username: user, password });
      await database.devices.insert(device, seal(keyring, login, deviceId));
      taken.set(name, deviceId);
    }
  }
  return new Set(taken.values());
}

/** Waits until every device was checked after that time and found healthy. */
async function allChecked(database: Database, deviceIds: readonly string[], sinceMs: number): Promise<void> {
  for (;;) {
    const found = await database.deviceStatus.getMany(deviceIds);
    const checked = [...found.values()].filter(({ checkedAt }) => Date.parse(checkedAt ?? '') >= sinceMs);
    const unwell = checked.find(({ status }) => status !== 'healthy' && status !== 'unknown');
    if (unwell) throw new Error(`${unwell.deviceId} is ${unwell.status}: ${unwell.reasons.join(' ')}`);
    if (checked.length === deviceIds.length) return;
    await delay(500);
  }
}
