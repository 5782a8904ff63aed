import { expect, test } from 'vitest';
import type { Step } from '../../../shared/domain/change.ts';
import { bridgeVlans } from '../../../shared/plans/bridge-vlans.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { capture } from '../laws.ts';
import { bridge, port, routerWith, stepsFor, vlan, type Wish } from './bridge-router.ts';

const CARRIES =
  'Management of the router comes tagged with VLAN 99 by the port "ether1" to VLAN 99 of the bridge "switch"';
const cut = (what: string): string => `${CARRIES}; the change of ${what} would alter that.`;

test.each<[string, Wish, string]>([
  ['its port', { removePorts: ['ether1'] }, cut('the port "ether1"')],
  ['a setting of its port', { ports: [{ interface: 'ether1', bpduGuard: true }] }, cut('the port "ether1"')],
  ['its port disabled', { ports: [{ interface: 'ether1', enabled: false }] }, cut('the port "ether1"')],
  ['its VLAN', { vlans: [{ bridge: 'switch', vlanIds: '99', remove: true }] }, cut('VLANs 99')],
  ['its port in the VLAN', { vlans: [{ bridge: 'switch', vlanIds: '99', without: ['ether1'] }] }, cut('VLANs 99')],
  ['itself in the VLAN', { vlans: [{ bridge: 'switch', vlanIds: '99', without: ['switch'] }] }, cut('VLANs 99')],
  [
    'its port untagged in the VLAN',
    { vlans: [{ bridge: 'switch', vlanIds: '99', tagged: ['ether2'], untagged: ['switch'] }], ports: [] },
    '"switch" is untagged in VLANs 99, but its pvid is 1: what comes in without a tag would go elsewhere than what goes out.',
  ],
])('refuses to cut management: %s', async (_what, wish, message) => {
  await expect(stepsFor({ ports: [port('ether2')] }, wish)).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message,
  });
});

test('more ports may join the VLAN of management, and comments are free', async () => {
  const wish = {
    ports: [{ interface: 'ether1', comment: 'uplink' }],
    vlans: [{ bridge: 'switch', vlanIds: '99', tagged: ['ether2'] }],
  };
  expect(await stepsFor({ ports: [port('ether2')] }, wish)).toHaveLength(2);
});

test('without a place for the managers in the MAC table every port of their VLAN counts', async () => {
  const found = { ports: [port('ether2'), port('ether3')], vlans: [vlan('20', 'ether2')], managerAt: null };
  expect(await stepsFor(found, { ports: [{ interface: 'ether3', pvid: 20 }] })).toHaveLength(1);
  await expect(stepsFor(found, { removePorts: ['ether1'] })).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
  const lan = { ...found, address: 'switch', bridges: [bridge('switch', { 'vlan-filtering': 'false' })] };
  await expect(stepsFor(lan, { removePorts: ['ether3'] })).rejects.toMatchObject({
    message:
      'Management of the router may come untagged by the port "ether3" to the bridge "switch"; the change of the port "ether3" would alter that.',
  });
  expect(await stepsFor({ ...lan, managerAt: 'ether1' }, { removePorts: ['ether3'] })).toHaveLength(1);
});

test('where no way can be told, nothing of the bridge is changed', async () => {
  const found = { ports: [port('ether2')], vlans: [vlan('20', 'ether1')], managerAt: 'ether5' };
  await expect(stepsFor(found, { ports: [{ interface: 'ether2', pvid: 20 }] })).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message:
      'The router is managed through the bridge "switch", but by which port could not be told, so nothing of it is changed.',
  });
});

const off = { bridges: [bridge('switch', { 'vlan-filtering': 'false' })] };
const filtering = { bridges: [{ name: 'switch', vlanFiltering: true }] };

test('VLAN filtering is switched on where management passes it, and nowhere else', async () => {
  expect(await stepsFor(off, filtering)).toHaveLength(1);
  const lan = { ...off, address: 'switch' };
  expect(await stepsFor(lan, filtering)).toHaveLength(1);
  const elsewhere = {
    ...off,
    bridges: [bridge('switch', { 'vlan-filtering': 'false', pvid: '5' })],
    address: 'switch',
  };
  await expect(stepsFor(elsewhere, filtering)).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message:
      'Management of the router comes untagged by the port "ether1" to the bridge "switch"; the change of the bridge "switch" would alter that.',
    hint: expect.stringContaining('Add what lets it pass in the same plan') as unknown,
  });
});

test('the plan itself may bring what lets management pass a bridge that will filter', async () => {
  const tagged = { name: 'v98', type: 'vlan' };
  const router = (rows: readonly RouterRecord[]): Router => {
    const canned = routerWith({ ...off, vlans: rows, address: 'v98' });
    return {
      ...canned,
      list: async (menu, options) => {
        const found = await canned.list(menu, options);
        if (menu === '/interface') return [...found, tagged];
        return menu === '/interface/vlan' ? [...found, { name: 'v98', interface: 'switch', 'vlan-id': '98' }] : found;
      },
    };
  };
  const plan = async (wish: Wish): Promise<Step[]> => {
    const input = bridgeVlans.input.parse(wish);
    return bridgeVlans.steps(await capture(bridgeVlans, router([]), input), input);
  };
  await expect(plan(filtering)).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
  const row = { bridge: 'switch', vlanIds: '98', tagged: ['switch', 'ether1'] };
  expect((await plan({ ...filtering, vlans: [row] })).map(({ op, menu }) => `${op} ${menu}`)).toEqual([
    'add /interface/bridge/vlan',
    'change /interface/bridge',
  ]);
});

test.each<[Wish, 'lab' | 'prod', string]>([
  [{ bridges: [{ name: 'bridge-lan', protocolMode: 'stp' }] }, 'lab', 'on bridges of that name'],
  [{ bridges: [{ name: 'switch', priority: 4096 }] }, 'prod', 'on production devices'],
])('leaves the spanning tree alone: %j in %s', async (wish, environment, why) => {
  await expect(stepsFor({}, wish, environment)).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message: expect.stringContaining(`is not changed by plans ${why}: all of the network would pause.`) as unknown,
  });
});

test('VLAN filtering is not switched in production, while the rest is', async () => {
  await expect(stepsFor(off, filtering, 'prod')).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message: expect.stringContaining('VLAN filtering of the bridge "switch" is not switched by plans') as unknown,
  });
  const [step] = await stepsFor({}, { bridges: [{ name: 'switch', igmpSnooping: true, ageingSeconds: 90 }] }, 'prod');
  expect(step).toMatchObject({
    before: { 'ageing-time': '5m' },
    after: { 'ageing-time': '1m30s', 'igmp-snooping': 'true' },
  });
});
