import { holdsValues, sameValue } from './canonical.ts';
import { keyAfter, type Step } from '../domain/change.ts';
import { coversNumber } from './number-ranges.ts';
import type { RouterRecord } from './router.ts';
import { isDynamic } from './row-key.ts';
import { toBoolean, toList, toNumber } from './values.ts';

export const BRIDGE = '/interface/bridge';
export const BRIDGE_PORT = '/interface/bridge/port';
export const BRIDGE_VLAN = '/interface/bridge/vlan';

/** The rows by which bridges decide what passes where; those that the router made itself count too. */
export interface BridgeTables {
  bridges: readonly RouterRecord[];
  ports: readonly RouterRecord[];
  vlans: readonly RouterRecord[];
}

/** How frames of a network travel on the cable at a port: without a tag, or with this VLAN id. */
export type Wire = 'untagged' | number;

/** A way through a bridge: from the cable at a port, to the bridge's own interface or a VLAN interface on it. */
export interface BridgeWay {
  bridge: string;
  /** Id of the VLAN interface on the bridge; null for the bridge itself. */
  vlan: number | null;
  port: string;
  wire: Wire;
}

/** All ways by which frames come to the bridge, or to the VLAN interface of this id on it. Pure. */
export function waysTo(tables: BridgeTables, bridge: string, vlan: number | null): BridgeWay[] {
  return portsOf(tables, bridge).flatMap((row) => {
    const port = row['interface'] ?? '';
    const wires: Wire[] = vlan === null ? ['untagged', pvidOf(bridgeOf(tables, bridge))] : ['untagged', vlan];
    return wires.map((wire) => ({ bridge, vlan, port, wire })).filter((way) => isPassable(tables, way));
  });
}

/**
 * Whether frames pass the bridge on this way, and answers come back in the same form. Pure; after
 * https://manual.mikrotik.com/docs/bridging-and-switching (bridge VLAN filtering).
 */
export function isPassable(tables: BridgeTables, { bridge, vlan, port, wire }: BridgeWay): boolean {
  const owner = bridgeOf(tables, bridge);
  const row = portsOf(tables, bridge).find((one) => one['interface'] === port);
  if (owner === undefined || row === undefined || toBoolean(owner['disabled'])) return false;
  // A bridge that does not filter leaves tags as they are.
  if (!toBoolean(owner['vlan-filtering'])) return wire === (vlan ?? 'untagged');
  const id = wire === 'untagged' ? pvidOf(row) : wire;
  if (vlan !== null && vlan !== id) return false;
  const atPort = wire === 'untagged' ? 'untagged' : 'tagged';
  const atBridge = vlan === null ? 'untagged' : 'tagged';
  return (
    admits(row, atPort) &&
    admits(owner, atBridge) &&
    formAt(tables, bridge, row, port, id) === atPort &&
    formAt(tables, bridge, owner, bridge, id) === atBridge
  );
}

/** The tables as they are once the step is made. Steps of other menus change nothing here. Pure. */
export function afterStep(tables: BridgeTables, step: Step): BridgeTables {
  if (step.op === 'set' || step.op === 'move') return tables;
  const table = TABLE_OF[step.menu];
  if (table === undefined) return tables;
  const isMeant = (row: RouterRecord): boolean => !isDynamic(row) && holdsValues(row, step.key);
  const rows = tables[table];
  if (step.op === 'add') return { ...tables, [table]: [...rows, step.values] };
  if (step.op === 'remove') return { ...tables, [table]: rows.filter((row) => !isMeant(row)) };
  const changed = Object.fromEntries(Object.entries(step.after).map(([field, value]) => [field, value ?? undefined]));
  return {
    ...tables,
    [table]: rows.map((row) => (isMeant(row) ? { ...row, ...keyAfter(step), ...changed } : row)),
  };
}

const TABLE_OF: Readonly<Record<string, keyof BridgeTables>> = {
  [BRIDGE]: 'bridges',
  [BRIDGE_PORT]: 'ports',
  [BRIDGE_VLAN]: 'vlans',
};

function bridgeOf({ bridges }: BridgeTables, name: string): RouterRecord | undefined {
  return bridges.find((row) => row['name'] === name);
}

function portsOf({ ports }: BridgeTables, bridge: string): RouterRecord[] {
  return ports.filter((row) => row['bridge'] === bridge && !toBoolean(row['disabled']));
}

/** The VLAN that frames without a tag belong to. */
function pvidOf(row: RouterRecord | undefined): number {
  return toNumber(row?.['pvid']) ?? 1;
}

function admits(row: RouterRecord, form: 'tagged' | 'untagged'): boolean {
  const types = row['frame-types'];
  if (types === 'admit-only-vlan-tagged') return form === 'tagged';
  return types !== 'admit-only-untagged-and-priority-tagged' || form === 'untagged';
}

/** In which form a VLAN leaves by a member of the bridge; null when it does not. `pvid` makes a member without a row. */
function formAt(
  { vlans }: BridgeTables,
  bridge: string,
  row: RouterRecord,
  name: string,
  id: number,
): 'tagged' | 'untagged' | null {
  const entries = vlans.filter(
    (one) => one['bridge'] === bridge && !toBoolean(one['disabled']) && coversNumber(one['vlan-ids'], id),
  );
  if (entries.some((one) => toList(one['tagged']).includes(name))) return 'tagged';
  if (entries.some((one) => toList(one['untagged']).includes(name)) || sameValue('pvid', row['pvid'] ?? '1', `${id}`)) {
    return 'untagged';
  }
  return null;
}
