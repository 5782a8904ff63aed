import type { Field, FieldType, MenuDefinition, Row } from '../../../engine/definition.ts';
import { boolean, duration, integer, listOf, reference, text, word } from '../../../values/field-types.ts';
import { macAddress } from '../../../values/mac-address.ts';
import { computed } from '../../row-fields.ts';
import { NO_MAC } from '../mac-addresses.ts';
import { ARP_FIELDS, interfaceMenu, settableL2mtu } from '../typed-interface.ts';
import { wirelessCommands } from './wireless-commands.ts';

/** The path of the menu of radios before 802.11ax. */
export const WIRELESS = '/interface/wireless';

const setting = (type: FieldType, value: string): Field => ({ type, default: value });
const rates = listOf((rate) => /^[\d.]+Mbps$/.test(rate));
const chains = listOf((chain) => /^[0-3]$/.test(chain));
const mcs = listOf((index) => /^mcs-?\d+(-\d+)?$/.test(index) || index === 'none');

const BANDS = [
  '2ghz-b',
  '2ghz-onlyg',
  '2ghz-b/g',
  '2ghz-onlyn',
  '2ghz-b/g/n',
  '2ghz-g/n',
  '5ghz-a',
  '5ghz-onlyn',
  '5ghz-a/n',
  '5ghz-onlyac',
  '5ghz-a/n/ac',
  '5ghz-n/ac',
];

const WIDTHS = [
  '5mhz',
  '10mhz',
  '20mhz',
  '40mhz-turbo',
  '20/40mhz-Ce',
  '20/40mhz-eC',
  '20/40mhz-XX',
  '20/40/80mhz-Ceee',
  '20/40/80mhz-eCee',
  '20/40/80mhz-eeCe',
  '20/40/80mhz-eeeC',
  '20/40/80mhz-XXXX',
];

const MODES = [
  'alignment-only',
  'ap-bridge',
  'bridge',
  'nstreme-dual-slave',
  'station',
  'station-bridge',
  'station-pseudobridge',
  'station-pseudobridge-clone',
  'station-wds',
  'wds-slave',
];

/** Radios before 802.11ax, and the virtual access points on them. */
export const wirelessInterfaces: MenuDefinition = interfaceMenu({
  path: WIRELESS,
  type: 'wlan',
  namePrefix: 'wlan',
  noun: 'wireless interface',
  fields: {
    ...ARP_FIELDS,
    'adaptive-noise-immunity': setting(word('none', 'ap-and-client-mode', 'client-mode'), 'none'),
    'allow-sharedkey': setting(boolean, 'false'),
    'ampdu-priorities': setting(
      listOf((priority) => /^[0-7]$/.test(priority)),
      '0',
    ),
    'amsdu-limit': setting(integer(0, 8192), '8192'),
    'amsdu-threshold': setting(integer(0, 8192), '8192'),
    'antenna-gain': setting(integer(0, 4_294_967_295), '0'),
    'antenna-mode': { type: word('ant-a', 'ant-b', 'rxa-txb', 'txa-rxb'), emptyClears: true },
    area: setting(text, ''),
    band: setting(word(...BANDS), '2ghz-b/g/n'),
    'basic-rates-a/g': setting(rates, '6Mbps'),
    'basic-rates-b': setting(rates, '1Mbps'),
    'bridge-mode': setting(word('enabled', 'disabled'), 'enabled'),
    'burst-time': { type: word('disabled'), emptyClears: true },
    'channel-width': setting(word(...WIDTHS), '20mhz'),
    compression: setting(boolean, 'false'),
    country: setting(text, 'etsi'),
    'default-ap-tx-limit': setting(integer(0, 4_294_967_295), '0'),
    'default-authentication': setting(boolean, 'true'),
    'default-client-tx-limit': setting(integer(0, 4_294_967_295), '0'),
    'default-forwarding': setting(boolean, 'true'),
    'default-name': { type: text, access: 'read-only' },
    'disable-running-check': setting(boolean, 'false'),
    // A virtual access point is off until it is enabled.
    disabled: setting(boolean, 'true'),
    'disconnect-timeout': setting(duration(0, 15_000), '3s'),
    distance: setting(integer(0, 4_294_967_295, ['dynamic', 'indoors']), 'dynamic'),
    'frame-lifetime': setting(integer(0, 4_294_967_295), '0'),
    frequency: setting(integer(2192, 6100, ['auto']), 'auto'),
    'frequency-mode': setting(word('manual-txpower', 'regulatory-domain', 'superchannel'), 'regulatory-domain'),
    'frequency-offset': setting(integer(0, 2_147_483_647), '0'),
    'guard-interval': setting(word('any', 'long'), 'any'),
    'hide-ssid': setting(boolean, 'false'),
    'ht-basic-mcs': setting(mcs, 'mcs-0,mcs-1,mcs-2,mcs-3,mcs-4,mcs-5,mcs-6,mcs-7'),
    'ht-supported-mcs': setting(mcs, Array.from({ length: 24 }, (_, index) => `mcs-${index}`).join(',')),
    'hw-fragmentation-threshold': setting(integer(256, 3000, ['disabled']), 'disabled'),
    'hw-protection-mode': setting(word('none', 'cts-to-self', 'rts-cts'), 'none'),
    'hw-protection-threshold': setting(integer(0, 65_535), '0'),
    'hw-retries': setting(integer(0, 15), '7'),
    installation: setting(word('any', 'indoor', 'outdoor'), 'any'),
    'interface-type': computed(({ values }) => (values['default-name'] === undefined ? 'virtual' : 'IPQ4019')),
    'interworking-profile': setting(word('disabled'), 'disabled'),
    'keepalive-frames': setting(word('enabled', 'disabled'), 'enabled'),
    l2mtu: settableL2mtu,
    'mac-address': setting(macAddress, NO_MAC),
    'master-interface': { type: reference(WIRELESS), emptyClears: true },
    'max-station-count': setting(integer(1, 2007), '2007'),
    mode: setting(word(...MODES), 'station'),
    mtu: setting(integer(0, 2290), '1500'),
    'multicast-buffering': setting(word('enabled', 'disabled'), 'enabled'),
    'multicast-helper': setting(word('default', 'dhcp', 'disabled', 'full'), 'default'),
    'noise-floor-threshold': setting(integer(-128, 127, ['default']), 'default'),
    'nv2-cell-radius': setting(integer(10, 200), '30'),
    'nv2-downlink-ratio': setting(integer(20, 80), '50'),
    'nv2-mode': setting(word('dynamic-downlink', 'fixed-downlink', 'sync-master', 'sync-slave'), 'dynamic-downlink'),
    'nv2-noise-floor-offset': setting(integer(0, 20, ['default']), 'default'),
    'nv2-preshared-key': { type: text, default: '', sensitive: true },
    'nv2-qos': setting(word('default', 'frame-priority'), 'default'),
    'nv2-queue-count': setting(integer(2, 8), '2'),
    'nv2-security': setting(word('disabled', 'enabled'), 'disabled'),
    'nv2-sync-secret': { type: text, default: '', sensitive: true },
    'on-fail-retry-time': setting(duration(100, 1000), '100ms'),
    'preamble-mode': setting(word('both', 'long', 'short'), 'both'),
    'prism-cardtype': { type: word('30mW', '100mW', '200mW'), emptyClears: true },
    'radio-name': { type: text, default: '' },
    'rate-selection': setting(word('advanced', 'legacy'), 'advanced'),
    'rate-set': setting(word('default', 'configured'), 'default'),
    'rx-chains': setting(chains, '0,1'),
    'scan-list': setting(text, 'default'),
    'secondary-frequency': setting(text, ''),
    'security-profile': {
      type: reference(`${WIRELESS}/security-profiles`),
      default: (router) => router.items(`${WIRELESS}/security-profiles`)[0]?.id ?? '*0',
    },
    'skip-dfs-channels': setting(word('disabled', '10min-cac', 'all'), 'disabled'),
    ssid: setting(text, 'MikroTik'),
    'station-bridge-clone-mac': setting(macAddress, NO_MAC),
    'station-roaming': setting(word('disabled', 'enabled'), 'disabled'),
    'supported-rates-a/g': setting(rates, '6Mbps,9Mbps,12Mbps,18Mbps,24Mbps,36Mbps,48Mbps,54Mbps'),
    'supported-rates-b': setting(rates, '1Mbps,2Mbps,5.5Mbps,11Mbps'),
    'tdma-period-size': setting(integer(1, 10, ['auto']), '2'),
    'tx-chains': setting(chains, '0,1'),
    'tx-power': { type: integer(-30, 40), emptyClears: true },
    'tx-power-mode': setting(word('default', 'all-rates-fixed', 'card-rates', 'manual-table'), 'default'),
    'update-stats-interval': setting(duration(10_000, 18_000_000, ['disabled']), 'disabled'),
    'vht-basic-mcs': setting(mcs, 'mcs0-7'),
    'vht-supported-mcs': setting(mcs, 'mcs0-9,mcs0-9,mcs0-9'),
    'vlan-id': setting(integer(1, 4095), '1'),
    'vlan-mode': setting(word('no-tag', 'use-service-tag', 'use-tag'), 'no-tag'),
    'wds-cost-range': setting(text, '50-150'),
    'wds-default-bridge': setting(reference('/interface/bridge', ['none']), 'none'),
    'wds-default-cost': setting(integer(1, 65_535), '100'),
    'wds-ignore-ssid': setting(boolean, 'false'),
    'wds-mode': setting(word('disabled', 'dynamic', 'dynamic-mesh', 'static', 'static-mesh'), 'disabled'),
    'wireless-protocol': setting(
      word('802.11', 'any', 'nstreme', 'nv2', 'nv2-nstreme', 'nv2-nstreme-802.11', 'unspecified'),
      'any',
    ),
    'wmm-support': setting(word('disabled', 'enabled', 'required'), 'disabled'),
    'wps-mode': setting(word('disabled', 'push-button', 'push-button-virtual-only'), 'push-button'),
  },
  view: hideFieldsOfRadios,
  commands: wirelessCommands(WIRELESS),
});

/** A virtual access point shows nothing that is its master's. */
const OF_RADIOS = ['band', 'channel-width', 'country', 'frequency', 'installation', 'radio-name', 'wireless-protocol'];

function hideFieldsOfRadios(row: Row): Row {
  if (row['master-interface'] === undefined) return row;
  return Object.fromEntries(Object.entries(row).filter(([name]) => !OF_RADIOS.includes(name)));
}
