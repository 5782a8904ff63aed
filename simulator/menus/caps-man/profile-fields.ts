import type { Field, FieldType } from '../../engine/definition.ts';
import { boolean, duration, integer, listOf, reference, text, word } from '../../values/field-types.ts';
import { optional, passphrase, prefixed, wordList } from '../interface/wifi/profile-fields.ts';

type Fields = Readonly<Record<string, Field>>;

const chains = listOf((chain) => /^[0-3]$/.test(chain));
const mcs: FieldType = listOf((index) => /^mcs-?\d+(-\d+)?$/.test(index) || index === 'none');
const rates = listOf((rate) => /^[\d.]+Mbps$/.test(rate));
const ciphers = ['aes-ccm', 'tkip'];

export const CHANNEL_FIELDS: Fields = {
  band: optional(
    word(
      '2ghz-b',
      '2ghz-b/g',
      '2ghz-b/g/n',
      '2ghz-onlyg',
      '2ghz-onlyn',
      '5ghz-a',
      '5ghz-a/n',
      '5ghz-onlyn',
      '5ghz-a/n/ac',
      '5ghz-onlyac',
    ),
  ),
  'control-channel-width': optional(word('20mhz', '40mhz-turbo', '10mhz', '5mhz')),
  'extension-channel': optional(
    word('disabled', 'Ce', 'eC', 'XX', 'Ceee', 'eCee', 'eeCe', 'eeeC', 'XXXX', 'Ceeeeeee', 'XXXXXXXX'),
  ),
  frequency: optional(listOf((member) => /^\d{4}$/.test(member))),
  'reselect-interval': optional(duration()),
  'save-selected': optional(boolean),
  'secondary-frequency': optional(listOf((member) => /^\d{4}$/.test(member))),
  'skip-dfs-channels': optional(boolean),
  'tx-power': optional(integer(-30, 40)),
};

/** Settings of an access point that are not another profile's. */
export const CONFIGURATION_FIELDS: Fields = {
  country: optional(text),
  'disconnect-timeout': optional(duration()),
  distance: optional(integer(0, 4_294_967_295, ['dynamic', 'indoors'])),
  'frame-lifetime': optional(duration()),
  'guard-interval': optional(word('any', 'long')),
  'hide-ssid': optional(boolean),
  'hw-protection-mode': optional(word('none', 'cts-to-self', 'rts-cts')),
  'hw-retries': optional(integer(0, 15)),
  installation: optional(word('any', 'indoor', 'outdoor')),
  'keepalive-frames': optional(word('enabled', 'disabled')),
  'load-balancing-group': optional(text),
  'max-sta-count': optional(integer(1, 2007)),
  mode: optional(word('ap')),
  'multicast-helper': optional(word('default', 'disabled', 'full')),
  'rx-chains': optional(chains),
  ssid: optional(text),
  'tx-chains': optional(chains),
};

/** Where the traffic of clients goes. */
export const DATAPATH_FIELDS: Fields = {
  bridge: optional(reference('/interface/bridge')),
  'bridge-cost': optional(integer(1, 200_000_000)),
  'bridge-horizon': optional(integer(0, 429_496_729, ['none'])),
  'client-to-client-forwarding': optional(boolean),
  'interface-list': optional(reference('/interface/list')),
  'local-forwarding': optional(boolean),
  'openflow-switch': optional(text),
  'vlan-id': optional(integer(1, 4095)),
  'vlan-mode': optional(word('no-tag', 'use-service-tag', 'use-tag')),
};

/** What a datapath sets of the interface itself, where it is a profile. */
export const DATAPATH_INTERFACE_FIELDS: Fields = {
  arp: optional(word('enabled', 'disabled', 'proxy-arp', 'local-proxy-arp', 'reply-only')),
  l2mtu: optional(integer(0, 65_535)),
  mtu: optional(integer(0, 2290)),
};

export const RATES_FIELDS: Fields = {
  basic: optional(rates),
  'ht-basic-mcs': optional(mcs),
  'ht-supported-mcs': optional(mcs),
  supported: optional(rates),
  'vht-basic-mcs': optional(mcs),
  'vht-supported-mcs': optional(mcs),
};

export const SECURITY_FIELDS: Fields = {
  'authentication-types': optional(wordList('wpa-psk', 'wpa2-psk', 'wpa-eap', 'wpa2-eap')),
  'disable-pmkid': optional(boolean),
  'eap-methods': optional(wordList('eap-tls', 'passthrough')),
  'eap-radius-accounting': optional(boolean),
  encryption: optional(wordList(...ciphers)),
  'group-encryption': optional(word(...ciphers)),
  'group-key-update': optional(duration()),
  passphrase: optional(passphrase, { sensitive: true }),
  'tls-certificate': optional(text),
  'tls-mode': optional(
    word('dont-verify-certificate', 'no-certificates', 'verify-certificate', 'verify-certificate-with-crl'),
  ),
};

/** The profiles that a configuration or an interface refers to, with the settings they may override in place. */
export function profileReferences(datapath: Fields): Fields {
  return {
    channel: optional(reference('/caps-man/channel')),
    datapath: optional(reference('/caps-man/datapath')),
    rates: optional(reference('/caps-man/rates')),
    security: optional(reference('/caps-man/security')),
    ...prefixed('channel', CHANNEL_FIELDS),
    ...prefixed('datapath', datapath),
    ...prefixed('rates', RATES_FIELDS),
    ...prefixed('security', SECURITY_FIELDS),
  };
}
