import type { Field, FieldType } from '../../../engine/definition.ts';
import { invalidValue } from '../../../engine/router-error.ts';
import { boolean, duration, integer, listOf, reference, text, word } from '../../../values/field-types.ts';
import { macAddress } from '../../../values/mac-address.ts';

/** Fields by name. */
export type Fields = Readonly<Record<string, Field>>;

/** A setting that is absent until it is given, and can be taken away again. */
export function optional(type: FieldType, more: Partial<Field> = {}): Field {
  return { type, canUnset: true, ...more };
}

/** The same settings where another profile overrides them: `security.passphrase`. */
export function prefixed(prefix: string, fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [`${prefix}.${name}`, field]));
}

/** A passphrase of WPA: 8 to 63 characters, or none. */
export const passphrase: FieldType = {
  kind: 'text',
  parse: (input, field) => {
    if (input !== '' && (input.length < 8 || input.length > 63)) throw invalidValue(field);
    return input;
  },
};

/** A comma list of some words, in the order given. */
export function wordList(...allowed: readonly string[]): FieldType {
  return listOf((member) => allowed.includes(member));
}

/** What of the following came between 7.16.2 and 7.20.8 is not dated more closely by the trees of devices. */
const LATER = '7.18';

const ENCRYPTIONS = ['tkip', 'ccmp', 'gcmp', 'ccmp-256', 'gcmp-256'];

export const AAA_FIELDS: Fields = {
  'called-format': optional(text),
  'calling-format': optional(text),
  'interim-update': optional(duration(0, Infinity, ['disabled'])),
  'mac-caching': optional(duration(0, Infinity, ['disabled'])),
  'nas-identifier': optional(text),
  'password-format': optional(text),
  'username-format': optional(text),
};

export const CHANNEL_FIELDS: Fields = {
  band: optional(
    word('2ghz-g', '2ghz-n', '2ghz-ax', '2ghz-be', '5ghz-a', '5ghz-n', '5ghz-ac', '5ghz-ax', '5ghz-be', '6ghz-ax'),
  ),
  'deprioritize-unii-3-4': optional(boolean, { since: LATER }),
  frequency: optional(listOf((member) => /^\d{4}(-\d{4}(:\d+)?)?$/.test(member))),
  'preamble-puncturing': optional(text, { since: '7.22' }),
  'reselect-interval': optional(text),
  'reselect-time': optional(text, { since: LATER }),
  'secondary-frequency': optional(listOf((member) => member === 'disabled' || /^\d{4}$/.test(member))),
  'skip-dfs-channels': optional(word('disabled', '10min-cac', 'all')),
  width: optional(
    word('20mhz', '20/40mhz', '20/40mhz-Ce', '20/40mhz-eC', '20/40/80mhz', '20/40/80+80mhz', '20/40/80/160mhz'),
  ),
};

export const CONFIGURATION_FIELDS: Fields = {
  'antenna-gain': optional(integer(0, 30)),
  'beacon-interval': optional(duration(100, 1000)),
  chains: optional(listOf((member) => /^[0-7]$/.test(member))),
  country: optional(text),
  distance: optional(integer(0, 1000)),
  'dtim-period': optional(integer(1, 255)),
  'hide-ssid': optional(boolean),
  'hw-protection-mode': optional(word('none', 'cts-to-self', 'rts-cts'), { since: '7.22' }),
  installation: optional(word('indoor', 'outdoor'), { since: LATER }),
  manager: optional(word('local', 'capsman', 'capsman-or-local')),
  'max-clients': optional(integer(1, 4_294_967_295), { since: LATER }),
  mode: optional(word('ap', 'station', 'station-bridge', 'station-pseudobridge')),
  'multicast-enhance': optional(word('disabled', 'enabled')),
  'qos-classifier': optional(word('dscp-high-3-bits', 'priority')),
  ssid: optional(text),
  'station-roaming': optional(boolean, { since: LATER }),
  'tx-chains': optional(listOf((member) => /^[0-7]$/.test(member))),
  'tx-power': optional(integer(0, 40)),
};

export const DATAPATH_FIELDS: Fields = {
  bridge: optional(reference('/interface/bridge')),
  'bridge-cost': optional(integer(1, 200_000_000)),
  'bridge-horizon': optional(integer(0, 429_496_729, ['none'])),
  'client-isolation': optional(boolean),
  'interface-list': optional(reference('/interface/list')),
  'traffic-processing': optional(word('on-cap', 'on-capsman'), { since: LATER }),
  'vlan-id': optional(integer(1, 4095, ['none'])),
};

export const INTERWORKING_FIELDS: Fields = {
  '3gpp-info': optional(text),
  '3gpp-info-raw': optional(text, { since: '7.22' }),
  'authentication-types': optional(text),
  'connection-capabilities': optional(text),
  'domain-names': optional(text),
  esr: optional(boolean),
  hessid: optional(macAddress),
  hotspot20: optional(boolean),
  'hotspot20-dgaf': optional(boolean),
  internet: optional(boolean),
  'ipv4-availability': optional(text),
  'ipv6-availability': optional(text),
  'network-type': optional(text),
  'operational-classes': optional(text),
  'operator-names': optional(text),
  realms: optional(text),
  'realms-raw': optional(text, { since: '7.22' }),
  'roaming-ois': optional(text),
  uesa: optional(boolean),
  venue: optional(text),
  'venue-names': optional(text),
  'wan-at-capacity': optional(boolean),
  'wan-downlink': optional(integer(0, 4_294_967_295)),
  'wan-downlink-load': optional(integer(0, 255)),
  'wan-measurement-duration': optional(integer(0, 65_535)),
  'wan-status': optional(word('down', 'reserved', 'test', 'up')),
  'wan-symmetric': optional(boolean),
  'wan-uplink': optional(integer(0, 4_294_967_295)),
  'wan-uplink-load': optional(integer(0, 255)),
};

export const SECURITY_FIELDS: Fields = {
  'authentication-types': optional(
    wordList('wpa-psk', 'wpa2-psk', 'wpa-eap', 'wpa2-eap', 'wpa3-psk', 'owe', 'wpa3-eap', 'wpa3-eap-192'),
  ),
  'beacon-protection': optional(boolean, { since: '7.22' }),
  'connect-group': optional(text),
  'connect-priority': optional(text),
  'dh-groups': optional(listOf((member) => ['19', '20', '21'].includes(member))),
  'disable-pmkid': optional(boolean),
  'eap-accounting': optional(boolean),
  'eap-anonymous-identity': optional(text),
  'eap-certificate-mode': optional(
    word('dont-verify-certificate', 'no-certificates', 'verify-certificate', 'verify-certificate-with-crl'),
  ),
  'eap-methods': optional(wordList('peap', 'tls', 'ttls')),
  'eap-password': optional(text, { sensitive: true }),
  'eap-tls-certificate': optional(text),
  'eap-username': optional(text),
  encryption: optional(wordList(...ENCRYPTIONS)),
  ft: optional(boolean),
  'ft-mobility-domain': optional(text),
  'ft-nas-identifier': optional(text),
  'ft-over-ds': optional(boolean),
  'ft-preserve-vlanid': optional(boolean),
  'ft-r0-key-lifetime': optional(duration()),
  'ft-reassociation-deadline': optional(duration()),
  'group-encryption': optional(word(...ENCRYPTIONS)),
  'group-key-update': optional(duration()),
  'management-encryption': optional(word('cmac', 'cmac-256', 'gmac', 'gmac-256')),
  'management-protection': optional(word('allowed', 'disabled', 'required')),
  'multi-passphrase-group': optional(text, { since: LATER }),
  'owe-transition-interface': optional(text),
  passphrase: optional(passphrase, { sensitive: true }),
  'sae-anti-clogging-threshold': optional(integer(0, 4_294_967_295, ['disabled'])),
  'sae-max-failure-rate': optional(integer(0, 4_294_967_295, ['disabled'])),
  'sae-pwe': optional(word('both', 'hash-to-element', 'hunting-and-pecking')),
  wps: optional(word('disable', 'push-button')),
};

export const STEERING_FIELDS: Fields = {
  '2g-probe-delay': optional(boolean, { since: LATER }),
  'neighbor-group': optional(text),
  rrm: optional(boolean),
  'transition-request-count': optional(integer(0, 255), { since: '7.22' }),
  'transition-request-period': optional(duration(), { since: '7.22' }),
  'transition-threshold': optional(text, { since: '7.22' }),
  'transition-threshold-time': optional(duration(), { since: '7.22' }),
  'transition-time': optional(duration(), { since: '7.22' }),
  wnm: optional(boolean),
};
