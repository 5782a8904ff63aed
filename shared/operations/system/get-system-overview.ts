import { z } from 'zod';
import { toSeconds } from '../../routeros/durations.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toBytes, toNumber, toRequiredText } from '../../routeros/values.ts';
import { parseVersion } from '../../routeros/version.ts';
import { defineRead } from '../define-operation.ts';
import { Name, untrusted, Word } from '../output-fields.ts';
import { readSensors } from './sensors.ts';

const RESOURCE = '/system/resource';
const IDENTITY = '/system/identity';
const ROUTERBOARD = '/system/routerboard';
const PACKAGE = '/system/package';
const HEALTH = '/system/health';

export const getSystemOverview = defineRead({
  name: 'get_system_overview',
  title: 'System overview',
  summary:
    'What a router is and how it is doing: identity, model, RouterOS version, load, memory, disk, uptime, sensors and packages.',
  toolset: 'system',
  isCore: true,
  phase: 1,
  paths: [RESOURCE, IDENTITY, ROUTERBOARD, PACKAGE, HEALTH],
  input: z.strictObject({}),
  output: z.strictObject({
    identity: Name,
    boardName: untrusted(64).nullable(),
    model: untrusted(64).nullable(),
    serialNumber: Word.nullable(),
    version: untrusted(64),
    channel: Word.nullable(),
    currentFirmware: Word.nullable(),
    upgradeFirmware: Word.nullable(),
    architecture: Word.nullable(),
    cpu: untrusted(64).nullable(),
    cpuCount: z.number().nullable(),
    cpuFrequencyMhz: z.number().nullable(),
    cpuLoadPercent: z.number().nullable(),
    freeMemoryBytes: z.number().nullable(),
    totalMemoryBytes: z.number().nullable(),
    freeDiskBytes: z.number().nullable(),
    totalDiskBytes: z.number().nullable(),
    uptimeSeconds: z.number(),
    sensors: z.array(
      z.strictObject({
        name: Word,
        value: z.number().nullable(),
        state: Word.nullable(),
        unit: Word.nullable().describe('C, V, A, W, RPM'),
      }),
    ),
    packages: z.array(z.strictObject({ name: Word, version: Word, enabled: z.boolean() })),
  }),
  example: {},
  handler: async (router) => {
    const facts = await router.facts();
    const resource = await router.get(RESOURCE);
    const identity = await router.get(IDENTITY);
    const board = facts.isRouterBoard ? await router.get(ROUTERBOARD) : {};
    const packages = await router.list(PACKAGE);
    const version = toRequiredText(resource['version'], 'version');
    return {
      identity: toRequiredText(identity['name'], 'name'),
      boardName: resource['board-name'] ?? null,
      model: board['model'] ?? null,
      serialNumber: board['serial-number'] ?? null,
      version,
      channel: parseVersion(version)?.channel ?? null,
      currentFirmware: board['current-firmware'] ?? null,
      upgradeFirmware: board['upgrade-firmware'] ?? null,
      architecture: resource['architecture-name'] ?? null,
      cpu: resource['cpu'] ?? null,
      cpuCount: toNumber(resource['cpu-count']),
      cpuFrequencyMhz: toNumber(resource['cpu-frequency']),
      cpuLoadPercent: toNumber(resource['cpu-load']),
      freeMemoryBytes: toBytes(resource['free-memory']),
      totalMemoryBytes: toBytes(resource['total-memory']),
      freeDiskBytes: toBytes(resource['free-hdd-space']),
      totalDiskBytes: toBytes(resource['total-hdd-space']),
      uptimeSeconds: toSeconds(resource['uptime']) ?? 0,
      sensors: await readSensors(router, facts),
      packages: packages.filter(isInstalled).map((row) => ({
        name: toRequiredText(row['name'], 'name'),
        version: row['version'] ?? '',
        enabled: !toBoolean(row['disabled']),
      })),
    };
  },
});

/** Since 7.18 packages that could be installed are listed too. */
function isInstalled(row: RouterRecord): boolean {
  return !toBoolean(row['available']);
}
