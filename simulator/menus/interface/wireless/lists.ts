import type { Field, FieldType, MenuDefinition } from '../../../engine/definition.ts';
import { boolean, integer, listOf, reference, text, word } from '../../../values/field-types.ts';
import { isIpAddress } from '../../../values/ip-address.ts';
import { macAddress } from '../../../values/mac-address.ts';
import { referenceList } from '../../../values/reference-list.ts';
import { comment, disabled } from '../../row-fields.ts';
import { NO_MAC } from '../mac-addresses.ts';
import { freeName } from '../typed-interface.ts';
import { WIRELESS } from './wireless.ts';

const setting = (type: FieldType, value: string): Field => ({ type, default: value });
const anyInterface = setting(reference(WIRELESS, ['any']), 'any');

/** Who may connect to older radios: the first entry that matches a client decides. */
export const wirelessAccessList: MenuDefinition = {
  path: `${WIRELESS}/access-list`,
  kind: 'list',
  noun: 'access list entry',
  ordered: true,
  fields: {
    'allow-signal-out-of-range': setting(text, '10s'),
    'ap-tx-limit': setting(integer(0, 4_294_967_295), '0'),
    authentication: setting(boolean, 'true'),
    'client-tx-limit': setting(integer(0, 4_294_967_295), '0'),
    comment,
    disabled,
    forwarding: setting(boolean, 'true'),
    interface: anyInterface,
    'mac-address': setting(macAddress, NO_MAC),
    'management-protection-key': { type: text, default: '', sensitive: true },
    'private-algo': setting(word('none', '40bit-wep', '104bit-wep', 'aes-ccm', 'tkip'), 'none'),
    'private-key': { type: text, default: '', sensitive: true },
    'private-pre-shared-key': { type: text, default: '', sensitive: true },
    'signal-range': setting(text, '-120..120'),
    time: { type: text, canUnset: true },
    'vlan-id': setting(integer(1, 4095), '1'),
    'vlan-mode': setting(word('default', 'no-tag', 'use-service-tag', 'use-tag'), 'default'),
  },
};

const INTERWORKING = [
  '3gpp',
  'iw-asra',
  'iw-authentication-types',
  'iw-connection-capabilities',
  'iw-esr',
  'iw-hessid',
  'iw-hotspot20',
  'iw-hotspot20-dgaf',
  'iw-internet',
  'iw-ipv4-availability',
  'iw-ipv6-availability',
  'iw-network-type',
  'iw-realms',
  'iw-roaming-ois',
  'iw-uesa',
  'iw-venue',
];

/** Which access points a station may connect to. */
export const wirelessConnectList: MenuDefinition = {
  path: `${WIRELESS}/connect-list`,
  kind: 'list',
  noun: 'connect list entry',
  ordered: true,
  fields: {
    ...Object.fromEntries(INTERWORKING.map((name) => [name, { type: text, emptyClears: true }])),
    'allow-signal-out-of-range': setting(text, '10s'),
    'area-prefix': setting(text, ''),
    comment,
    connect: setting(boolean, 'true'),
    disabled,
    interface: { type: reference(WIRELESS), required: true },
    interworking: setting(word('any', 'enabled', 'none'), 'any'),
    'mac-address': setting(macAddress, NO_MAC),
    'security-profile': setting(reference(`${WIRELESS}/security-profiles`, ['none']), 'none'),
    'signal-range': setting(text, '-120..120'),
    ssid: setting(text, ''),
    'wireless-protocol': setting(word('802.11', 'any', 'nstreme', 'tdma'), 'any'),
  },
};

/** Channels by name, for scan lists. */
export const wirelessChannels: MenuDefinition = {
  path: `${WIRELESS}/channels`,
  kind: 'list',
  nameField: 'name',
  noun: 'channel',
  ordered: true,
  fields: {
    band: setting(text, '2ghz-b/g/n'),
    comment,
    disabled,
    'extension-channel': setting(word('disabled', 'Ce', 'eC', 'Ceee', 'eCee', 'eeCe', 'eeeC'), 'disabled'),
    frequency: { type: integer(2192, 6100), required: true },
    list: { type: text, required: true },
    name: { type: text, default: (router) => freeName(router, 'channel', `${WIRELESS}/channels`) },
    width: setting(integer(2, 160), '20'),
  },
};

/** The access point's side of the older CAPsMAN. */
export const wirelessCap: MenuDefinition = {
  path: `${WIRELESS}/cap`,
  kind: 'singleton',
  noun: 'cap settings',
  fields: {
    bridge: setting(reference('/interface/bridge', ['none']), 'none'),
    'caps-man-addresses': setting(listOf(isIpAddress), ''),
    'caps-man-certificate-common-names': setting(text, ''),
    'caps-man-names': setting(text, ''),
    certificate: setting(word('none', 'request'), 'none'),
    'discovery-interfaces': setting(referenceList('/interface'), ''),
    enabled: setting(boolean, 'false'),
    interfaces: setting(referenceList(WIRELESS), ''),
    'lock-to-caps-man': setting(boolean, 'false'),
    'static-virtual': setting(boolean, 'false'),
  },
};
