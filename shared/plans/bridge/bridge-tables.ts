import { z } from 'zod';
import { RouterValues } from '../../domain/change.ts';
import { Environment } from '../../domain/environment.ts';
import { BRIDGE, BRIDGE_PORT, BRIDGE_VLAN, type BridgeTables } from '../../routeros/bridge-forwarding.ts';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toBoolean } from '../../routeros/values.ts';
import type { BridgeVlansInput } from './bridge-wish.ts';

export const INTERFACES = '/interface';
const ADDRESSES = '/ip/address';
const VLAN_INTERFACES = '/interface/vlan';
/** What is read besides what tells the way of management. */
export const BRIDGE_MENUS = [BRIDGE, BRIDGE_PORT, BRIDGE_VLAN, INTERFACES, ADDRESSES, VLAN_INTERFACES];

const BRIDGE_FIELDS = [
  'name',
  'disabled',
  'comment',
  'vlan-filtering',
  'pvid',
  'frame-types',
  'protocol-mode',
  'priority',
  'ageing-time',
  'igmp-snooping',
];
/** By which frames are let through. */
const PASSING_FIELDS = ['bridge', 'interface', 'disabled', 'dynamic', 'pvid', 'frame-types', 'ingress-filtering'];
/** What else can be written: a port that is removed can be put back as it was. */
const PORT_FIELDS = [
  ...PASSING_FIELDS,
  'auto-isolate',
  'bpdu-guard',
  'broadcast-flood',
  'comment',
  'edge',
  'fast-leave',
  'horizon',
  'hw',
  'internal-path-cost',
  'learn',
  'multicast-router',
  'mvrp-applicant-state',
  'mvrp-registrar-state',
  'path-cost',
  'point-to-point',
  'priority',
  'restricted-role',
  'restricted-tcn',
  'tag-stacking',
  'trusted',
  'trusted-dhcpv6',
  'trusted-ra',
  'unknown-multicast-flood',
  'unknown-unicast-flood',
];
const VLAN_FIELDS = ['bridge', 'vlan-ids', 'tagged', 'untagged', 'disabled', 'dynamic', 'comment', 'mvrp-forbidden'];

const Tables = z.strictObject({
  /** Those asked for, and those the ports asked for are or shall be part of. */
  bridges: z.array(RouterValues),
  /** All, in their order; of those not asked for only what decides what passes. */
  ports: z.array(RouterValues),
  /** Of these bridges. */
  vlans: z.array(RouterValues),
});

export const CurrentBridges = z.strictObject({
  environment: Environment,
  ...Tables.shape,
  /** Those named in the wish that the router has. */
  interfaces: z.array(
    z.strictObject({
      name: z.string(),
      type: z.string(),
      /** Whether it has an IPv4 address; false where nobody asked. */
      hasAddress: z.boolean(),
      /** The VLAN interfaces that lie on it. */
      vlans: z.array(z.string()),
    }),
  ),
  /** Null where nothing is changed that could be part of the way by which the router is managed. */
  managed: z
    .strictObject({
      bridges: z.array(
        z.strictObject({ bridge: z.string(), vlan: z.number().nullable(), ports: z.array(z.string()).nullable() }),
      ),
      carriers: z.array(z.string()),
    })
    .nullable(),
});
export type CurrentBridges = z.output<typeof CurrentBridges>;

/** What the bridges that the wish is about hold, and what it names of interfaces. */
export async function readBridges(
  router: Router,
  input: BridgeVlansInput,
): Promise<Omit<CurrentBridges, 'managed' | 'environment'>> {
  const asked = new Set([...input.ports.map(({ interface: name }) => name), ...input.removePorts]);
  const ports = (await router.list(BRIDGE_PORT, { fields: PORT_FIELDS })).map((row) =>
    valuesOf(row, asked.has(row['interface'] ?? '') ? PORT_FIELDS : PASSING_FIELDS),
  );
  const concerned = new Set([
    ...input.ports.flatMap(({ bridge }) => bridge ?? []),
    ...input.vlans.map(({ bridge }) => bridge),
    ...input.bridges.map(({ name }) => name),
    ...ports.filter((row) => asked.has(row['interface'] ?? '')).flatMap((row) => row['bridge'] ?? []),
  ]);
  const bridges = (await router.list(BRIDGE, { fields: BRIDGE_FIELDS }))
    .filter(({ name = '' }) => concerned.has(name))
    .map((row) => valuesOf(row, BRIDGE_FIELDS));
  const vlans = (await router.list(BRIDGE_VLAN, { fields: VLAN_FIELDS }))
    .filter((row) => concerned.has(row['bridge'] ?? '') && !isOfPvid(row))
    .map((row) => valuesOf(row, VLAN_FIELDS));
  return { bridges, ports, vlans, interfaces: await readInterfaces(router, input, ports) };
}

async function readInterfaces(
  router: Router,
  input: BridgeVlansInput,
  ports: readonly RouterRecord[],
): Promise<CurrentBridges['interfaces']> {
  const named = new Set([
    ...input.ports.map(({ interface: name }) => name),
    ...input.vlans.flatMap(({ tagged = [], untagged = [] }) => [...tagged, ...untagged]),
  ]);
  const rows = (await router.list(INTERFACES, { fields: ['name', 'type'] })).filter(({ name = '' }) => named.has(name));
  const isPort = (name: string): boolean => ports.some((row) => row['interface'] === name);
  const joins = input.ports.some(({ interface: name }) => !isPort(name));
  const addresses = joins ? await router.list(ADDRESSES, { fields: ['interface'] }) : [];
  const vlans = joins ? await router.list(VLAN_INTERFACES, { fields: ['name', 'interface'] }) : [];
  return rows
    .map(({ name = '', type = '' }) => ({
      name,
      type,
      hasAddress: addresses.some((row) => row['interface'] === name),
      vlans: vlans
        .filter((row) => row['interface'] === name)
        .map((row) => row['name'] ?? '')
        .toSorted(),
    }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** A row that a filtering bridge makes for the pvid of a port: it follows from the port. */
function isOfPvid(row: RouterRecord): boolean {
  return toBoolean(row['dynamic']) && !row['tagged'] && !row['untagged'];
}

/** Fields that the row holds; empty ones are as absent. */
function valuesOf(row: RouterRecord, fields: readonly string[]): RouterValues {
  return Object.fromEntries(
    fields.flatMap((field): [string, string][] => {
      const value = row[field];
      return value === undefined || value === '' ? [] : [[field, value]];
    }),
  );
}

export function tablesOf({ bridges, ports, vlans }: CurrentBridges): BridgeTables {
  return { bridges, ports, vlans };
}
