import { describe, expect, test } from 'vitest';
import type { Role, RoleGrant } from '../../../../shared/domain/principal.ts';
import type { TakenAccessFile } from '../../../../shared/platform/persistence/stores/access-file-store.ts';
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

describe('while an access file is in force', () => {
  const CLAIMS = { sub: 'olga', groups: ['noc', 'a \0 and half a pair \ud83d'] };
  const fileFor = (group: string, role: Role, at: string): TakenAccessFile => ({
    content: { rules: [{ when: { claim: 'groups', equals: group }, roles: [role], devices: { all: true } }] },
    digest: `${group} ${role}`,
    since: new Date(at),
  });

  test('judges everybody known by it, at once and without a new token', async () => {
    const { people, accessFile } = await openTestDatabase();
    await people.seen({ ...olga, grants: [{ roles: ['approver'], devices: [{ all: true }] }], claims: CLAIMS });
    await people.met({ ...olga, grants: [{ roles: ['operator'], devices: [{ all: true }] }], claims: CLAIMS });
    await accessFile.take(fileFor('noc', 'auditor', '2026-11-24T10:00:00Z'));
    const auditor = { roles: ['auditor'], devices: [{ all: true }], rule: 'rule 1' };
    expect(await people.get('olga')).toMatchObject({ roles: ['auditor'], grants: [auditor], askedAs: [auditor] });
    await accessFile.take(fileFor('field', 'auditor', '2026-11-24T10:00:01Z'));
    expect(await people.get('olga')).toMatchObject({ roles: [], grants: [], askedAs: [] });
  });

  test('takes what a process with an older file writes by the newer one', async () => {
    const { people, accessFile } = await openTestDatabase();
    await accessFile.take(fileFor('noc', 'viewer', '2026-11-24T10:00:00Z'));
    await people.seen({ ...olga, grants: [{ roles: ['admin'], devices: [{ all: true }] }], claims: CLAIMS });
    expect(await people.get('olga')).toMatchObject({ roles: ['viewer'] });
  });

  test('keeps the newer of two files, whichever comes last', async () => {
    const { people, accessFile } = await openTestDatabase();
    await people.seen({ ...olga, grants: [], claims: CLAIMS });
    expect(await accessFile.take(fileFor('noc', 'viewer', '2026-11-24T10:00:00Z'))).toBe(true);
    expect(await accessFile.take(fileFor('noc', 'admin', '2026-11-24T09:59:59Z'))).toBe(false);
    // The same content, read from a copy that is older.
    expect(await accessFile.take(fileFor('noc', 'viewer', '2026-11-24T09:00:00Z'))).toBe(true);
    expect(await accessFile.take(fileFor('noc', 'admin', '2026-11-24T09:59:59Z'))).toBe(false);
    expect(await people.get('olga')).toMatchObject({ roles: ['viewer'] });
  });
});
