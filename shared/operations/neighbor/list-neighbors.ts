import { z } from 'zod';
import { toSeconds } from '../../routeros/durations.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toList } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { holdsPart, InterfaceName, PartOfText } from '../list-filters.ts';
import { Name, untrusted } from '../output-fields.ts';

const NEIGHBOR = '/ip/neighbor';
const FIELDS = [
  'interface',
  'interface-name',
  'mac-address',
  'address',
  'address4',
  'address6',
  'identity',
  'platform',
  'board',
  'version',
  'system-description',
  'system-caps',
  'system-caps-enabled',
  'discovered-by',
  'age',
  'uptime',
];

/** Whoever sits on the cable can say anything here: all of it is what somebody wrote. */
const Neighbor = z.strictObject({
  interfaces: z.array(Name).describe('Of this router; a bridged port comes with its bridge'),
  macAddress: untrusted(32).nullable(),
  address: untrusted(64).nullable(),
  ipv6Address: untrusted(64).nullable(),
  identity: untrusted(128).nullable(),
  remoteInterface: untrusted(128).nullable(),
  platform: untrusted(64).nullable(),
  board: untrusted(64).nullable(),
  version: untrusted(128).nullable(),
  description: untrusted(256).nullable(),
  capabilities: z.array(untrusted(32)),
  enabledCapabilities: z.array(untrusted(32)),
  discoveredBy: z.array(untrusted(16)).describe('lldp, cdp, mndp'),
  ageSeconds: z.number().nullable().describe('Since it was heard last'),
  uptimeSeconds: z.number().nullable(),
});

export const listNeighbors = defineListRead({
  name: 'list_neighbors',
  title: 'Neighbours',
  summary: 'Devices seen on the cables by LLDP, CDP or MNDP: who is behind which port. Neighbours say what they like.',
  toolset: 'addresses',
  isCore: true,
  phase: 1,
  paths: [NEIGHBOR],
  filters: z.strictObject({
    interface: InterfaceName.optional().describe('Only on this interface of the router'),
    contains: PartOfText.optional().describe(
      'Only with this in identity, platform, board, version, address or MAC address',
    ),
  }),
  item: Neighbor,
  items: 'neighbors',
  limits: { usual: 50, most: 500 },
  read: async (router, { interface: name, contains }) => {
    const rows = await router.list(NEIGHBOR, { fields: FIELDS });
    return { rows: rows.map(toNeighbor).filter((one) => isOn(name, one.interfaces) && says(contains, one)) };
  },
});

type NeighborEntry = z.input<typeof Neighbor>;

function toNeighbor(row: RouterRecord): NeighborEntry {
  // The first field is of either family, whichever there is.
  const addresses = [row['address4'], row['address6'], row['address']].filter((address) => address !== undefined);
  return {
    interfaces: toList(row['interface']),
    macAddress: row['mac-address'] || null,
    address: addresses.find((address) => !address.includes(':')) ?? null,
    ipv6Address: addresses.find((address) => address.includes(':')) ?? null,
    identity: row['identity'] || null,
    remoteInterface: row['interface-name'] || null,
    platform: row['platform'] || null,
    board: row['board'] || null,
    version: row['version'] || null,
    description: row['system-description'] || null,
    capabilities: toList(row['system-caps']),
    enabledCapabilities: toList(row['system-caps-enabled']),
    discoveredBy: toList(row['discovered-by']),
    ageSeconds: toSeconds(row['age']),
    uptimeSeconds: toSeconds(row['uptime']),
  };
}

function isOn(name: string | undefined, interfaces: readonly string[]): boolean {
  return name === undefined || interfaces.includes(name);
}

function says(part: string | undefined, one: NeighborEntry): boolean {
  const { identity, platform, board, version, description, address, ipv6Address, macAddress } = one;
  return holdsPart(part, identity, platform, board, version, description, address, ipv6Address, macAddress);
}
