import { ulid } from 'ulid';
import { expect, test } from 'vitest';
import type { Database } from '../../../../shared/platform/persistence/database.ts';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';

async function begun(): Promise<Database & { deviceId: string; rotationId: string; url: string }> {
  const database = await openTestDatabase();
  const { deviceId, ...device } = sampleDevice({ name: 'lab-01' });
  await database.devices.insert({ deviceId, ...device }, 'cv1.k.former');
  const rotationId = `rot_${ulid()}`;
  await database.rotations.begin({
    rotationId,
    deviceId,
    username: 'convoy-1',
    previousUsername: 'admin',
    sealed: 'cv1.k.new',
  });
  return { ...database, deviceId, rotationId };
}

test('a login is kept before it is used, and a repeated beginning keeps the first one', async () => {
  const { rotations, credentials, deviceId, rotationId } = await begun();
  const again = await rotations.begin({
    rotationId,
    deviceId,
    username: 'convoy-2',
    previousUsername: 'admin',
    sealed: 'cv1.k.other',
  });
  expect(again).toMatchObject({ state: 'pending', username: 'convoy-1', sealed: 'cv1.k.new' });
  expect(await credentials.get(deviceId)).toBe('cv1.k.former');
  expect(await rotations.unfinished(deviceId)).toEqual([again]);
});

test('switching puts the new login in place once, and shows in the record of the device', async () => {
  const { rotations, credentials, devices, deviceId, rotationId } = await begun();
  const before = await devices.get(deviceId);
  await rotations.switch(rotationId);
  await rotations.switch(rotationId);
  expect(await credentials.get(deviceId)).toBe('cv1.k.new');
  expect(await rotations.get(rotationId)).toMatchObject({ state: 'switched', sealed: null });
  expect(await devices.get(deviceId)).not.toMatchObject({ updatedAt: before?.updatedAt });

  await rotations.switchBack(rotationId);
  await rotations.switchBack(rotationId);
  expect(await credentials.get(deviceId)).toBe('cv1.k.former');
  expect(await rotations.get(rotationId)).toMatchObject({ state: 'left' });
});

test('a login that a person gave meanwhile is not overwritten', async () => {
  const { rotations, credentials, deviceId, rotationId } = await begun();
  await credentials.replace(deviceId, 'cv1.k.by-hand');
  await expect(rotations.switch(rotationId)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await credentials.get(deviceId)).toBe('cv1.k.by-hand');
});

test('a former login is not put back over one that a person gave after the switch', async () => {
  const { rotations, credentials, deviceId, rotationId } = await begun();
  await rotations.switch(rotationId);
  await credentials.replace(deviceId, 'cv1.k.by-hand');
  await expect(rotations.switchBack(rotationId)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await credentials.get(deviceId)).toBe('cv1.k.by-hand');
});

test('what is over holds no secret, and is remembered as the maker of its user', async () => {
  const { rotations, secrets, deviceId, rotationId } = await begun();
  await rotations.switch(rotationId);
  expect(await rotations.made(deviceId, 'convoy-1')).toBe(false);
  await rotations.end(rotationId, 'done');
  expect(await rotations.made(deviceId, 'convoy-1')).toBe(true);
  expect(await rotations.unfinished(deviceId)).toEqual([]);
  expect(await secrets.counts()).toEqual([{ place: 'credentials', keyId: 'k', count: 1 }]);
});

test('a retired device keeps no login, not even one that was being made', async () => {
  const { rotations, secrets, devices, deviceId, rotationId } = await begun();
  await devices.decommission(deviceId);
  await devices.retire(deviceId);
  expect(await secrets.counts()).toEqual([]);
  await expect(rotations.switch(rotationId)).rejects.toMatchObject({ code: 'DEVICE_DECOMMISSIONED' });
});
