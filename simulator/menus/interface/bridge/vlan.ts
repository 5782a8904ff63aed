import type { Item, MenuDefinition, RouterView } from '../../../engine/definition.ts';
import { failure } from '../../../engine/router-error.ts';
import { isAtLeast } from '../../../engine/version.ts';
import { reference } from '../../../values/field-types.ts';
import { numberRanges } from '../../../values/number-ranges.ts';
import { referenceList } from '../../../values/reference-list.ts';
import { comment, computed, disabled, dynamic } from '../../row-fields.ts';
import { portsOf } from '../bridge-membership.ts';
import { coversVlan, filtersVlans, pvidOf, vlanEntriesOf } from '../bridge-vlans.ts';
import { idsIn, interfaceAt, isRunning } from '../running.ts';

const vlanIds = numberRanges(1, 4094);

/** Which VLANs pass where, tagged or not; a filtering bridge adds rows for the VLANs of untagged frames itself. */
export const bridgeVlans: MenuDefinition = {
  path: '/interface/bridge/vlan',
  kind: 'list',
  noun: 'bridge vlan',
  fields: {
    bridge: { type: reference('/interface/bridge'), required: true },
    comment,
    'current-tagged': computed(currentTagged),
    'current-untagged': computed(currentUntagged),
    disabled,
    dynamic,
    'mvrp-forbidden': { type: referenceList('/interface'), default: '', since: '7.15' },
    tagged: { type: referenceList('/interface'), default: '' },
    untagged: { type: referenceList('/interface'), default: '' },
    'vlan-ids': { type: vlanIds, required: true },
  },
  derived: rowsOfPvids,
  collision: (candidate, others) =>
    others.some(
      (other) =>
        other.values['bridge'] === candidate['bridge'] &&
        other.values['disabled'] !== 'true' &&
        candidate['disabled'] !== 'true' &&
        overlaps(other.values['vlan-ids'] ?? '', candidate['vlan-ids'] ?? ''),
    )
      ? VLAN_EXISTS
      : undefined,
  prepare: ({ kind, after }) => {
    const untagged = idsIn(after['untagged']);
    if (kind !== 'remove' && idsIn(after['tagged']).some((id) => untagged.includes(id))) throw failure(TAGGED_TWICE);
  },
};

/** The refusals of a VLAN that another row of the bridge has, and of a member of a row that is in both of its lists. */
const VLAN_EXISTS = 'vlan already added';
const TAGGED_TWICE = 'interface cannot be in tagged and untagged at the same time';

/** What the rows that the router makes say since they say something. */
const ADDED_BY_PVID = 'added by pvid';

function currentTagged(entry: Item, router: RouterView): string {
  const bridge = filteringBridge(entry, router);
  if (!bridge) return '';
  return namesOf(
    idsIn(entry.values['tagged']).filter((id) => isActiveMember(id, bridge, router)),
    router,
  );
}

/** Those that are listed, and those whose untagged frames belong to the VLAN. */
function currentUntagged(entry: Item, router: RouterView): string {
  const bridge = filteringBridge(entry, router);
  if (!bridge) return '';
  const listed = idsIn(entry.values['untagged']);
  const byPvid = [bridge, ...portsOf(bridge.id, router)]
    .map((member) => member.id)
    .filter((id) => coversVlan(entry, pvidOf(id, router)));
  const tagged = idsIn(entry.values['tagged']);
  const members = [...new Set([...byPvid, ...listed])].filter((id) => !tagged.includes(id));
  return namesOf(
    members.filter((id) => isActiveMember(id, bridge, router)),
    router,
  );
}

function rowsOfPvids(router: RouterView): Item[] {
  return router.items('/interface/bridge').flatMap((bridge, index) => {
    if (!filtersVlans(bridge) || bridge.values['disabled'] === 'true') return [];
    const members = [bridge, ...portsOf(bridge.id, router)].filter((member) => isRunning(member, router));
    const pvids = [...new Set(members.map((member) => pvidOf(member.id, router)))].sort((left, right) => left - right);
    const entries = vlanEntriesOf(bridge.id, router);
    return pvids
      .filter((pvid) => !entries.some((entry) => coversVlan(entry, pvid)))
      .map((pvid) => pvidRow(bridge, index, pvid, router));
  });
}

function pvidRow(bridge: Item, bridgeIndex: number, pvid: number, router: RouterView): Item {
  const values = {
    bridge: bridge.id,
    disabled: 'false',
    tagged: '',
    untagged: '',
    'vlan-ids': String(pvid),
    ...(isAtLeast(router.version, '7.15') ? { 'mvrp-forbidden': '' } : {}),
    ...(isAtLeast(router.version, '7.16') ? { comment: ADDED_BY_PVID } : {}),
  };
  const id = (0x80000000 + bridgeIndex * 0x1000 + pvid).toString(16).toUpperCase();
  return { id: `*${id}`, dynamic: true, values, internal: {} };
}

function filteringBridge(entry: Item, router: RouterView): Item | undefined {
  const bridge = interfaceAt(entry.values['bridge'], router);
  return bridge && entry.values['disabled'] !== 'true' && filtersVlans(bridge) ? bridge : undefined;
}

function isActiveMember(id: string, bridge: Item, router: RouterView): boolean {
  const member = interfaceAt(id, router);
  const belongs = id === bridge.id || portsOf(bridge.id, router).some((port) => port.id === id);
  return member !== undefined && belongs && isRunning(member, router);
}

function namesOf(ids: readonly string[], router: RouterView): string {
  return ids.map((id) => interfaceAt(id, router)?.values['name'] ?? id).join(',');
}

function overlaps(left: string, right: string): boolean {
  const rangesIn = (list: string): [number, number][] =>
    list.split(',').map((part) => {
      const [first = '', last = first] = part.split('-');
      return [Number(first), Number(last)];
    });
  return rangesIn(left).some(([first, last]) => rangesIn(right).some(([from, to]) => first <= to && from <= last));
}
