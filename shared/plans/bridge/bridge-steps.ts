import type { RouterValues, Step } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import { BRIDGE, BRIDGE_PORT, BRIDGE_VLAN } from '../../routeros/bridge-forwarding.ts';
import { sameValue } from '../../routeros/canonical.ts';
import { durationText } from '../../routeros/durations.ts';
import { canonicalRanges, shareNumbers } from '../../routeros/number-ranges.ts';
import { isDynamic } from '../../routeros/row-key.ts';
import { toBoolean, toList } from '../../routeros/values.ts';
import type { CurrentBridges } from './bridge-tables.ts';
import type { BridgeVlansInput, VlanName, WantedBridge, WantedPort, WantedVlan } from './bridge-wish.ts';

type Tables = Pick<CurrentBridges, 'bridges' | 'ports' | 'vlans'>;
type Fields = Record<string, string | null>;

/**
 * From what is there to what is wanted, without asking whether it may be done: additions, then what gives a VLAN to
 * members, then ports and bridges, then what takes VLANs from members, then removals.
 */
export function bridgeSteps(tables: Tables, wish: BridgeVlansInput): Step[] {
  const ports = wish.ports.flatMap((one) => portStep(tables, one) ?? []);
  const vlans = wish.vlans.flatMap((one) => vlanSteps(tables, one));
  const ofKind = (steps: readonly Step[], op: Step['op']): Step[] => steps.filter((step) => step.op === op);
  return [
    ...ofKind(ports, 'add'),
    ...ofKind(vlans, 'add'),
    ...ofKind(vlans, 'change').filter((step) => !takesMembers(step)),
    ...ofKind(ports, 'change'),
    ...wish.bridges.flatMap((one) => bridgeStep(tables, one) ?? []),
    ...ofKind(vlans, 'change').filter(takesMembers),
    ...ofKind(vlans, 'remove'),
    ...portRemovals(tables, wish.removePorts),
  ];
}

/** Whether a row of the VLAN table loses members by it. */
export function takesMembers(step: Step): boolean {
  if (step.menu !== BRIDGE_VLAN || step.op !== 'change') return false;
  const [before, after] = [step.before, step.after].map((side) => [
    ...listed(side['tagged']),
    ...listed(side['untagged']),
  ]);
  return before?.some((name) => !after?.includes(name)) === true;
}

function portStep({ ports }: Tables, wish: WantedPort): Step | null {
  const { interface: name, bridge } = wish;
  const row = ports.find((one) => one['interface'] === name);
  const settings = portSettings(wish);
  if (row === undefined) {
    if (bridge === undefined) throw noPort(name);
    const key = { interface: name };
    return {
      op: 'add',
      menu: BRIDGE_PORT,
      key,
      values: { bridge, ...key, ...withoutNull(settings) },
      placeBefore: null,
    };
  }
  const held = row['bridge'] ?? '';
  if (bridge !== undefined && bridge !== held) {
    throw new AppError('UNSAFE_OPERATION', {
      message: `The interface ${quoted(name)} is a port of the bridge ${quoted(held)} already.`,
      hint: 'Remove it there first by a plan of its own, or leave out its bridge.',
    });
  }
  const step = changeOf(BRIDGE_PORT, { interface: name }, row, settings);
  if (step !== null && isDynamic(row)) throw madeByRouter(name);
  return step;
}

/** As routers call them. */
const FRAME_TYPES = {
  all: 'admit-all',
  untagged: 'admit-only-untagged-and-priority-tagged',
  tagged: 'admit-only-vlan-tagged',
} as const satisfies Record<NonNullable<WantedPort['frameTypes']>, string>;

function portSettings(wish: WantedPort): Fields {
  const { pvid, frameTypes, ingressFiltering, edge, bpduGuard, enabled, comment } = wish;
  return given({
    pvid: pvid?.toString(),
    'frame-types': frameTypes && FRAME_TYPES[frameTypes],
    'ingress-filtering': ingressFiltering?.toString(),
    edge,
    'bpdu-guard': bpduGuard?.toString(),
    disabled: enabled === undefined ? undefined : String(!enabled),
    comment: cleared(comment),
  });
}

/** Each in front of the port that followed it, so that putting it back keeps their order. */
function portRemovals({ ports }: Tables, names: readonly string[]): Step[] {
  const configured = ports.filter((row) => !isDynamic(row));
  const made = ports.find((row) => isDynamic(row) && names.includes(row['interface'] ?? ''));
  if (made !== undefined) throw madeByRouter(made['interface'] ?? '');
  return configured.flatMap((row, index): Step[] => {
    const { interface: name = '' } = row;
    if (!names.includes(name)) return [];
    const next = configured[index + 1]?.['interface'];
    const placeBefore = next === undefined ? null : { interface: next };
    return [{ op: 'remove', menu: BRIDGE_PORT, key: { interface: name }, values: writable(row), placeBefore }];
  });
}

function vlanSteps({ vlans }: Tables, wish: WantedVlan): Step[] {
  const row = vlanRow(vlans, wish);
  if (wish.remove) return row === null ? [] : [removalOf(row)];
  const { bridge, vlanIds, tagged = [], untagged = [], without = [], comment } = wish;
  const key = { bridge, 'vlan-ids': vlanIds };
  const named = [...tagged, ...untagged, ...without];
  const membersOf = (field: 'tagged' | 'untagged', wanted: readonly string[]): string => {
    const held = toList(row?.[field]).filter((name) => wanted.includes(name) || !named.includes(name));
    return [...held, ...wanted.filter((name) => !held.includes(name))].join(',');
  };
  const values: Fields = {
    tagged: membersOf('tagged', tagged),
    untagged: membersOf('untagged', untagged),
    ...given({ comment: cleared(comment) }),
  };
  if (row === null) {
    // Nothing wants the VLAN to pass anywhere: it does so already.
    if (tagged.length + untagged.length === 0 && !comment) return [];
    const filled = Object.entries(withoutNull(values)).filter(([, value]) => value !== '');
    return [
      { op: 'add', menu: BRIDGE_VLAN, key, values: { ...key, ...Object.fromEntries(filled) }, placeBefore: null },
    ];
  }
  const held = { tagged: '', untagged: '', disabled: 'false', ...row };
  const step = changeOf(BRIDGE_VLAN, keyOf(row), held, { ...values, disabled: 'false' });
  return step === null ? [] : [step];
}

function removalOf(row: RouterValues): Step {
  return { op: 'remove', menu: BRIDGE_VLAN, key: keyOf(row), values: writable(row), placeBefore: null };
}

/** The row that has just these VLANs; null when none has any of them. */
function vlanRow(vlans: readonly RouterValues[], { bridge, vlanIds }: VlanName): RouterValues | null {
  const near = vlans.filter(
    (row) => row['bridge'] === bridge && !isDynamic(row) && shareNumbers(row['vlan-ids'], vlanIds),
  );
  const same = near.filter((row) => canonicalRanges(row['vlan-ids'] ?? '') === vlanIds);
  const other = near.find((row) => !same.includes(row));
  if (other !== undefined && !toBoolean(other['disabled'])) {
    throw new AppError('CONFLICT', {
      message: `VLANs ${vlanIds} of the bridge ${quoted(bridge)} are in a row with others: ${other['vlan-ids']}.`,
      hint: 'Name all ids of that row, or split it at the router first.',
    });
  }
  if (same.length > 1) {
    throw new AppError('DEVICE_ENTRY_AMBIGUOUS', {
      message: `VLANs ${vlanIds} are ${same.length} times in the table of the bridge ${quoted(bridge)}.`,
      hint: 'Remove those at the router that are not needed.',
    });
  }
  return same[0] ?? null;
}

function bridgeStep({ bridges }: Tables, wish: WantedBridge): Step | null {
  const { name, comment, ageingSeconds, igmpSnooping, protocolMode, priority, vlanFiltering } = wish;
  const row = bridges.find((one) => one['name'] === name);
  if (row === undefined) throw missing('bridge', [name]);
  const settings = given({
    comment: cleared(comment),
    'ageing-time': ageingSeconds === undefined ? undefined : durationText(ageingSeconds),
    'igmp-snooping': igmpSnooping?.toString(),
    'protocol-mode': protocolMode,
    priority: priority === undefined ? undefined : `0x${priority.toString(16).toUpperCase()}`,
    'vlan-filtering': vlanFiltering?.toString(),
  });
  return changeOf(BRIDGE, { name }, row, settings);
}

function changeOf(menu: string, key: RouterValues, held: RouterValues, wanted: Fields): Step | null {
  const fields = Object.keys(wanted).filter((field) => !sameValue(field, held[field], wanted[field] ?? undefined));
  if (fields.length === 0) return null;
  const only = (values: Readonly<Record<string, string | null | undefined>>): Fields =>
    Object.fromEntries(fields.map((field) => [field, values[field] ?? null]));
  return { op: 'change', menu, key, before: only(held), after: only(wanted) };
}

function keyOf({ bridge = '', 'vlan-ids': ids = '' }: RouterValues): RouterValues {
  return { bridge, 'vlan-ids': ids };
}

/** All of the row that can be written. */
function writable({ dynamic: _dynamic, ...values }: RouterValues): RouterValues {
  return values;
}

function given(fields: Readonly<Record<string, string | null | undefined>>): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string | null] => entry[1] !== undefined),
  );
}

function withoutNull(fields: Fields): RouterValues {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== null));
}

function cleared(comment: string | undefined): string | null | undefined {
  return comment === '' ? null : comment;
}

function listed(members: string | null | undefined): string[] {
  return toList(members ?? undefined);
}

function quoted(name: string): string {
  return JSON.stringify(name);
}

export function missing(what: 'bridge' | 'interface', names: readonly string[]): AppError {
  return new AppError('DEVICE_REFERENCE_MISSING', {
    message: `The router has no ${what} ${names.map(quoted).join(', ')}.`,
    hint: `Leave such devices out, or name what all of them have; ${what === 'bridge' ? 'list_bridges' : 'list_interfaces'} shows it.`,
  });
}

function noPort(name: string): AppError {
  return new AppError('DEVICE_ENTRY_MISSING', {
    message: `The interface ${quoted(name)} is a port of no bridge.`,
    hint: 'Give the bridge of which it shall become a port, or leave such devices out.',
  });
}

function madeByRouter(name: string): AppError {
  return new AppError('UNSAFE_OPERATION', {
    message: `The router made the bridge port ${quoted(name)} itself, so it can be neither changed nor removed.`,
    hint: 'Change what it is made from, such as the datapath of a radio or the profile of a tunnel.',
  });
}
