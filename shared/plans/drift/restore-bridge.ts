import { toSeconds } from '../../routeros/durations.ts';
import { toBoolean, toList } from '../../routeros/values.ts';
import { driftedFields } from './reconcile-drift.ts';
import { beyond, restoreInterface, type Restorer, type RestoreWish } from './restore-rows.ts';

type Values = Readonly<Record<string, string>>;
/** How a field is said in an input, by the row of the baseline: what is not there has RouterOS's default. */
type Said = Readonly<Record<string, (before: Values) => Record<string, unknown>>>;

const FRAME_TYPES: Readonly<Record<string, string>> = {
  'admit-all': 'all',
  'admit-only-untagged-and-priority-tagged': 'untagged',
  'admit-only-vlan-tagged': 'tagged',
};

const PORT: Said = {
  pvid: (before) => ({ pvid: Number(before['pvid'] ?? 1) }),
  'frame-types': (before) => ({ frameTypes: FRAME_TYPES[before['frame-types'] ?? 'admit-all'] }),
  'ingress-filtering': (before) => ({ ingressFiltering: toBoolean(before['ingress-filtering'] ?? 'yes') }),
  edge: (before) => ({ edge: before['edge'] ?? 'auto' }),
  'bpdu-guard': (before) => ({ bpduGuard: toBoolean(before['bpdu-guard']) }),
  disabled: (before) => ({ enabled: !toBoolean(before['disabled']) }),
  comment: (before) => ({ comment: before['comment'] ?? '' }),
};

const BRIDGE: Said = {
  'ageing-time': (before) => ({ ageingSeconds: toSeconds(before['ageing-time'] ?? '5m') }),
  'igmp-snooping': (before) => ({ igmpSnooping: toBoolean(before['igmp-snooping']) }),
  'protocol-mode': (before) => ({ protocolMode: before['protocol-mode'] ?? 'rstp' }),
  priority: (before) => ({ priority: Number(before['priority'] ?? 0x80_00) }),
  'vlan-filtering': (before) => ({ vlanFiltering: toBoolean(before['vlan-filtering']) }),
};

export const restoreBridgePort: Restorer = (drift) => {
  const { before, after } = drift;
  if (before === null) return wish({ removePorts: [after?.['interface']] });
  const named = ['interface', 'bridge'];
  const problem = beyond(drift, 'plan_bridge_vlans', [...(after === null ? named : []), ...Object.keys(PORT)]);
  if (problem !== null) return problem;
  const bridge = after === null ? { bridge: before['bridge'] } : {};
  const fields = after === null ? Object.keys(before) : driftedFields(drift);
  return wish({ ports: [{ interface: before['interface'], ...bridge, ...said(PORT, fields, before) }] });
};

export const restoreBridgeVlan: Restorer = (drift) => {
  const { before, after } = drift;
  const nameOf = (values: Values): Record<string, unknown> => ({
    bridge: values['bridge'],
    vlanIds: values['vlan-ids'],
  });
  if (before === null) return wish({ vlans: [{ ...nameOf(after ?? {}), remove: true }] });
  const fields = ['bridge', 'vlan-ids', 'tagged', 'untagged', 'disabled', 'comment'];
  const problem = beyond(drift, 'plan_bridge_vlans', fields);
  if (problem !== null) return problem;
  // The kind switches on each row that it is told of.
  if (toBoolean(before['disabled'])) return 'plan_bridge_vlans disables no row of the VLAN table';
  const membersOf = (values: Values): string[] => [...toList(values['tagged']), ...toList(values['untagged'])];
  const held = new Set(membersOf(before));
  const strange = [...new Set(membersOf(after ?? {}))].filter((name) => !held.has(name));
  const members = { tagged: toList(before['tagged']), untagged: toList(before['untagged']), without: strange };
  return wish({ vlans: [{ ...nameOf(before), ...members, comment: before['comment'] ?? '' }] });
};

/** What a bridge is as an interface another kind sets. */
export const restoreBridge: Restorer = (drift, baseline) => {
  const fields = driftedFields(drift);
  if (drift.kind !== 'changed' || !fields.some((field) => field in BRIDGE)) return restoreInterface(drift, baseline);
  const problem = beyond(drift, 'plan_bridge_vlans', [...Object.keys(BRIDGE), 'comment']);
  if (problem !== null) return problem;
  const before = drift.before ?? {};
  const comment = fields.includes('comment') ? { comment: before['comment'] ?? '' } : {};
  return wish({ bridges: [{ name: before['name'], ...said(BRIDGE, fields, before), ...comment }] });
};

function said(how: Said, fields: readonly string[], before: Values): Record<string, unknown> {
  return Object.assign({}, ...fields.map((field) => how[field]?.(before))) as Record<string, unknown>;
}

function wish(input: Record<string, unknown>): RestoreWish {
  return { kind: 'bridge_vlans', group: '', input };
}
