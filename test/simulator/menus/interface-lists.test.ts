import { expect, test } from 'vitest';
import { isInList, listMembers } from '../../../simulator/menus/interface/list-members.ts';
import { type LabRouter, row, rows, startLabRouter } from '../support/lab-router.ts';

const membersOf = (lab: LabRouter, list: string): (string | undefined)[] =>
  listMembers(list, lab.device.router).map((item) => item.values['name']);

test('every router has four lists, and a new one WAN and LAN', async () => {
  const router = await startLabRouter();
  const lists = rows(await router.get('/interface/list'));
  expect(lists.map((list) => [list['.id'], list['name'], list['builtin'], list['dynamic']])).toEqual([
    ['*2000000', 'all', 'true', 'true'],
    ['*2000001', 'none', 'true', 'true'],
    ['*2000002', 'dynamic', 'true', 'true'],
    ['*2000003', 'static', 'true', 'true'],
    ['*2000010', 'WAN', 'false', 'false'],
    ['*2000011', 'LAN', 'false', 'false'],
  ]);
  expect(lists.at(-1)).toEqual({
    '.id': '*2000011',
    builtin: 'false',
    comment: 'defconf',
    dynamic: 'false',
    exclude: '',
    include: '',
    name: 'LAN',
  });
  expect(rows(await router.get('/interface/list/member'))).toMatchObject([
    { list: 'LAN', interface: 'bridge', disabled: 'false', dynamic: 'false' },
    { list: 'WAN', interface: 'ether1' },
  ]);
});

test('the lists that every router has can be neither changed nor removed nor filled', async () => {
  const router = await startLabRouter();
  const refused = { status: 400, body: { detail: 'failure: can not change dynamic entry' } };
  expect(await router.patch('/interface/list/all', { comment: 'x' })).toMatchObject(refused);
  expect(await router.remove('/interface/list/*2000001')).toMatchObject(refused);
  expect((await router.put('/interface/list/member', { list: 'all', interface: 'ether1' })).status).toBe(400);
});

test('members are interfaces that exist in lists that exist, once each', async () => {
  const router = await startLabRouter();
  expect(await router.put('/interface/list/member', { list: 'DMZ', interface: 'ether2' })).toMatchObject({
    body: { detail: 'input does not match any value of list' },
  });
  expect(await router.put('/interface/list/member', { list: 'LAN', interface: 'ether99' })).toMatchObject({
    body: { detail: 'input does not match any value of interface' },
  });
  expect((await router.put('/interface/list/member', { list: 'LAN', interface: 'bridge' })).status).toBe(400);
  expect((await router.put('/interface/list', { name: 'LAN' })).status).toBe(400);
});

test('a list holds its members and those of the lists it includes, without those it excludes', async () => {
  const lab = await startLabRouter();
  expect(membersOf(lab, 'LAN')).toEqual(['bridge']);
  await lab.put('/interface/list', { name: 'inside', include: 'all', exclude: 'WAN' });
  expect(membersOf(lab, 'inside')).not.toContain('ether1');
  expect(membersOf(lab, 'inside')).toContain('ether2');
  await lab.put('/interface/list/member', { list: 'inside', interface: 'ether1' });
  expect(isInList('*1', 'inside', lab.device.router)).toBe(true);
  await lab.patch('/interface/list/inside', { include: '' });
  expect(membersOf(lab, 'inside')).toEqual(['ether1']);
  expect(membersOf(lab, 'nowhere')).toEqual([]);
});

test('a disabled member is none', async () => {
  const lab = await startLabRouter();
  await lab.post('/interface/list/member/disable', { '.id': '*1' });
  expect(membersOf(lab, 'LAN')).toEqual([]);
});

test('members of a removed list keep its bare id', async () => {
  const router = await startLabRouter();
  await router.remove('/interface/list/LAN');
  expect(row(await router.get('/interface/list/member/*1'))).toMatchObject({ list: '*2000011', interface: 'bridge' });
});
