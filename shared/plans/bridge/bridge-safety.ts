import type { Step } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import {
  afterStep,
  BRIDGE,
  BRIDGE_PORT,
  BRIDGE_VLAN,
  type BridgeTables,
  type BridgeWay,
  isPassable,
  waysTo,
} from '../../routeros/bridge-forwarding.ts';
import { coversNumber } from '../../routeros/number-ranges.ts';
import { isDynamic } from '../../routeros/row-key.ts';
import { toBoolean, toList, toNumber } from '../../routeros/values.ts';
import { missing, takesMembers } from './bridge-steps.ts';
import { tablesOf, type CurrentBridges } from './bridge-tables.ts';
import type { BridgeVlansInput } from './bridge-wish.ts';

/** Bridges of which the spanning tree is left alone, wherever they are. */
const BRIDGES_WITH_FIXED_TREE: ReadonlySet<string> = new Set(['bridge-lan', 'bridge-core', 'bridge-prod']);
const TREE_FIELDS = ['protocol-mode', 'priority'];

/** Fails with DEVICE_REFERENCE_MISSING when the wish names what the router lacks. */
export function refuseMissing({ bridges, interfaces }: CurrentBridges, wish: BridgeVlansInput): void {
  const hasBridge = new Set(bridges.map(({ name = '' }) => name));
  const asked = [
    ...wish.ports.flatMap(({ bridge }) => bridge ?? []),
    ...wish.vlans.map(({ bridge }) => bridge),
    ...wish.bridges.map(({ name }) => name),
  ];
  const noBridge = [...new Set(asked)].filter((name) => !hasBridge.has(name));
  if (noBridge.length > 0) throw missing('bridge', noBridge);
  const hasInterface = new Set(interfaces.map(({ name }) => name));
  const named = [
    ...wish.ports.map(({ interface: name }) => name),
    ...wish.vlans.flatMap(({ tagged = [], untagged = [] }) => [...tagged, ...untagged]),
  ];
  const noInterface = [...new Set(named)].filter((name) => !hasInterface.has(name));
  if (noInterface.length > 0) throw missing('interface', noInterface);
}

/** Fails with UNSAFE_OPERATION or CONFLICT where the steps would do harm on this router. */
export function refuseHarm(current: CurrentBridges, steps: readonly Step[]): void {
  for (const step of steps) {
    refuseTree(current, step);
    refuseNewPort(current, step);
  }
  refuseMembers(current, steps);
  refuseCutting(current, steps);
}

/** What people write about a row changes nothing that passes. */
export function isOnlyComment(step: Step): boolean {
  return step.op === 'change' && Object.keys(step.after).every((field) => field === 'comment');
}

function refuseTree({ environment }: CurrentBridges, step: Step): void {
  if (step.menu !== BRIDGE || step.op !== 'change') return;
  const name = step.key['name'] ?? '';
  const isTree = TREE_FIELDS.some((field) => field in step.after);
  if (isTree && (environment === 'prod' || BRIDGES_WITH_FIXED_TREE.has(name))) {
    const why = environment === 'prod' ? 'on production devices' : 'on bridges of that name';
    throw new AppError('UNSAFE_OPERATION', {
      message: `The spanning tree of the bridge ${quoted(name)} is not changed by plans ${why}: all of the network would pause.`,
      hint: 'Set edge or bpduGuard of single ports instead, or change the tree at the router in a maintenance window.',
    });
  }
  if ('vlan-filtering' in step.after && environment === 'prod') {
    throw new AppError('UNSAFE_OPERATION', {
      message: `VLAN filtering of the bridge ${quoted(name)} is not switched by plans on production devices: VLANs without a row would be cut at once.`,
      hint: 'Prepare ports and rows by a plan, and switch filtering at the router in a maintenance window.',
    });
  }
}

function refuseNewPort({ interfaces, managed }: CurrentBridges, step: Step): void {
  if (step.menu !== BRIDGE_PORT || step.op !== 'add') return;
  const name = step.key['interface'] ?? '';
  const found = interfaces.find((one) => one.name === name);
  const problem = managed?.carriers.includes(name)
    ? 'carries the connection by which the router is managed'
    : found?.hasAddress
      ? 'has an IP address, which a port cannot keep'
      : found?.type === 'bridge'
        ? 'is a bridge itself'
        : found && found.vlans.length > 0
          ? `carries the VLAN interface ${found.vlans.map(quoted).join(', ')}, which would receive nothing more`
          : null;
  if (problem === null) return;
  throw new AppError('UNSAFE_OPERATION', {
    message: `The interface ${quoted(name)} ${problem}; it does not become a port of a bridge.`,
    hint: 'Take another interface, or move what stands on it to the bridge first.',
  });
}

/** Members of VLANs must be ports, and untagged ones must have a pvid of the VLAN. */
function refuseMembers(current: CurrentBridges, steps: readonly Step[]): void {
  const after = steps.reduce(afterStep, tablesOf(current));
  const touched = new Set(
    steps.flatMap((step) => (step.menu === BRIDGE_PORT ? (keyField(step, 'interface') ?? []) : [])),
  );
  for (const row of after.vlans.filter((one) => !isDynamic(one) && !toBoolean(one['disabled']))) {
    const { bridge = '', 'vlan-ids': ids = '' } = row;
    const step = steps.find(
      (one) => one.menu === BRIDGE_VLAN && keyField(one, 'bridge') === bridge && keyField(one, 'vlan-ids') === ids,
    );
    const isNew = (name: string, field: 'tagged' | 'untagged'): boolean =>
      step?.op === 'add' ||
      (step?.op === 'change' && field in step.after && !toList(step.before[field] ?? '').includes(name));
    for (const field of ['tagged', 'untagged'] as const) {
      for (const name of toList(row[field])) {
        if (isNew(name, field) && memberOf(after, bridge, name) === undefined) throw notAPort(name, bridge, ids);
      }
    }
    for (const name of toList(row['untagged'])) {
      const pvid = toNumber(memberOf(after, bridge, name)?.['pvid']) ?? 1;
      const isOurs = isNew(name, 'untagged') || touched.has(name);
      if (isOurs && memberOf(after, bridge, name) && !coversNumber(ids, pvid)) throw otherPvid(name, ids, pvid);
    }
  }
}

/** The row of a port of the bridge, or of the bridge itself. */
function memberOf({ bridges, ports }: BridgeTables, bridge: string, name: string) {
  if (name === bridge) return bridges.find((row) => row['name'] === bridge);
  return ports.find((row) => row['interface'] === name && row['bridge'] === bridge);
}

/**
 * Every way by which managers come through a bridge must stay passable after each step, and its port is not altered at
 * all. Where nothing tells which way that is, nothing of the bridge is changed.
 */
function refuseCutting(current: CurrentBridges, steps: readonly Step[]): void {
  if (current.managed === null) return;
  const before = tablesOf(current);
  const harmful = steps.filter((step) => !isOnlyComment(step));
  for (const { bridge, vlan, ports } of current.managed.bridges) {
    const concerning = harmful.filter((step) => bridgeOfStep(before, step) === bridge);
    if (concerning.length === 0) continue;
    const ways = waysTo(before, bridge, vlan).filter(({ port }) => ports === null || ports.includes(port));
    if (ways.length === 0) throw wayUnknown(bridge);
    const isSure = ports !== null || ways.length === 1;
    let tables = before;
    for (const step of harmful) {
      const port = step.menu === BRIDGE_PORT ? keyField(step, 'interface') : undefined;
      const altered = ways.find((way) => way.port === port);
      if (altered !== undefined && step.op !== 'add') throw cutting(step, altered, isSure);
      tables = afterStep(tables, step);
      const cut = ways.find((way) => !isPassable(tables, way));
      if (cut !== undefined) throw cutting(step, cut, isSure);
      const left = ways.find((way) => takesWay(step, way));
      if (left !== undefined) throw cutting(step, left, isSure);
    }
  }
}

/** Members that leave the VLAN of the managers, even where frames would still pass. */
function takesWay(step: Step, { bridge, vlan, wire }: BridgeWay): boolean {
  const id = vlan ?? (wire === 'untagged' ? null : wire);
  if (id === null || step.menu !== BRIDGE_VLAN || keyField(step, 'bridge') !== bridge) return false;
  return coversNumber(keyField(step, 'vlan-ids'), id) && (step.op === 'remove' || takesMembers(step));
}

export function bridgeOfStep({ ports }: BridgeTables, step: Step): string | undefined {
  if (step.menu === BRIDGE) return keyField(step, 'name');
  if (step.menu === BRIDGE_VLAN) return keyField(step, 'bridge');
  if (step.op === 'add') return step.values['bridge'];
  return ports.find((row) => row['interface'] === keyField(step, 'interface'))?.['bridge'];
}

function keyField(step: Step, field: string): string | undefined {
  return step.op === 'set' ? undefined : step.key[field];
}

function cutting(step: Step, { bridge, vlan, port, wire }: BridgeWay, isSure: boolean): AppError {
  const form = wire === 'untagged' ? 'untagged' : `tagged with VLAN ${wire}`;
  const where = vlan === null ? `the bridge ${quoted(bridge)}` : `VLAN ${vlan} of the bridge ${quoted(bridge)}`;
  const isFiltering = step.menu === BRIDGE && step.op === 'change' && 'vlan-filtering' in step.after;
  return new AppError('UNSAFE_OPERATION', {
    message: `Management of the router ${isSure ? 'comes' : 'may come'} ${form} by the port ${quoted(port)} to ${where}; the change of ${objectOf(step)} would alter that.`,
    hint: isFiltering
      ? `Add what lets it pass in the same plan: a row of that VLAN with the port and the bridge, and the pvid where it is untagged.`
      : 'Leave that out, add VLANs and members only, manage the router by another way first, or make the change at the router.',
  });
}

function objectOf(step: Step): string {
  if (step.menu === BRIDGE_PORT) return `the port ${quoted(keyField(step, 'interface') ?? '')}`;
  if (step.menu === BRIDGE_VLAN) return `VLANs ${keyField(step, 'vlan-ids')}`;
  return `the bridge ${quoted(keyField(step, 'name') ?? '')}`;
}

function wayUnknown(bridge: string): AppError {
  return new AppError('UNSAFE_OPERATION', {
    message: `The router is managed through the bridge ${quoted(bridge)}, but by which port could not be told, so nothing of it is changed.`,
    hint: 'Make the change at the router, or manage it by another interface first.',
  });
}

function notAPort(name: string, bridge: string, ids: string): AppError {
  return new AppError('CONFLICT', {
    message: `${quoted(name)} is no port of the bridge ${quoted(bridge)}, so it cannot carry its VLANs ${ids}.`,
    hint: 'Add it to ports in the same plan, or name a port; list_bridge_ports shows them.',
  });
}

function otherPvid(name: string, ids: string, pvid: number): AppError {
  return new AppError('UNSAFE_OPERATION', {
    message: `${quoted(name)} is untagged in VLANs ${ids}, but its pvid is ${pvid}: what comes in without a tag would go elsewhere than what goes out.`,
    hint: 'Give it a pvid of the VLAN in ports, and take it from the row of its former VLAN, in the same plan.',
  });
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
