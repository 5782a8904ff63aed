import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

test('a new router has one VRF, with all interfaces', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/ip/vrf'))).toEqual([
    { '.id': '*1', builtin: 'true', disabled: 'false', interfaces: 'all', name: 'main' },
  ]);
});

test('a VRF has interfaces that exist, under the names they have now', async () => {
  const router = await startLabRouter();
  const vrf = row(await router.put('/ip/vrf', { name: 'guests', interfaces: 'ether4,ether5' }));
  expect(vrf).toMatchObject({ name: 'guests', interfaces: 'ether4,ether5' });
  await router.patch('/interface/ether5', { name: 'guests5' });
  expect(row(await router.get('/ip/vrf/guests'))['interfaces']).toBe('ether4,guests5');
  expect(await router.put('/ip/vrf', { name: 'other', interfaces: 'ether99' })).toMatchObject({ status: 400 });
  expect(await router.put('/ip/vrf', { name: 'guests' })).toMatchObject({ status: 400 });
});
