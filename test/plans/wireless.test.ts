import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { openRouter } from '../../activities/routeros/open-router.ts';
import type { Step } from '../../shared/domain/change.ts';
import { wireless } from '../../shared/plans/wireless.ts';
import type { RouterFacts } from '../../shared/routeros/facts.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import type { BoardKey } from '../../simulator/boards.ts';
import { startFleet } from '../../simulator/fleet.ts';
import { cannedRouter } from '../operations/canned-router.ts';
import { apply, capture, undo } from './laws.ts';

type Wish = Record<string, unknown>;
type Environment = 'lab' | 'staging' | 'prod';

/** As routers tell them of Latvia. */
const LATVIA =
  '2402-2482/20dBm/40MHz,5170-5250/23dBm/160MHz/indoor,5250-5330/23dBm/160MHz/indoor/dfs,5490-5730/30dBm/160MHz/dfs,5735-5875/14dBm/80MHz';
const ETSI =
  '2402-2482/b,g,gn20,gn40(20dBm) 2417-2457/g-turbo(20dBm) 5170-5250/a,an20,ac80(23dBm)/passive 5250-5330/a,an20(20dBm)/dfs,passive';

const BANDS_5 =
  '5ghz-a:20mhz,5ghz-n:20mhz,20/40mhz,5ghz-ac:20mhz,20/40mhz,20/40/80mhz,5ghz-ax:20mhz,20/40mhz,20/40/80mhz,20/40/80/160mhz';
const BANDS_2 = '2ghz-g:20mhz,2ghz-n:20mhz,20/40mhz,2ghz-ax:20mhz,20/40mhz';

interface Held {
  radios?: readonly RouterRecord[];
  profiles?: readonly RouterRecord[];
  channels?: readonly RouterRecord[];
  facts?: Partial<RouterFacts>;
  cap?: RouterRecord;
  /** On which the address is that managers use. */
  address?: string;
  ranges?: string;
}

const wifi = (name: string, values: RouterRecord = {}): RouterRecord => ({
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

const wlan = (name: string, values: RouterRecord = {}): RouterRecord => ({
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

const REG: string[] = [];

function routerWith({
  radios,
  profiles = [],
  channels = [],
  facts = {},
  cap = {},
  address = 'ether1',
  ranges,
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
    REG.push(`${kind} ${args['country']}`);
    return [{ ranges: ranges ?? (isOlder ? ETSI : LATVIA) }];
  };
  const commands = {
    '/interface/wifi/radio reg-info': told('wifi'),
    '/interface/wireless/info country-info': told('wireless'),
  };
  return cannedRouter(menus, { radios: '/interface/wifi', ...facts }, { host: '198.18.0.1', commands });
}

const OLDER: Held = { radios: [wlan('wlan1'), wlan('wlan2')], facts: { radios: '/interface/wireless' } };

const comment = fc.constantFrom('', 'lobby');
const ssid = fc.constantFrom('office', 'guests, all', 'yes');

const settings = fc
  .record(
    {
      ssid,
      hideSsid: fc.boolean(),
      enabled: fc.boolean(),
      mode: fc.constant('ap'),
      comment,
      widthMhz: fc.constantFrom('20', '40'),
      standard: fc.constant('n'),
      txPowerDbm: fc.constantFrom<number | 'auto'>('auto', 14, 20),
      frequencyMhz: fc.constantFrom<number | 'auto'>('auto', 2437, 2412),
    },
    { requiredKeys: [] },
  )
  .filter((wish) => Object.keys(wish).length > 0);

const wishes = (second: string) =>
  fc.tuple(settings, fc.option(fc.record({ ssid, comment }), { nil: undefined })).map(([one, other]) => ({
    interfaces: [{ band: '2.4GHz', ...one }, ...(other ? [{ name: second, ...other }] : [])],
  }));

const heldValues = fc.record({
  disabled: fc.constantFrom('true', 'false'),
  ssid,
  comment,
  frequency: fc.constantFrom('', '2412'),
  power: fc.constantFrom('', '20'),
});

async function checkLaws(router: Router, menu: string, given: Wish): Promise<void> {
  const input = wireless.input.parse(given);
  expect(wireless.refuse?.(input)).toBeNull();
  const rows = async (): Promise<unknown> => (await router.list(menu)).map(settled);
  const found = await rows();
  const steps = wireless.steps(await capture(wireless, router, input), input);
  const order = steps.map((step) =>
    step.op === 'change' ? ['false', undefined, 'true'].indexOf(step.after['disabled'] ?? undefined) : -1,
  );
  expect(order, 'what is switched on comes first, what is switched off last').toEqual(
    order.toSorted((one, other) => one - other),
  );
  await apply(router, steps);
  const once = await rows();
  expect(
    wireless.steps(await capture(wireless, router, input), input),
    'the preview of the wanted state is empty',
  ).toEqual([]);
  await apply(router, steps);
  expect(await rows(), 'applying twice equals once').toEqual(once);
  await undo(router, steps);
  expect(await rows(), 'apply then undo restores').toEqual(found);
}

/** Without what the router works out itself, and what is not set. */
function settled(row: RouterRecord): unknown {
  const { running: _running, inactive: _inactive, '.about': _about, ...values } = row;
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''));
}

test('keeps the laws of a plan kind for whatever a radio holds and whatever is wanted', async () => {
  await fc.assert(
    fc.asyncProperty(heldValues, wishes('wifi1'), (held, input) => {
      const { disabled, comment: text, ssid: name, frequency, power } = held;
      const second = wifi('wifi2', {
        disabled,
        'configuration.ssid': name,
        ...(text === '' ? {} : { comment: text }),
        ...(frequency === '' ? {} : { 'channel.frequency': frequency }),
        ...(power === '' ? {} : { 'configuration.tx-power': power }),
      });
      return checkLaws(routerWith({ radios: [wifi('wifi1'), second] }), '/interface/wifi', input);
    }),
  );
});

test('keeps the laws with the older driver too', async () => {
  await fc.assert(
    fc.asyncProperty(heldValues, wishes('wlan2'), (held, input) => {
      const { disabled, comment: text, ssid: name, frequency, power } = held;
      const first = wlan('wlan1', {
        disabled,
        ssid: name,
        ...(text === '' ? {} : { comment: text }),
        ...(frequency === '' ? {} : { frequency }),
        ...(power === '' ? {} : { 'tx-power': power, 'tx-power-mode': 'all-rates-fixed' }),
      });
      return checkLaws(routerWith({ ...OLDER, radios: [first, wlan('wlan2')] }), '/interface/wireless', input);
    }),
  );
});

test.each<[BoardKey, string, string, string]>([
  ['hap_ax2', '7.20.8', '/interface/wifi', 'wifi1'],
  ['hap_ax2', '7.12.2', '/interface/wifiwave2', 'wifi1'],
  ['hap_ac2', '7.20.8', '/interface/wireless', 'wlan2'],
])('keeps the laws on a simulated %s with %s', async (board, version, menu, second) => {
  const fleet = await startFleet({ routers: 1, http: true, board, version });
  onTestFinished(() => fleet.stop());
  const [device] = fleet.devices;
  if (!device) throw new Error('the fleet is empty');
  const { host, restPort, user: username, password } = device;
  const tls = { mode: 'plaintext' } as const;
  const { router, ...opened } = openRouter({
    host,
    restPort,
    tls,
    username,
    password,
    paths: wireless.paths,
    effect: 'write',
  });
  onTestFinished(() => opened.close());
  if (menu !== '/interface/wireless') {
    for (const name of ['wifi1', 'wifi2']) await router.change(menu, { name }, { 'configuration.country': 'Latvia' });
  }
  await fc.assert(
    fc.asyncProperty(wishes(second), wishes(second), async (present, input) => {
      const parsed = wireless.input.parse(present);
      await apply(router, wireless.steps(await capture(wireless, router, parsed), parsed));
      await checkLaws(router, menu, input);
    }),
    { numRuns: 2 },
  );
});

async function stepsFor(held: Held, ...interfaces: readonly Wish[]): Promise<Step[]> {
  const input = wireless.input.parse({ interfaces });
  expect(wireless.refuse?.(input)).toBeNull();
  return wireless.steps(await capture(wireless, routerWith(held), input), input);
}

test('writes to the row of the interface what no profile says already', async () => {
  const radios = [
    wifi('wifi1', {
      configuration: 'main',
      'configuration.ssid': undefined,
      'channel.band': undefined,
      channel: 'five',
    }),
  ];
  const profiles = [{ name: 'main', ssid: 'office', 'hide-ssid': 'true', 'channel.width': '20mhz' }];
  const channels = [{ name: 'five', band: '5ghz-ax', frequency: '5180' }];
  const held = { radios, profiles, channels };
  const wish = { band: '5GHz', ssid: 'office', hideSsid: true, frequencyMhz: 5180, widthMhz: '20', standard: 'ax' };
  expect(await stepsFor(held, wish)).toEqual([]);
  expect(await stepsFor(held, { ...wish, ssid: 'guests', widthMhz: '80' })).toEqual([
    {
      op: 'change',
      menu: '/interface/wifi',
      key: { name: 'wifi1' },
      before: { 'configuration.ssid': null, 'channel.width': null },
      after: { 'configuration.ssid': 'guests', 'channel.width': '20/40/80mhz' },
    },
  ]);
  await expect(stepsFor(held, { name: 'wifi1', frequencyMhz: 'auto' })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: 'A profile of "wifi1" sets channel.frequency to 5180, so that it cannot be left to the radio.',
  });
});

test('says the same in the words of the older driver', async () => {
  const wish = { band: '5GHz', ssid: 'office', frequencyMhz: 'auto', widthMhz: '80', txPowerDbm: 17 };
  expect(await stepsFor(OLDER, wish)).toMatchObject([
    {
      key: { name: 'wlan2' },
      after: {
        ssid: 'office',
        'skip-dfs-channels': 'all',
        'channel-width': '20/40/80mhz-XXXX',
        'tx-power-mode': 'all-rates-fixed',
        'tx-power': '17',
      },
    },
  ]);
});

test('asks for the rules of the country that the radio is set to, and only when they matter', async () => {
  REG.length = 0;
  await stepsFor({}, { name: 'wifi1', ssid: 'x' });
  await stepsFor({}, { name: 'wifi1', widthMhz: '40', frequencyMhz: 5180 });
  await stepsFor(OLDER, { name: 'wlan1', txPowerDbm: 10 });
  expect(REG).toEqual(['wifi Latvia', 'wireless etsi']);
});

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
