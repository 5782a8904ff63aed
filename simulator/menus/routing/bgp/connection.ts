import type { Change, Item, MenuDefinition, RouterView } from '../../../engine/definition.ts';
import { isAtLeast } from '../../../engine/version.ts';
import { inactiveReason, INSTANCE_SINCE } from '../../../network/bgp-sessions.ts';
import { anyNetwork, ipAddress } from '../../../values/address-types.ts';
import { boolean, integer, ipv4Address, reference, text, word } from '../../../values/field-types.ts';
import { comment, computed, disabled } from '../../row-fields.ts';
import { routingTable } from '../route-menu.ts';
import { asNumber } from './as-number.ts';
import { PEER_FIELDS } from './peer-fields.ts';

const ROLES = [
  'ebgp',
  'ebgp-customer',
  'ebgp-peer',
  'ebgp-provider',
  'ebgp-rs',
  'ebgp-rs-client',
  'ibgp',
  'ibgp-rr',
  'ibgp-rr-client',
];

const port = integer(0, 65_535);
const timeToLive = integer(1, 255);

/** Other routers to speak BGP with. */
export const bgpConnection: MenuDefinition = {
  path: '/routing/bgp/connection',
  kind: 'list',
  noun: 'bgp connection',
  nameField: 'name',
  fields: {
    ...PEER_FIELDS,
    comment,
    connect: { type: boolean, default: 'true' },
    disabled,
    inactive: computed((item, router) => String(inactiveReason(item, router) !== undefined)),
    instance: { type: reference('/routing/bgp/instance'), canUnset: true, since: INSTANCE_SINCE },
    listen: { type: boolean, default: 'true' },
    'local.address': { type: ipAddress, canUnset: true },
    'local.port': { type: port, canUnset: true },
    'local.role': { type: word(...ROLES), required: true },
    'local.ttl': { type: timeToLive, canUnset: true },
    name: { type: text, required: true },
    'remote.address': { type: anyNetwork, required: true },
    'remote.allowed-as': { type: text, canUnset: true },
    'remote.as': { type: asNumber, canUnset: true },
    'remote.port': { type: port, canUnset: true },
    'remote.ttl': { type: timeToLive, canUnset: true },
    'tcp-md5-key': { type: text, canUnset: true, emptyClears: true, sensitive: true },
  },
  collision: nameTaken,
  applied: startAnew,
  about: (item, router) => {
    const reason = inactiveReason(item, router);
    return reason === undefined || reason === 'disabled' ? undefined : `inactive: ${reason}`;
  },
};

/** Settings that connections share. */
export const bgpTemplate: MenuDefinition = {
  path: '/routing/bgp/template',
  kind: 'list',
  noun: 'bgp template',
  nameField: 'name',
  firstId: 0,
  fields: {
    ...PEER_FIELDS,
    comment,
    default: computed((item) => (item.id === '*0' ? 'true' : undefined)),
    disabled,
    inactive: computed((item) => item.values['disabled'] ?? 'false'),
    name: { type: text, required: true },
  },
  seed: (router) => [{ name: 'default', ...(isAtLeast(router.version, INSTANCE_SINCE) ? {} : { as: '65530' }) }],
  collision: nameTaken,
};

/** The router's own part in BGP. */
export const bgpInstance: MenuDefinition = {
  path: '/routing/bgp/instance',
  kind: 'list',
  noun: 'bgp instance',
  nameField: 'name',
  since: INSTANCE_SINCE,
  fields: {
    as: { type: asNumber, required: true },
    'cluster-id': { type: ipv4Address, canUnset: true },
    comment,
    disabled,
    'ignore-as-path-len': { type: boolean, canUnset: true },
    inactive: computed((item) => item.values['disabled'] ?? 'false'),
    multipath: { type: boolean, canUnset: true, since: '7.21' },
    name: { type: text, required: true },
    'router-id': { type: text, canUnset: true },
    'routing-table': { type: routingTable, default: 'main' },
    vrf: { type: word('main'), default: 'main' },
  },
  collision: nameTaken,
  applied: startAnew,
};

function nameTaken({ name }: Item['values'], others: readonly Item[]): string | undefined {
  return others.some(({ values }) => values['name'] === name) ? 'item with this name already exists' : undefined;
}

/** A change of anything but the comment takes sessions down and up again. */
function startAnew({ kind, item, before, after }: Change, router: RouterView): void {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after)]);
  names.delete('comment');
  const isSame = before !== undefined && [...names].every((name) => before[name] === after[name]);
  if (kind === 'remove' || isSame) return;
  item.internal['startedMs'] = router.clock.uptimeMs();
  delete item.internal['stopped'];
}
