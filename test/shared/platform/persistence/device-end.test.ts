import { expect, test } from 'vitest';
import type { Device } from '../../../../shared/domain/device.ts';
import type { DeviceGrant } from '../../../../shared/domain/principal.ts';
import { deviceTag } from '../../../../shared/platform/persistence/device-tag.ts';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';
import { samplePlan } from './sample-plan.ts';

const EVERYTHING: DeviceGrant[] = [{ all: true }];

test('keeps a decommissioned device for the record, and out of everything else', async () => {
  const { devices, credentials } = await openTestDatabase();
  const device = sampleDevice({ name: 'a' });
  await devices.insert(device, 'x');
  expect(await devices.decommission(device.deviceId)).toMatchObject({ status: 'decommissioned' });
  await devices.recordFacts(device.deviceId, { status: 'healthy', version: '7.21' });
  expect(await devices.find('a')).toMatchObject({ status: 'decommissioned', version: '7.21' });
  expect(await devices.select({ names: ['a'] }, EVERYTHING)).toEqual([]);
  for (const attempt of [
    () => devices.edit(device.deviceId, { tags: ['x'] }),
    () => devices.replaceCredential(device.deviceId, { sealed: 'y', facts: {} }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'DEVICE_DECOMMISSIONED' });
  }
  // Until it is retired it may come back, so its name and credential are kept.
  await expect(devices.insert(sampleDevice({ name: 'a' }), 'x')).rejects.toMatchObject({ code: 'DEVICE_EXISTS' });
  expect(await credentials.get(device.deviceId)).toBe('x');
  expect(await devices.reinstate(device.deviceId, 'unreachable')).toMatchObject({ status: 'unreachable' });
});

test('frees the name of a retired device for another, and destroys its credential', async () => {
  const { devices, credentials } = await openTestDatabase();
  const gone: Device[] = [];
  for (const version of ['7.18', '7.19', '7.20']) {
    const device = sampleDevice({ name: 'a', version });
    await devices.insert(device, 'x');
    await devices.decommission(device.deviceId);
    gone.push(await devices.retire(device.deviceId));
    expect(await credentials.get(device.deviceId)).toBeNull();
    expect(await devices.reinstate(device.deviceId, 'healthy')).toMatchObject({ status: 'decommissioned' });
  }
  expect(await devices.find('a')).toMatchObject({ version: '7.20', status: 'decommissioned' });
  const live = sampleDevice({ name: 'a' });
  await devices.insert(live, 'x');
  expect(await devices.find('a')).toEqual(live);
  expect(await devices.find(gone[0]?.deviceId ?? '')).toMatchObject({ version: '7.18' });

  const request = { selector: { status: 'decommissioned' }, grants: EVERYTHING, limit: 2 } as const;
  const first = await devices.list(request);
  const second = await devices.list({ ...request, after: first.devices[1]! });
  expect([...first.devices, ...second.devices].map(({ version }) => version)).toEqual(['7.18', '7.19', '7.20']);
});

test('an open plan keeps its devices, and a decommissioned device is in no new plan', async () => {
  const { devices, plans } = await openTestDatabase();
  const device = sampleDevice({ name: 'a' });
  await devices.insert(device, 'x');
  const plan = samplePlan([device]);
  await plans.create(plan);
  await expect(devices.decommission(device.deviceId)).rejects.toMatchObject({
    code: 'DEVICE_IN_USE',
    details: { planIds: [plan.planId] },
  });
  await plans.patch({ planId: plan.planId, status: 'cancelled' });
  await devices.decommission(device.deviceId);
  await expect(plans.create(samplePlan([device]))).rejects.toMatchObject({ code: 'DEVICE_DECOMMISSIONED' });
});

test('of a plan and a decommissioning at the same time one wins', async () => {
  const { devices, plans } = await openTestDatabase();
  for (let round = 0; round < 10; round++) {
    const device = sampleDevice({ name: `a${round}` });
    await devices.insert(device, 'x');
    const both = await Promise.allSettled([devices.decommission(device.deviceId), plans.create(samplePlan([device]))]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  }
});

test('of edits that expect the same version one happens, and the others change nothing', async () => {
  const { devices } = await openTestDatabase();
  const device = sampleDevice({ name: 'a', tags: [] });
  await devices.insert(device, 'x');
  const anyOf = ['another', deviceTag(device)];
  const edits = await Promise.allSettled([
    ...['b', 'c', 'd'].map((tag) => devices.edit(device.deviceId, { tags: [tag] }, { anyOf })),
    devices.replaceCredential(device.deviceId, { sealed: 'y', facts: {} }, { anyOf }),
    devices.decommission(device.deviceId, { anyOf }),
  ]);
  const refused = edits.filter((edit) => edit.status === 'rejected');
  expect(refused).toHaveLength(edits.length - 1);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'PRECONDITION_FAILED' });
});

test('the tag of a device changes with whatever is shown of it, and with nothing else', async () => {
  const { devices, lanes } = await openTestDatabase();
  const device = sampleDevice({ name: 'a' });
  await devices.insert(device, 'x');
  const tag = async (): Promise<string> => deviceTag((await devices.get(device.deviceId))!);
  const seen = [await tag()];
  expect(await tag()).toBe(seen[0]);
  await devices.edit(device.deviceId, { tags: ['b'] });
  seen.push(await tag());
  await devices.recordFacts(device.deviceId, { version: '7.99' });
  seen.push(await tag());
  const epoch = await lanes.takeEpoch(device.deviceId, 'test');
  expect(await tag()).toBe(seen.at(-1));
  const failing = { failures: 1, openings: 0, openedAt: null, retryAt: null, lastFailure: 'timeout' };
  await lanes.saveBreaker(device.deviceId, epoch, failing);
  seen.push(await tag());
  expect(new Set(seen).size).toBe(4);
});
