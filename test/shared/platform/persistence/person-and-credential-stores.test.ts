import { expect, test } from 'vitest';
import type { RoleGrant } from '../../../../shared/domain/principal.ts';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';

const olga = { sub: 'olga', issuer: 'http://127.0.0.1:9000', email: 'olga@convoy.test', name: 'Olga' };
const VIEWER: RoleGrant[] = [{ roles: ['viewer'], devices: [{ all: true }] }];

test('remembers a person as last seen and since when', async () => {
  const { people } = await openTestDatabase();
  await people.seen({ ...olga, grants: [{ roles: ['operator', 'admin'], devices: [{ all: true }] }] });
  const first = await people.get('olga');
  const grants: RoleGrant[] = [
    { roles: ['viewer'], devices: [{ all: true }] },
    { roles: ['operator'], devices: [{ tags: ['core'] }], rule: 'core' },
  ];
  await people.seen({ ...olga, name: 'Olga O.', grants });

  const second = await people.get('olga');
  expect(second).toEqual({
    ...olga,
    name: 'Olga O.',
    signedOutAt: null,
    grants,
    roles: ['viewer', 'operator'],
    askedAs: null,
    firstSeenAt: first?.firstSeenAt,
    lastSeenAt: expect.any(String),
  });
  expect(Date.parse(second?.lastSeenAt ?? '')).toBeGreaterThanOrEqual(Date.parse(first?.lastSeenAt ?? ''));
  expect(await people.get('Olga')).toBeNull();
});

test('takes the same person seen many times at once', async () => {
  const { people } = await openTestDatabase();
  const sighting = { sub: 's', issuer: 'i', email: null, name: null, grants: VIEWER };
  await Promise.all(Array.from({ length: 10 }, () => people.seen(sighting)));
  expect(await people.get('s')).toMatchObject({ sub: 's', roles: ['viewer'] });
});

test('replaces the credential of a registered device only', async () => {
  const { credentials, devices } = await openTestDatabase();
  const device = sampleDevice({ name: 'lab-01' });
  await devices.insert(device, 'cv1.old');
  expect(await credentials.get(device.deviceId)).toBe('cv1.old');
  await credentials.replace(device.deviceId, 'cv1.new');
  expect(await credentials.get(device.deviceId)).toBe('cv1.new');

  const unknown = sampleDevice({ name: 'lab-02' }).deviceId;
  await expect(credentials.replace(unknown, 'cv1.new')).rejects.toMatchObject({ code: 'DEVICE_NOT_FOUND' });
  expect(await credentials.get(unknown)).toBeNull();
});

test('a meeting says who somebody new is, and of somebody known only what was missing', async () => {
  const { people } = await openTestDatabase();
  await people.met({ ...olga, email: null, grants: [{ roles: ['operator'], devices: [{ all: true }] }] });
  await people.met({ ...olga, email: 'olga@example.net', name: 'Other', grants: VIEWER });
  expect(await people.get('olga')).toMatchObject({
    email: 'olga@example.net',
    name: olga.name,
    grants: [{ roles: ['operator'], devices: [{ all: true }] }],
    askedAs: VIEWER,
  });
  await people.seen({ ...olga, grants: VIEWER });
  expect(await people.get('olga')).toMatchObject({ grants: VIEWER, askedAs: null });
});

test('remembers the last signing out, also of somebody never seen', async () => {
  const { people } = await openTestDatabase();
  const at = (time: string): { sub: string; issuer: string; at: Date } => ({
    sub: 'olga',
    issuer: olga.issuer,
    at: new Date(time),
  });
  await people.signedOut(at('2026-11-24T10:00:00.123Z'));
  await people.signedOut(at('2026-11-24T09:00:00.000Z'));
  await people.seen({ ...olga, grants: VIEWER });
  expect(await people.get('olga')).toMatchObject({ signedOutAt: '2026-11-24T10:00:00.123Z', roles: ['viewer'] });
});
