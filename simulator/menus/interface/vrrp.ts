import { boolean, duration, host, integer, reference, text, word } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';
import { isRunning } from './running.ts';
import { ARP_FIELDS, interfaceMenu, ownMacAddress } from './typed-interface.ts';
import { parentInterface } from './vlan.ts';

/**
 * Virtual routers. There is no second router on the simulated wires, so one that can run is the master; the flags
 * `master` and `backup` are there only while they are true.
 */
export const virtualRouters = interfaceMenu({
  path: '/interface/vrrp',
  type: 'vrrp',
  namePrefix: 'vrrp',
  noun: 'vrrp',
  fields: {
    ...ARP_FIELDS,
    authentication: { type: word('none', 'simple', 'ah'), default: 'none' },
    backup: computed((item, router) =>
      item.values['disabled'] === 'true' || isRunning(item, router) ? undefined : 'true',
    ),
    'connection-tracking-mode': {
      type: word('active-active', 'passive-active'),
      default: 'passive-active',
      since: '7.20',
    },
    'connection-tracking-port': { type: integer(0, 65_535), default: '8275', since: '7.20' },
    'group-authority': { type: reference('/interface/vrrp', ['none', 'self']), default: 'none' },
    'group-master': { type: reference('/interface/vrrp', ['none', 'self']), default: 'none' },
    interface: parentInterface,
    interval: { type: duration(10, 255_000), default: '1s' },
    'mac-address': ownMacAddress,
    master: computed((item, router) => (isRunning(item, router) ? 'true' : undefined)),
    mtu: { type: integer(68, 65_535), default: '1500', until: '7.20' },
    'on-backup': { type: text, default: '' },
    'on-fail': { type: text, default: '' },
    'on-master': { type: text, default: '' },
    password: { type: text, default: '' },
    'preemption-mode': { type: boolean, default: 'true' },
    priority: { type: integer(1, 254), default: '100' },
    'remote-address': { type: host, emptyClears: true },
    'sync-connection-tracking': { type: boolean, default: 'false' },
    'v3-protocol': { type: word('ipv4', 'ipv6'), default: 'ipv4' },
    version: { type: integer(2, 3), default: '3' },
    vrid: { type: integer(1, 255), default: '1' },
  },
  prepare: ({ kind, after }) => {
    if (kind !== 'remove') after['mtu'] ??= '1500';
  },
});
