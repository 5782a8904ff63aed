import { COUNTERS, type Counter, type CountersSeen } from '../../shared/domain/device-metrics/counter-rates.ts';
import type { MetricSample } from '../../shared/domain/device-metrics/measures.ts';
import { totalOfPool, usedOfPool } from '../../shared/operations/dhcp/list-pools.ts';
import { toPercent } from '../../shared/operations/system/percent.ts';
import { failedSupplies, highestOf, readSensors } from '../../shared/operations/system/sensors.ts';
import { usage } from '../../shared/operations/system/usage.ts';
import { toSeconds } from '../../shared/routeros/durations.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { toBoolean, toNumber } from '../../shared/routeros/values.ts';
import type { AskMenu, KnownMenus } from './known-menus.ts';
import { currentIso } from '../../shared/platform/process/platform-clock.ts';

const RESOURCE = '/system/resource';
const HEALTH = '/system/health';
const INTERFACE = '/interface';
const LEASE = '/ip/dhcp-server/lease';
const POOL = '/ip/pool';
const POOL_USED = '/ip/pool/used';
/** Of radios of its own and of those that it controls, by driver; a router has one or two of them. */
const REGISTRATIONS = [
  '/interface/wifi/registration-table',
  '/interface/wifiwave2/registration-table',
  '/interface/wireless/registration-table',
  '/caps-man/registration-table',
];

/** Every menu that a visit may read. */
export const METRIC_MENUS: readonly string[] = [RESOURCE, HEALTH, INTERFACE, LEASE, POOL, POOL_USED, ...REGISTRATIONS];

/** Of each interface and pool a series is kept: routers with thousands, such as those of tunnels, must not fill the tables. */
const MOST_INTERFACES = 64;
const MOST_POOLS = 32;
/** Pools whose use an older version has to count one by one. */
const MOST_COUNTED_POOLS = 8;

/** What one visit reads; the counters are null where the router does not say for how long it has been counting. */
export interface DeviceReading extends Pick<MetricSample, 'deviceId' | 'at' | 'device' | 'pools'> {
  counters: CountersSeen | null;
}

/** Asks one router for what is measured, by few and cheap requests, one after the other. A menu that it lacks is no error. */
export async function readDeviceMetrics(router: Router, deviceId: string, menus: KnownMenus): Promise<DeviceReading> {
  const resource = await router.get(RESOURCE);
  const at = currentIso();
  const uptimeSeconds = toSeconds(resource['uptime']);
  const ask = menus.of(deviceId, { version: resource['version'] ?? '', uptimeSeconds: uptimeSeconds ?? 0 });
  const interfaces = await readCounters(router);
  const sensors = (await readBoardSensors(router, resource, ask)) ?? [];
  return {
    deviceId,
    at,
    device: {
      cpuLoadPercent: toPercent(resource['cpu-load']),
      memoryUsedPercent: usage(resource['free-memory'], resource['total-memory']).usedPercent,
      diskUsedPercent: usage(resource['free-hdd-space'], resource['total-hdd-space']).usedPercent,
      temperatureCelsius: highestOf(sensors, 'C')?.value ?? null,
      voltage: highestOf(sensors, 'V')?.value ?? null,
      failedSupplies: failedSupplies(sensors)?.length ?? null,
      uptimeSeconds,
      wirelessClients: await countClients(router, ask),
      dhcpLeases: await ask(LEASE, () => router.count(LEASE, { status: 'bound' })),
    },
    counters: uptimeSeconds === null ? null : { at, uptimeSeconds, interfaces },
    pools: (await ask(POOL, () => readPools(router))) ?? [],
  };
}

/** Virtual routers have no sensors, and answer the menu in another form. */
async function readBoardSensors(router: Router, resource: RouterRecord, ask: AskMenu) {
  const isVirtual = /^(CHR|x86)\b/i.test(resource['board-name'] ?? '');
  if (isVirtual) return null;
  return ask(HEALTH, () => readSensors(router, { health: 'list' }));
}

async function countClients(router: Router, ask: AskMenu): Promise<number | null> {
  let clients: number | null = null;
  for (const menu of REGISTRATIONS) {
    // oxlint-disable-next-line no-await-in-loop -- a router works on one request at a time
    const counted = await ask(menu, () => router.count(menu));
    if (counted !== null) clients = (clients ?? 0) + counted;
  }
  return clients;
}

const COUNTER_FIELDS: Record<Counter, readonly string[]> = {
  rxBytes: ['rx-byte'],
  txBytes: ['tx-byte'],
  rxPackets: ['rx-packet'],
  txPackets: ['tx-packet'],
  rxErrors: ['rx-error'],
  txErrors: ['tx-error'],
  rxDrops: ['rx-drop'],
  txDrops: ['tx-drop', 'tx-queue-drop'],
};

/** Of the interfaces that run. Those that come and go by themselves, such as of a tunnel's clients, are left out. */
async function readCounters(router: Router): Promise<CountersSeen['interfaces']> {
  const fields = ['name', 'running', 'dynamic', ...Object.values(COUNTER_FIELDS).flat()];
  const rows = await router.list(INTERFACE, { fields });
  const wanted = rows.filter((row) => toBoolean(row['running']) && !toBoolean(row['dynamic']) && row['name']);
  return Object.fromEntries(
    wanted.slice(0, MOST_INTERFACES).map((row) => [
      row['name'] ?? '',
      {
        id: row['.id'] ?? '',
        counts: Object.fromEntries(
          COUNTERS.map((counter) => [counter, sumOf(COUNTER_FIELDS[counter].map((field) => row[field]))]),
        ) as Record<Counter, string | null>,
      },
    ]),
  );
}

/** Counters of several lanes, which come as a comma list, and of several kinds together; null when none of them is there. */
function sumOf(texts: readonly (string | undefined)[]): string | null {
  const counted = texts.filter((text) => text !== undefined && /^\d{1,20}(,\d{1,20})*$/.test(text)) as string[];
  if (counted.length === 0) return null;
  return String(counted.flatMap((text) => text.split(',')).reduce((sum, lane) => sum + BigInt(lane), 0n));
}

async function readPools(router: Router): Promise<MetricSample['pools']> {
  const rows = await router.list(POOL, { fields: ['name', 'ranges', 'total', 'used'] });
  const isCounted = rows.some((row) => toNumber(row['used']) === null);
  const pools: MetricSample['pools'] = [];
  for (const row of rows.slice(0, isCounted ? MOST_COUNTED_POOLS : MOST_POOLS)) {
    // oxlint-disable-next-line no-await-in-loop -- a router works on one request at a time
    const usedAddresses = await usedOfPool(router, row);
    pools.push({ name: row['name'] ?? '', values: { usedAddresses, totalAddresses: totalOfPool(row) } });
  }
  return pools;
}
