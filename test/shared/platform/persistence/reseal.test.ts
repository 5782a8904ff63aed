import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import { expect, test } from 'vitest';
import { keyIdOf, open, seal } from '../../../../shared/platform/encryption/envelope.ts';
import { parseKeyring, type Keyring } from '../../../../shared/platform/encryption/keyring.ts';
import { loadPlatformSecret } from '../../../../shared/platform/encryption/platform-secret.ts';
import { resealAll } from '../../../../shared/platform/encryption/reseal.ts';
import type { Database } from '../../../../shared/platform/persistence/database.ts';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';

const OLD = `old:${randomBytes(32).toString('base64')}`;
const NEW = `new:${randomBytes(32).toString('base64')}`;
const before = parseKeyring(OLD);
const both = parseKeyring(`${NEW},${OLD}`);
const after = parseKeyring(NEW);

const DEVICES = 7;

async function sealedFleet(): Promise<{ database: Database; deviceIds: string[] }> {
  const database = await openTestDatabase();
  const devices = Array.from({ length: DEVICES }, (_, index) => sampleDevice({ name: `lab-${index}` }));
  for (const device of devices) {
    await database.devices.insert(device, seal(before, `login of ${device.name}`, device.deviceId));
  }
  return { database, deviceIds: devices.map(({ deviceId }) => deviceId) };
}

async function opened(database: Database, keyring: Keyring, deviceIds: string[]): Promise<string[]> {
  return Promise.all(
    deviceIds.map(async (deviceId) => open(keyring, (await database.credentials.get(deviceId)) ?? '', deviceId)),
  );
}

test('everything that is sealed opens under the new key alone afterwards, wherever it is kept', async () => {
  const { database, deviceIds } = await sealedFleet();
  const [deviceId = ''] = deviceIds;
  const rotationId = `rot_${ulid()}`;
  await database.rotations.begin({
    rotationId,
    deviceId,
    username: 'convoy-1',
    previousUsername: 'admin',
    sealed: seal(before, 'new login', deviceId),
  });
  const secret = await loadPlatformSecret(database.secrets, before, 'calls');
  const logins = await opened(database, before, deviceIds);

  const results = await resealAll({ secrets: database.secrets, keyring: both, batch: 2 });
  expect(results.map(({ place, resealed }) => [place, resealed])).toEqual([
    ['credentials', DEVICES],
    ['new logins', 1],
    ['former logins', 0],
    ['platform secrets', 1],
  ]);
  expect(await opened(database, after, deviceIds)).toEqual(logins);
  expect(open(after, (await database.rotations.get(rotationId))?.sealed ?? '', deviceId)).toBe('new login');
  expect(await loadPlatformSecret(database.secrets, after, 'calls')).toEqual(secret);
  expect(await database.secrets.counts()).toEqual([
    { place: 'credentials', keyId: 'new', count: DEVICES },
    { place: 'new logins', keyId: 'new', count: 1 },
    { place: 'platform secrets', keyId: 'new', count: 1 },
  ]);
});

test('cut off anywhere it leaves everything openable, and goes on where it was', async () => {
  const { database, deviceIds } = await sealedFleet();
  let put = 0;
  const failing: typeof database.secrets = {
    ...database.secrets,
    async reseal(...args) {
      put += 1;
      if (put > 3) throw new Error('cut off');
      return database.secrets.reseal(...args);
    },
  };
  await expect(resealAll({ secrets: failing, keyring: both })).rejects.toThrow('cut off');
  expect(await opened(database, both, deviceIds)).toHaveLength(DEVICES);
  expect(await database.secrets.counts()).toEqual([
    { place: 'credentials', keyId: 'new', count: 3 },
    { place: 'credentials', keyId: 'old', count: DEVICES - 3 },
  ]);
  const [credentials] = await resealAll({ secrets: database.secrets, keyring: both });
  expect(credentials?.resealed).toBe(DEVICES - 3);
});

test('a login that changes between reading and writing is left as it is now', async () => {
  const { database, deviceIds } = await sealedFleet();
  const [deviceId = ''] = deviceIds;
  const racing: typeof database.secrets = {
    ...database.secrets,
    async reseal(place, secret, sealed) {
      if (secret.key === deviceId)
        await database.credentials.replace(deviceId, seal(both, 'given meanwhile', deviceId));
      return database.secrets.reseal(place, secret, sealed);
    },
  };
  const [credentials] = await resealAll({ secrets: racing, keyring: both });
  expect(credentials).toMatchObject({ resealed: DEVICES - 1, changedMeanwhile: 1 });
  expect(await opened(database, after, [deviceId])).toEqual(['given meanwhile']);
});

test('two at once seal everything, and a login sealed anew is still the same login', async () => {
  const { database, deviceIds } = await sealedFleet();
  const rotationId = `rot_${ulid()}`;
  const [deviceId = ''] = deviceIds;
  const sealed = seal(before, 'new login', deviceId);
  await database.rotations.begin({ rotationId, deviceId, username: 'c', previousUsername: 'a', sealed });
  await Promise.all([1, 2].map(() => resealAll({ secrets: database.secrets, keyring: both, batch: 3 })));
  // The rotation of a login is not disturbed by that of the keys.
  await database.rotations.switch(rotationId);
  expect(await opened(database, after, [deviceId])).toEqual(['new login']);
});

test('one secret that does not open is reported and keeps nothing else back', async () => {
  const { database, deviceIds } = await sealedFleet();
  const [deviceId = '', other = ''] = deviceIds;
  await database.credentials.replace(deviceId, seal(before, 'of another device', other));
  const [credentials] = await resealAll({ secrets: database.secrets, keyring: both, batch: 1 });
  expect(credentials).toMatchObject({ resealed: DEVICES - 1, failed: [{ key: deviceId }] });
  expect(keyIdOf((await database.credentials.get(deviceId)) ?? '')).toBe('old');
});

test('a dry run counts and writes nothing', async () => {
  const { database } = await sealedFleet();
  const [credentials] = await resealAll({ secrets: database.secrets, keyring: both, dryRun: true });
  expect(credentials?.resealed).toBe(DEVICES);
  expect(await database.secrets.counts()).toEqual([{ place: 'credentials', keyId: 'old', count: DEVICES }]);
});

test('processes that ask for the same secret at once get the same one', async () => {
  const { secrets } = await openTestDatabase();
  const asked = await Promise.all(Array.from({ length: 5 }, () => loadPlatformSecret(secrets, before, 'calls')));
  expect(new Set(asked.map((secret) => secret.toString('hex'))).size).toBe(1);
  expect(asked[0]).toHaveLength(32);
});
