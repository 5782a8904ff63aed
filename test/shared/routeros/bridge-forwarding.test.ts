import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BridgeTables, isPassable, waysTo } from '../../../shared/routeros/bridge-forwarding.ts';
import type { RouterRecord } from '../../../shared/routeros/router.ts';
import { editByHand } from '../../../simulator/control/edit-by-hand.ts';
import { interfaceThatReceives } from '../../../simulator/network/reception.ts';
import { startLabRouter } from '../../simulator/support/lab-router.ts';

const port = (name: string, values: RouterRecord = {}): RouterRecord => ({ bridge: 'lan', interface: name, ...values });
const vlan = (ids: string, tagged: string, untagged = ''): RouterRecord => ({
  bridge: 'lan',
  'vlan-ids': ids,
  tagged,
  untagged,
});

const lan = (values: RouterRecord, tables: Partial<BridgeTables> = {}): BridgeTables => ({
  bridges: [{ name: 'lan', pvid: '1', ...values }],
  ports: [port('ether2'), port('ether3', { pvid: '20' }), port('ether4', { disabled: 'true' })],
  vlans: [],
  ...tables,
});

const FILTERING = { 'vlan-filtering': 'true' };

test('a bridge that does not filter leaves tags as they are', () => {
  const tables = lan({ 'vlan-filtering': 'false' });
  expect(waysTo(tables, 'lan', null).map(({ port: name, wire }) => `${name} ${wire}`)).toEqual([
    'ether2 untagged',
    'ether3 untagged',
  ]);
  expect(waysTo(tables, 'lan', 99).map(({ wire }) => wire)).toEqual([99, 99]);
});

test('a filtering bridge lets pass what is of the same VLAN on both sides', () => {
  expect(waysTo(lan(FILTERING), 'lan', null)).toEqual([
    { bridge: 'lan', vlan: null, port: 'ether2', wire: 'untagged' },
  ]);
  const tables = lan(FILTERING, { vlans: [vlan('20-21', 'lan,ether2'), vlan('1', 'ether3')] });
  expect(waysTo(tables, 'lan', 20)).toEqual([
    { bridge: 'lan', vlan: 20, port: 'ether2', wire: 20 },
    { bridge: 'lan', vlan: 20, port: 'ether3', wire: 'untagged' },
  ]);
  expect(waysTo(tables, 'lan', 21).map(({ port: name }) => name)).toEqual(['ether2']);
  // What is tagged on the cable comes to the bridge itself by its own pvid.
  expect(waysTo(tables, 'lan', null)).toContainEqual({ bridge: 'lan', vlan: null, port: 'ether3', wire: 1 });
});

test.each<[string, RouterRecord, RouterRecord]>([
  ['the port takes no frames without a tag', {}, { 'frame-types': 'admit-only-vlan-tagged' }],
  ['the bridge takes no frames without a tag', { 'frame-types': 'admit-only-vlan-tagged' }, {}],
  ['the port is disabled', {}, { disabled: 'true' }],
  ['the bridge is disabled', { disabled: 'true' }, {}],
  ['the port is of another VLAN', {}, { pvid: '7' }],
])('nothing passes when %s', (_why, bridge, values) => {
  const tables = lan({ ...FILTERING, ...bridge }, { ports: [port('ether2', values)] });
  expect(isPassable(tables, { bridge: 'lan', vlan: null, port: 'ether2', wire: 'untagged' })).toBe(false);
});

test('says what a simulated router does with frames of managers on its LAN', async () => {
  const { device } = await startLabRouter({ management: 'bridge' });
  const { router } = device;
  const change = (path: string, edit: Omit<Parameters<typeof editByHand>[1], 'path'>): Promise<unknown> =>
    editByHand(router, { path, ...edit });
  await change('/interface/vlan', { add: { name: 'v20', interface: 'bridge', 'vlan-id': '20' } });
  await change('/interface/bridge/vlan', { add: { bridge: 'bridge', 'vlan-ids': '9' } });
  const id = fc.constantFrom('1', '20');
  const types = fc.constantFrom('admit-all', 'admit-only-vlan-tagged');
  const members = fc.shuffledSubarray(['bridge', 'ether2']);
  const settings = fc.record({
    filtering: fc.boolean(),
    own: id,
    pvid: id,
    types,
    ids: id,
    tagged: members,
    rest: members,
  });
  await fc.assert(
    fc.asyncProperty(settings, async ({ filtering, own, pvid, types: admitted, ids, tagged, rest }) => {
      const bridge = { pvid: own, 'vlan-filtering': String(filtering) };
      const ether2 = { pvid, 'frame-types': admitted };
      const untagged = rest.filter((name) => !tagged.includes(name)).join(',');
      const row = { 'vlan-ids': ids, tagged: tagged.join(','), untagged };
      await change('/interface/bridge/bridge', { set: bridge });
      await change('/interface/bridge/port/*0', { set: ether2 });
      await change('/interface/bridge/vlan/*1', { set: row });
      const tables: BridgeTables = {
        bridges: [{ name: 'bridge', ...bridge }],
        ports: [{ bridge: 'bridge', interface: 'ether2', ...ether2 }],
        vlans: [{ bridge: 'bridge', ...row }],
      };
      const passes = (id: number | null): boolean =>
        isPassable(tables, { bridge: 'bridge', vlan: id, port: 'ether2', wire: 'untagged' });
      const received = interfaceThatReceives(router)?.interface;
      const name = router.items('/interface').find((item) => item.id === received)?.values['name'];
      expect({ bridge: passes(null), v20: passes(20) }).toEqual({ bridge: name === 'bridge', v20: name === 'v20' });
    }),
  );
});
