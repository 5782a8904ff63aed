import { expect, test } from 'vitest';
import { wireless } from '../../../shared/plans/wireless.ts';
import { capture } from '../laws.ts';
import { OLDER, routerWith, stepsFor, wifi, wlan, type Held, type Wish } from './wireless-router.ts';

type Environment = 'lab' | 'staging' | 'prod';

test.each<[string, Wish, Held, string, string]>([
  [
    'a DFS channel',
    { name: 'wifi1', frequencyMhz: 5260, widthMhz: '20' },
    {},
    'UNSAFE_OPERATION',
    'A channel of 20 MHz at 5260 MHz is one where radios must give way to radar (DFS): clients would lose it at any time.',
  ],
  [
    'a width that reaches into DFS channels',
    { name: 'wifi1', frequencyMhz: 5240, widthMhz: '160' },
    {},
    'UNSAFE_OPERATION',
    'A channel of 160 MHz at 5240 MHz is one where radios must give way to radar (DFS): clients would lose it at any time.',
  ],
  [
    'a width alone that does so',
    { name: 'wifi1', widthMhz: '160' },
    { radios: [wifi('wifi1', { 'channel.frequency': '5180' })] },
    'UNSAFE_OPERATION',
    'A channel of 160 MHz at 5180 MHz is one where radios must give way to radar (DFS): clients would lose it at any time.',
  ],
  [
    'a channel for which there is no room without DFS',
    { name: 'wifi1', frequencyMhz: 'auto', widthMhz: '160' },
    {},
    'UNSAFE_OPERATION',
    'Latvia allows no channel of 160 MHz at 5GHz without listening for radar (DFS).',
  ],
  [
    'a channel the country does not allow',
    { name: 'wifi2', frequencyMhz: 2472 },
    { ranges: '2402-2472/30dBm/40MHz' },
    'UNSAFE_OPERATION',
    'Latvia does not allow "wifi2" a channel of 20 MHz at 2472 MHz; it allows 2402 to 2472 MHz.',
  ],
  [
    'power beyond the limit',
    { name: 'wifi2', txPowerDbm: 21 },
    {},
    'UNSAFE_OPERATION',
    'Latvia allows "wifi2" at most 20 dBm there, not 21.',
  ],
  [
    'power beyond the limit of the channel',
    { name: 'wifi1', txPowerDbm: 15, frequencyMhz: 5745, widthMhz: '20' },
    {},
    'UNSAFE_OPERATION',
    'Latvia allows "wifi1" at most 14 dBm there, not 15.',
  ],
  [
    'power without a country',
    { name: 'wifi1', txPowerDbm: 15 },
    { radios: [wifi('wifi1', { 'configuration.country': undefined })] },
    'UNSAFE_OPERATION',
    '"wifi1" has no country set, so what it may send is not known; channel and power are left alone.',
  ],
  [
    'a channel where the router does not tell the rules',
    { name: 'wifi1', frequencyMhz: 5180 },
    { ranges: 'none' },
    'UNSAFE_OPERATION',
    'The router does not tell what Latvia allows "wifi1" to send; channel and power are left alone.',
  ],
  [
    'a frequency the radio lacks',
    { name: 'wifi2', frequencyMhz: 2417 },
    {},
    'DEVICE_UNSUPPORTED',
    '"wifi2" does not take 2417 MHz; it takes 2412, 2437, 2462, 2467, 2472.',
  ],
  [
    'a standard the radio lacks',
    { name: 'wifi2', standard: 'ac' },
    {},
    'DEVICE_UNSUPPORTED',
    '"wifi2" does not take 802.11ac at 2.4GHz; it takes 2ghz-g, 2ghz-n, 2ghz-ax.',
  ],
  [
    'a standard the older radio lacks',
    { name: 'wlan2', standard: 'ax' },
    OLDER,
    'DEVICE_UNSUPPORTED',
    '"wlan2" does not take 802.11ax at 5GHz; it takes 5ghz-a/n, 5ghz-a/n/ac.',
  ],
  [
    'a width the radio lacks',
    { name: 'wifi2', widthMhz: '80' },
    {},
    'DEVICE_UNSUPPORTED',
    '"wifi2" takes no channels of 80 MHz; it takes 20mhz, 20/40mhz.',
  ],
  [
    'what CAPsMAN controls',
    { name: 'wifi1', ssid: 'x' },
    { radios: [wifi('wifi1', { 'configuration.manager': 'capsman-or-local' })] },
    'UNSAFE_OPERATION',
    '"wifi1" gets its configuration from CAPsMAN, which would write over the change.',
  ],
  [
    'what the older CAPsMAN controls',
    { name: 'wlan1', ssid: 'x' },
    { ...OLDER, cap: { enabled: 'true', interfaces: 'wlan1' } },
    'UNSAFE_OPERATION',
    '"wlan1" gets its configuration from CAPsMAN, which would write over the change.',
  ],
  [
    'a station',
    { name: 'wifi1', ssid: 'x' },
    { radios: [wifi('wifi1', { 'configuration.mode': 'station' })] },
    'UNSAFE_OPERATION',
    '"wifi1" is in the mode station: it connects the router to another access point, and may be its uplink.',
  ],
  [
    'a station of the older driver',
    { name: 'wlan1', mode: 'ap' },
    { ...OLDER, radios: [wlan('wlan1', { mode: 'station-bridge' })] },
    'UNSAFE_OPERATION',
    '"wlan1" is in the mode station-bridge: it connects the router to another access point, and may be its uplink.',
  ],
  [
    'what carries management',
    { name: 'wifi1', enabled: false },
    { address: 'wifi1' },
    'UNSAFE_OPERATION',
    '"wifi1" carries the connection by which the router is managed; nothing of it is changed.',
  ],
  [
    'the channel of a virtual access point',
    { name: 'guests', frequencyMhz: 2437 },
    { radios: [wifi('wifi2'), wifi('guests', { 'master-interface': 'wifi2', 'default-name': undefined })] },
    'CONFLICT',
    '"guests" is a virtual access point; channel and power are those of "wifi2".',
  ],
  [
    'an interface the router lacks',
    { name: 'wifi9', ssid: 'x' },
    {},
    'DEVICE_REFERENCE_MISSING',
    'The router has no wireless interface "wifi9".',
  ],
  [
    'a band the router lacks',
    { band: '6GHz', ssid: 'x' },
    {},
    'DEVICE_REFERENCE_MISSING',
    'The router has no radio of its own in the band 6GHz.',
  ],
  [
    'a router without radios',
    { name: 'wifi1', ssid: 'x' },
    { facts: { radios: null } },
    'DEVICE_UNSUPPORTED',
    'The router has no radios of its own.',
  ],
])('refuses %s', async (_what, wish, held, code, message) => {
  await expect(stepsFor(held, wish)).rejects.toMatchObject({ code, message });
});

test('a name and a band must not mean the same radio', async () => {
  await expect(stepsFor({}, { band: '5GHz', ssid: 'a' }, { name: 'wifi1', comment: 'b' })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: 'interfaces[0] and interfaces[1] both mean "wifi1".',
  });
});

test('the radio that carries management keeps all but its comment', async () => {
  expect(await stepsFor({ address: 'wifi1' }, { name: 'wifi1', comment: 'lobby' })).toHaveLength(1);
});

test.each<[Wish[], string]>([
  [[{ ssid: 'x' }], 'interfaces[0]: give name or band, and not both'],
  [[{ name: 'wifi1', band: '5GHz', ssid: 'x' }], 'interfaces[0]: give name or band, and not both'],
  [[{ name: 'wifi1' }], 'interfaces[0]: give a setting'],
  [
    [
      { band: '5GHz', ssid: 'x' },
      { band: '5GHz', ssid: 'y' },
    ],
    'interfaces[1] is the same as interfaces[0]',
  ],
  [[{ band: '5GHz', frequencyMhz: 2437 }], 'interfaces[0]: 2437 MHz is not in the band 5GHz'],
])('refuses the wish %j', (interfaces, sentence) => {
  expect(wireless.refuse?.(wireless.input.parse({ interfaces }))).toBe(sentence);
});

test('takes no country, no passphrase, no other mode and no name longer than 32 bytes', () => {
  const takes = (wish: Wish): boolean =>
    wireless.input.safeParse({ interfaces: [{ name: 'wifi1', ssid: 'x', ...wish }] }).success;
  expect(takes({ ssid: 'ž'.repeat(16) })).toBe(true);
  const refused: Wish[] = [
    { ssid: 'ž'.repeat(17) },
    { country: 'Latvia' },
    { passphrase: 'x' },
    { mode: 'station' },
    { txPowerDbm: 31 },
  ];
  for (const wish of refused) expect(takes(wish), JSON.stringify(wish)).toBe(false);
});

test.each<[Environment, number, Wish, string, string]>([
  ['lab', 1, { name: 'wifi1', comment: 'x' }, 'low', 'only comments are changed'],
  ['prod', 1, { name: 'wifi1', comment: 'x' }, 'high', 'production devices are changed'],
  ['lab', 11, { name: 'wifi1', comment: 'x' }, 'high', '11 devices are changed, more than 10'],
  [
    'staging',
    1,
    { name: 'wifi1', txPowerDbm: 10 },
    'medium',
    'clients lose their network for a moment, and may hear it worse after',
  ],
  ['lab', 1, { name: 'wifi1', ssid: 'x' }, 'high', 'clients lose the networks they know'],
  ['lab', 1, { name: 'wifi1', hideSsid: true }, 'high', 'clients lose the networks they know'],
  ['lab', 1, { name: 'wifi1', enabled: false }, 'high', 'networks are taken off the air'],
])('in %s on %i devices, %j is a risk', async (environment, deviceCount, wish, risk, reason) => {
  const input = wireless.input.parse({ interfaces: [wish] });
  const captured = [await capture(wireless, routerWith({}), input)];
  expect(wireless.risk({ environment, deviceCount, captured }, input)).toEqual({ risk, reasons: [reason] });
});
