import { z } from 'zod';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { listAtMost } from '../list-at-most.ts';
import { hasMacStart, InterfaceName, isWanted, MacStart, wholeMac } from '../list-filters.ts';
import { Name, Word } from '../output-fields.ts';

const HOST = '/interface/bridge/host';
const FIELDS = [
  'mac-address',
  'on-interface',
  'interface',
  'bridge',
  'vid',
  'local',
  'external',
  'dynamic',
  'disabled',
  'invalid',
];

const Host = z.strictObject({
  macAddress: Word,
  interface: Name.nullable().describe('The port behind which it is'),
  bridge: Name.nullable(),
  vlanId: z.number().nullable(),
  local: z.boolean().describe("The router's own address"),
  external: z.boolean().describe('Learned by the switch chip or a controller'),
  dynamic: z.boolean(),
  disabled: z.boolean(),
  invalid: z.boolean(),
});

export const listBridgeHosts = defineListRead({
  name: 'list_bridge_hosts',
  title: 'Bridge MAC table',
  summary: 'The MAC address table (FDB) of bridges: behind which port and in which VLAN a MAC address was learned.',
  toolset: 'interfaces',
  phase: 1,
  paths: [HOST],
  filters: z.strictObject({
    macAddress: MacStart.optional().describe('MAC address or its first bytes, such as "00:1B:21"'),
    interface: InterfaceName.optional().describe('Only behind this port'),
    vlanId: z.int().min(1).max(4094).optional().describe('Only in this VLAN'),
    local: z.boolean().optional().describe("false leaves out the router's own addresses"),
  }),
  item: Host,
  items: 'hosts',
  limits: { usual: 100, most: 1000 },
  read: async (router, { macAddress, interface: name, vlanId, local }) => {
    const rows = await listAtMost(router, HOST, {
      fields: FIELDS,
      only: { 'on-interface': name, vid: vlanId?.toString(), 'mac-address': wholeMac(macAddress) },
      hint: 'Name a port, a VLAN or a whole MAC address.',
    });
    return {
      rows: rows
        .map(toHost)
        .filter(
          (one) =>
            hasMacStart(macAddress, one.macAddress) &&
            isWanted(name, one.interface) &&
            isWanted(vlanId, one.vlanId) &&
            isWanted(local, one.local),
        ),
    };
  },
});

function toHost(row: RouterRecord): z.input<typeof Host> {
  return {
    macAddress: toRequiredText(row['mac-address'], 'mac-address'),
    interface: row['on-interface'] ?? row['interface'] ?? null,
    bridge: row['bridge'] ?? null,
    vlanId: toNumber(row['vid']),
    local: toBoolean(row['local']),
    external: toBoolean(row['external']),
    dynamic: toBoolean(row['dynamic']),
    disabled: toBoolean(row['disabled']),
    invalid: toBoolean(row['invalid']),
  };
}
