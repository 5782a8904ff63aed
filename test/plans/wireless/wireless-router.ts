import { expect } from 'vitest';
import type { Step } from '../../../shared/domain/change.ts';
import { wireless } from '../../../shared/plans/wireless.ts';
import type { RouterFacts } from '../../../shared/routeros/facts.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { cannedRouter } from '../../operations/canned-router.ts';
import { capture } from '../laws.ts';

export type Wish = Record<string, unknown>;

/** As routers tell them of Latvia. */
const LATVIA =
  '2402-2482/20dBm/40MHz,5170-5250/23dBm/160MHz/indoor,5250-5330/23dBm/160MHz/indoor/dfs,5490-5730/30dBm/160MHz/dfs,5735-5875/14dBm/80MHz';
const ETSI =
  '2402-2482/b,g,gn20,gn40(20dBm) 2417-2457/g-turbo(20dBm) 5170-5250/a,an20,ac80(23dBm)/passive 5250-5330/a,an20(20dBm)/dfs,passive';

const BANDS_5 =
  '5ghz-a:20mhz,5ghz-n:20mhz,20/40mhz,5ghz-ac:20mhz,20/40mhz,20/40/80mhz,5ghz-ax:20mhz,20/40mhz,20/40/80mhz,20/40/80/160mhz';
const BANDS_2 = '2ghz-g:20mhz,2ghz-n:20mhz,20/40mhz,2ghz-ax:20mhz,20/40mhz';

export interface Held {
  radios?: readonly RouterRecord[];
  profiles?: readonly RouterRecord[];
  channels?: readonly RouterRecord[];
  facts?: Partial<RouterFacts>;
  cap?: RouterRecord;
  /** On which the address is that managers use. */
  address?: string;
  /** What the router tells that its country allows; where not given, what routers really tell. */
  ranges?: string;
  /** Takes down by which driver and of which country the router was asked. */
  asked?: string[];
}

export const wifi = (name: string, values: RouterRecord = {}): RouterRecord => ({
  '.id': `*${name}`,
  name,
  'default-name': name,
  disabled: 'false',
  'configuration.mode': 'ap',
  'configuration.country': 'Latvia',
  'configuration.ssid': 'before',
  'channel.band': name === 'wifi2' ? '2ghz-ax' : '5ghz-ax',
  ...values,
});

export const wlan = (name: string, values: RouterRecord = {}): RouterRecord => ({
  '.id': `*${name}`,
  name,
  disabled: 'false',
  mode: 'ap-bridge',
  ssid: 'before',
  'hide-ssid': 'false',
  country: 'etsi',
  band: name === 'wlan2' ? '5ghz-a/n/ac' : '2ghz-b/g/n',
  'channel-width': '20mhz',
  frequency: 'auto',
  'tx-power-mode': 'default',
  'skip-dfs-channels': 'disabled',
  ...values,
});

export function routerWith({
  radios,
  profiles = [],
  channels = [],
  facts = {},
  cap = {},
  address = 'ether1',
  ranges,
  asked = [],
}: Held): Router {
  const isOlder = facts.radios === '/interface/wireless';
  const held = radios ?? [wifi('wifi1'), wifi('wifi2')];
  const menus = {
    '/interface/wifi': held,
    '/interface/wifi/configuration': profiles,
    '/interface/wifi/channel': channels,
    '/interface/wifi/radio': [
      { '.id': '*1', interface: 'wifi1', bands: BANDS_5, '5g-channels': '5180,5200,5220,5240,5260,5500,5745' },
      { '.id': '*2', interface: 'wifi2', bands: BANDS_2, '2g-channels': '2412,2437,2462,2467,2472' },
    ],
    '/interface/wireless': held,
    '/interface/wireless/cap': cap,
    '/interface': [
      ...held.map(({ name }) => ({ name, type: isOlder ? 'wlan' : 'wifi' })),
      { name: 'ether1', type: 'ether' },
    ],
    '/interface/bridge/port': [],
    '/ip/address': [{ address: '198.18.0.1/24', interface: address, 'actual-interface': address }],
    '/ipv6/address': [],
    '/ip/arp': [],
    '/ip/service': [],
    '/user/active': [],
    '/ip/route': [],
    '/ipv6/route': [],
  };
  const told = (kind: string) => (args: Readonly<Record<string, string>>) => {
    asked.push(`${kind} ${args['country']}`);
    return [{ ranges: ranges ?? (isOlder ? ETSI : LATVIA) }];
  };
  const commands = {
    '/interface/wifi/radio reg-info': told('wifi'),
    '/interface/wireless/info country-info': told('wireless'),
  };
  return cannedRouter(menus, { radios: '/interface/wifi', ...facts }, { host: '198.18.0.1', commands });
}

export const OLDER: Held = { radios: [wlan('wlan1'), wlan('wlan2')], facts: { radios: '/interface/wireless' } };

export async function stepsFor(held: Held, ...interfaces: readonly Wish[]): Promise<Step[]> {
  const input = wireless.input.parse({ interfaces });
  expect(wireless.refuse?.(input)).toBeNull();
  return wireless.steps(await capture(wireless, routerWith(held), input), input);
}
