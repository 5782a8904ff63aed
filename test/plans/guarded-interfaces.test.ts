import { expect, onTestFinished, test } from 'vitest';
import { writeOnce } from '../../activities/device/steps.ts';
import { DEAD_MAN_MENUS } from '../../activities/routeros/dead-man.ts';
import { guardSteps } from '../../activities/routeros/guard-steps.ts';
import { openRouter } from '../../activities/routeros/open-router.ts';
import { guardMinutesOf } from '../../shared/domain/change-guard.ts';
import { bridgeVlans } from '../../shared/plans/bridge-vlans.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { PATIENT_LIMITS, startDevice } from '../activities/routeros/simulated-device.ts';
import { wireless } from '../../shared/plans/wireless.ts';
import { apply, capture } from './laws.ts';

const MENUS = ['/interface/bridge', '/interface/bridge/port', '/interface/bridge/vlan'];

async function configuration(router: Router): Promise<unknown> {
  const read = MENUS.map(async (menu) => {
    const rows = await router.list(menu, { configuredOnly: true });
    return rows.map(({ '.id': _id, ...row }) => row);
  });
  const [bridges, ports, vlans = []] = await Promise.all(read);
  return { bridges, ports, vlans: vlans.map((row) => JSON.stringify(row)).toSorted() };
}

test('the router itself takes back ports, VLANs and filtering when nobody confirms', async () => {
  const device = await startDevice({ http: true });
  onTestFinished(device.stop);
  const paths = [...DEAD_MAN_MENUS, ...bridgeVlans.paths];
  const { router, ...opened } = openRouter({ ...device.target, limits: PATIENT_LIMITS, paths, effect: 'write' });
  onTestFinished(() => opened.close());
  const planned = async (wish: object) => {
    const input = bridgeVlans.input.parse(wish);
    return bridgeVlans.steps(await capture(bridgeVlans, router, input), input);
  };
  const vlan = { bridge: 'bridge', vlanIds: '20' };
  await apply(
    router,
    await planned({
      vlans: [
        { ...vlan, tagged: ['ether2', 'ether3'] },
        { ...vlan, vlanIds: '30-31', tagged: ['ether2'] },
      ],
    }),
  );
  const before = await configuration(router);
  const steps = await planned({
    ports: [{ interface: 'ether4', pvid: 20, frameTypes: 'untagged', comment: '' }],
    removePorts: ['ether5', 'ether6'],
    vlans: [
      { ...vlan, tagged: ['bridge'], untagged: ['ether4'], without: ['ether3'], comment: 'guests' },
      { ...vlan, vlanIds: '30-31', remove: true },
      { ...vlan, vlanIds: '40', tagged: ['ether2'] },
    ],
    bridges: [{ name: 'bridge', vlanFiltering: true, ageingSeconds: 600 }],
  });
  expect(steps.map(({ op }) => op)).toEqual(['add', 'change', 'change', 'change', 'remove', 'remove', 'remove']);
  expect(guardMinutesOf(steps)).toBeGreaterThan(0);

  await guardSteps(router, steps, { transaction: 'br01', minutes: 1 });
  for (const step of steps) await writeOnce(router, step);
  expect(await configuration(router)).not.toEqual(before);
  await device.advance(65);
  expect(await configuration(router)).toEqual(before);
});

test('the router itself takes back what radios send when nobody confirms', async () => {
  const device = await startDevice({ http: true, board: 'hap_ax2' });
  onTestFinished(device.stop);
  const paths = [...DEAD_MAN_MENUS, ...wireless.paths];
  const { router, ...opened } = openRouter({ ...device.target, limits: PATIENT_LIMITS, paths, effect: 'write' });
  onTestFinished(() => opened.close());
  const menu = '/interface/wifi';
  await router.change(menu, { name: 'wifi1' }, { 'configuration.country': 'Latvia' });
  const radios = async (): Promise<unknown[]> =>
    (await router.list(menu)).map(({ running: _running, inactive: _inactive, ...row }) => row);
  const before = await radios();
  const wish = { ssid: 'true', hideSsid: true, frequencyMhz: 5180, widthMhz: '20', txPowerDbm: 10, comment: 'lobby' };
  const input = wireless.input.parse({
    interfaces: [
      { name: 'wifi1', ...wish },
      { name: 'wifi2', enabled: false },
    ],
  });
  const steps = wireless.steps(await capture(wireless, router, input), input);
  expect(guardMinutesOf(steps)).toBeGreaterThan(0);

  await guardSteps(router, steps, { transaction: 'wi01', minutes: 1 });
  for (const step of steps) await writeOnce(router, step);
  expect(await radios()).not.toEqual(before);
  await device.advance(65);
  expect(await radios()).toEqual(before);
});
