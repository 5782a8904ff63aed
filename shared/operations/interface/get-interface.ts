import { z } from 'zod';
import { toIsoTime, toRouterClock } from '../../routeros/local-time.ts';
import type { Router } from '../../routeros/router.ts';
import { toList, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';
import { InterfaceName } from '../list-filters.ts';
import { Name, Time } from '../output-fields.ts';
import { ETHERNET_MENUS, EthernetDetails, readEthernet } from './ethernet-details.ts';
import { Interface, INTERFACE, INTERFACE_FIELDS, toInterface } from './interface-entry.ts';
import { missingInterface } from './missing-interface.ts';

const VLAN = '/interface/vlan';
const BRIDGE_PORT = '/interface/bridge/port';
const BONDING = '/interface/bonding';
const CLOCK = '/system/clock';

const FIELDS = [
  ...INTERFACE_FIELDS,
  'max-l2mtu',
  'rx-packet',
  'tx-packet',
  'tx-queue-drop',
  'last-link-up-time',
  'last-link-down-time',
];

export const getInterface = defineRead({
  name: 'get_interface',
  title: 'One interface',
  summary:
    'All about one interface: link speed and duplex, negotiation, SFP optics and power, PoE, errors, drops, link changes, its bridge, bond or VLAN.',
  toolset: 'interfaces',
  isCore: true,
  phase: 1,
  paths: [INTERFACE, ...ETHERNET_MENUS, VLAN, BRIDGE_PORT, BONDING, CLOCK],
  input: z.strictObject({ name: InterfaceName.describe('Exact name, such as "ether1"') }),
  output: z.strictObject({
    ...Interface.shape,
    maxL2Mtu: z.number().nullable(),
    rxPackets: z.number().nullable(),
    txPackets: z.number().nullable(),
    txQueueDrops: z.number().nullable(),
    lastLinkUp: Time,
    lastLinkDown: Time,
    bridge: Name.nullable().describe('The bridge whose port it is'),
    bond: Name.nullable().describe('The bond that it is a part of'),
    vlanId: z.number().nullable(),
    parent: Name.nullable().describe('What a VLAN lies on'),
    ethernet: EthernetDetails.nullable().describe('Of Ethernet ports only'),
  }),
  example: { name: 'ether1' },
  handler: async (router, { name }) => {
    const [row] = await router.list(INTERFACE, { fields: FIELDS, only: { name } });
    if (row === undefined) {
      const others = await router.list(INTERFACE, { fields: ['name'] });
      throw missingInterface(
        name,
        others.map((one) => one['name'] ?? ''),
      );
    }
    const clock = toRouterClock(await router.get(CLOCK));
    const entry = toInterface(row);
    return {
      ...entry,
      maxL2Mtu: toNumber(row['max-l2mtu']),
      rxPackets: toNumber(row['rx-packet']),
      txPackets: toNumber(row['tx-packet']),
      txQueueDrops: toNumber(row['tx-queue-drop']),
      lastLinkUp: toIsoTime(row['last-link-up-time'], clock),
      lastLinkDown: toIsoTime(row['last-link-down-time'], clock),
      ...(entry.slave ? await readMaster(router, name) : { bridge: null, bond: null }),
      ...(entry.type === 'vlan' ? await readVlan(router, name) : { vlanId: null, parent: null }),
      ethernet: entry.type === 'ether' ? await readEthernet(router, name) : null,
    };
  },
});

/** The bridge or bond that has the interface. */
async function readMaster(router: Router, name: string): Promise<{ bridge: string | null; bond: string | null }> {
  const ports = await router.list(BRIDGE_PORT, { fields: ['bridge', 'interface', 'disabled'] });
  const port = ports.find((one) => one['interface'] === name && one['disabled'] !== 'true');
  if (port !== undefined) return { bridge: port['bridge'] ?? null, bond: null };
  const bonds = await router.list(BONDING, { fields: ['name', 'slaves', 'disabled'] });
  const bond = bonds.find((one) => one['disabled'] !== 'true' && toList(one['slaves']).includes(name));
  return { bridge: null, bond: bond?.['name'] ?? null };
}

async function readVlan(router: Router, name: string): Promise<{ vlanId: number | null; parent: string | null }> {
  const [vlan] = await router.list(VLAN, { fields: ['name', 'vlan-id', 'interface'], only: { name } });
  if (vlan === undefined) return { vlanId: null, parent: null };
  return { vlanId: toNumber(vlan['vlan-id']), parent: toRequiredText(vlan['interface'], 'interface') };
}
