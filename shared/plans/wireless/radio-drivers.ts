import type { Band } from '../../operations/wireless/wireless-values.ts';
import type { WifiMenu } from '../../operations/wireless/wireless-menus.ts';
import type { Standard, WantedRadio } from './radio-wish.ts';

export const WIRELESS = '/interface/wireless';
export type RadioMenu = WifiMenu | typeof WIRELESS;

/** Fields as they shall be; null takes one back. */
export type Fields = Record<string, string | null>;

const DIGIT: Readonly<Record<Band, string>> = { '2.4GHz': '2', '5GHz': '5', '6GHz': '6' };

/** How a driver says what is wished of a radio. */
export interface RadioDriver {
  /** Names of its fields that are read, besides what names and controls an interface. */
  fields: readonly string[];
  width: string;
  band: string;
  frequency: string;
  country: string;
  mode: string;
  /** All that is wished but the channel. */
  settings: (wish: WantedRadio) => Fields;
  channel: (wish: WantedRadio, band: Band | null) => Fields;
}

const WIFI_WIDTHS = { 20: '20mhz', 40: '20/40mhz', 80: '20/40/80mhz', 160: '20/40/80/160mhz' } as const;
const WIRELESS_WIDTHS = {
  20: '20mhz',
  40: '20/40mhz-XX',
  80: '20/40/80mhz-XXXX',
  160: '20/40/80/160mhz-XXXXXXXX',
} as const;

const wifi: RadioDriver = {
  fields: [
    'configuration.mode',
    'configuration.ssid',
    'configuration.hide-ssid',
    'configuration.country',
    'configuration.tx-power',
    'channel.band',
    'channel.frequency',
    'channel.width',
    'channel.skip-dfs-channels',
  ],
  width: 'channel.width',
  band: 'channel.band',
  frequency: 'channel.frequency',
  country: 'configuration.country',
  mode: 'configuration.mode',
  settings: ({ ssid, hideSsid, mode, txPowerDbm, ...wish }) => ({
    ...common(wish),
    ...given('configuration.ssid', ssid),
    ...given('configuration.hide-ssid', hideSsid?.toString()),
    ...given('configuration.mode', mode),
    ...given('configuration.tx-power', unlessAuto(txPowerDbm)),
  }),
  channel: ({ frequencyMhz, widthMhz, standard }, band) => ({
    ...given('channel.frequency', unlessAuto(frequencyMhz)),
    ...(frequencyMhz === 'auto' && band === '5GHz' ? { 'channel.skip-dfs-channels': 'all' } : {}),
    ...given('channel.width', widthMhz && WIFI_WIDTHS[widthMhz]),
    ...given('channel.band', standard && band ? `${DIGIT[band]}ghz-${standard}` : undefined),
  }),
};

const wireless: RadioDriver = {
  fields: [
    'mode',
    'ssid',
    'hide-ssid',
    'country',
    'tx-power',
    'tx-power-mode',
    'band',
    'frequency',
    'channel-width',
    'skip-dfs-channels',
  ],
  width: 'channel-width',
  band: 'band',
  frequency: 'frequency',
  country: 'country',
  mode: 'mode',
  settings: ({ ssid, hideSsid, mode, txPowerDbm, ...wish }) => ({
    ...common(wish),
    ...given('ssid', ssid),
    ...given('hide-ssid', hideSsid?.toString()),
    ...given('mode', mode && 'ap-bridge'),
    ...(txPowerDbm === 'auto' ? { 'tx-power-mode': 'default' } : {}),
    ...(typeof txPowerDbm === 'number' ? { 'tx-power-mode': 'all-rates-fixed', 'tx-power': String(txPowerDbm) } : {}),
  }),
  channel: ({ frequencyMhz, widthMhz, standard }, band) => ({
    ...given('frequency', frequencyMhz?.toString()),
    ...(frequencyMhz === 'auto' && band === '5GHz' ? { 'skip-dfs-channels': 'all' } : {}),
    ...given('channel-width', widthMhz && WIRELESS_WIDTHS[widthMhz]),
    ...given('band', standard && band ? (OLDER_BANDS[band][standard] ?? '') : undefined),
  }),
};

/** What the older driver calls a band whose newest standard this is. */
const OLDER_BANDS: Readonly<Record<Band, Partial<Record<Standard, string>>>> = {
  '2.4GHz': { g: '2ghz-b/g', n: '2ghz-b/g/n' },
  '5GHz': { n: '5ghz-a/n', ac: '5ghz-a/n/ac' },
  '6GHz': {},
};

export function driverOf(menu: RadioMenu): RadioDriver {
  return menu === WIRELESS ? wireless : wifi;
}

/**
 * What a radio can: the bands of its driver with the widths of each. The newer drivers tell
 * (`5ghz-ax:20mhz,20/40mhz,20/40/80mhz`); of an older radio it is what its band says now.
 */
export function capabilitiesOf(
  menu: RadioMenu,
  told: string | null,
  bandNow: string | null,
): ReadonlyMap<string, string[]> {
  if (menu === WIRELESS) return olderCapabilities(bandNow);
  const bands = new Map<string, string[]>();
  let widths: string[] = [];
  for (const part of (told ?? '').split(',')) {
    const [first = '', second] = part.split(':');
    if (second !== undefined) bands.set(first, (widths = []));
    widths.push(second ?? first);
  }
  return bands;
}

function olderCapabilities(band: string | null): ReadonlyMap<string, string[]> {
  const isFive = band?.startsWith('5ghz') === true;
  const { 20: narrow, 40: wide, 80: wider } = WIRELESS_WIDTHS;
  const names = Object.values(OLDER_BANDS[isFive ? '5GHz' : '2.4GHz']);
  const known = names.filter((name) => !name.endsWith('ac') || band?.endsWith('ac') === true);
  const widthsOf = (name: string): string[] =>
    name.endsWith('ac') ? [narrow, wide, wider] : name.endsWith('n') ? [narrow, wide] : [narrow];
  return new Map([...new Set([...known, ...(band === null ? [] : [band])])].map((name) => [name, widthsOf(name)]));
}

function common({ enabled, comment }: Pick<WantedRadio, 'enabled' | 'comment'>): Fields {
  return {
    ...given('disabled', enabled === undefined ? undefined : String(!enabled)),
    ...given('comment', comment === '' ? null : comment),
  };
}

function given(field: string, value: string | null | undefined): Fields {
  return value === undefined ? {} : { [field]: value };
}

function unlessAuto(value: number | 'auto' | undefined): string | null | undefined {
  return value === 'auto' ? null : value?.toString();
}
