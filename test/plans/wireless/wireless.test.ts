import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import { wireless } from '../../../shared/plans/wireless.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import type { BoardKey } from '../../../simulator/boards.ts';
import { startFleet } from '../../../simulator/fleet.ts';
import { apply, capture, undo } from '../laws.ts';
import { OLDER, routerWith, stepsFor, wifi, wlan, type Wish } from './wireless-router.ts';

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
  const asked: string[] = [];
  await stepsFor({ asked }, { name: 'wifi1', ssid: 'x' });
  await stepsFor({ asked }, { name: 'wifi1', widthMhz: '40', frequencyMhz: 5180 });
  await stepsFor({ ...OLDER, asked }, { name: 'wlan1', txPowerDbm: 10 });
  expect(asked).toEqual(['wifi Latvia', 'wireless etsi']);
});
