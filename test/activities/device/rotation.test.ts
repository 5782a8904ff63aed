import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLaneSession } from '../../../activities/device/lane-session.ts';
import { createRotationActivities } from '../../../activities/device/rotation/index.ts';
import { newPassword } from '../../../activities/device/rotation/new-login.ts';
import { shownHostKey } from '../../../activities/routeros/ssh-host-key.ts';
import { publicSshKey } from '../../../activities/routeros/ssh-key-pair.ts';
import type { RotationActivities } from '../../../shared/contract/rotation-messages.ts';
import { open, seal } from '../../../shared/platform/encryption/envelope.ts';
import { parseKeyring } from '../../../shared/platform/encryption/keyring.ts';
import type { Database } from '../../../shared/platform/persistence/database.ts';
import { openTestDatabase } from '../../shared/platform/persistence/open-test-database.ts';
import { sampleDevice } from '../../shared/platform/persistence/sample-device.ts';
import { sshKeyPair } from '../../support/ssh-keys.ts';
import { startFleet, type Fleet, type FleetOptions } from '../../../simulator/fleet.ts';

const keyring = parseKeyring(randomBytes(32).toString('base64'));

interface Setting {
  fleet: Fleet;
  database: Database;
  deviceId: string;
  own: { rotationId: string; deviceId: string };
  /** A lane that is opened now, with the login that is stored. */
  lane: () => Promise<RotationActivities>;
  stored: () => Promise<{ username: string; password: string; sshPrivateKey?: string }>;
  users: () => { name: string | undefined; disabled: boolean }[];
}

async function setting(options: Partial<FleetOptions> & { withKey?: boolean } = {}): Promise<Setting> {
  const { withKey = false, ...simulated } = options;
  const [fleet, database] = await Promise.all([startFleet({ routers: 1, ...simulated }), openTestDatabase()]);
  onTestFinished(() => fleet.stop());
  const [router] = fleet.devices;
  const [{ router: inside } = { router: undefined }] = fleet.routers;
  if (!router || !inside) throw new Error('the fleet is empty');
  const { host, restPort, sshPort, user: username, password, fingerprint: fingerprint256 } = router;
  const sshHostKey = await shownHostKey({ host, port: sshPort, timeoutMs: 5_000 });
  const device = {
    ...sampleDevice({ name: 'lab-01' }),
    host,
    restPort,
    sshPort,
    sshHostKey,
    tls: { mode: 'pinned', fingerprint256 } as const,
  };
  const { deviceId } = device;
  const key = withKey ? sshKeyPair() : null;
  if (key) {
    inside.insert('/user/ssh-keys', {
      user: username,
      key: publicSshKey(key.private, 'convoy'),
      'key-type': 'ed25519',
    });
  }
  const login = { username, password, ...(key ? { sshPrivateKey: key.private } : {}) };
  await database.devices.insert(device, seal(keyring, JSON.stringify(login), deviceId));
  const stored: Setting['stored'] = async () =>
    JSON.parse(open(keyring, (await database.credentials.get(deviceId)) ?? '', deviceId)) as typeof login;
  return {
    fleet,
    database,
    deviceId,
    own: { rotationId: `rot_${ulid()}`, deviceId },
    async lane() {
      const sealed = (await database.credentials.get(deviceId)) ?? '';
      const gate = <T>(send: () => Promise<T>): Promise<T> => send();
      const session = openLaneSession({ device, sealed, keyring, gate });
      onTestFinished(() => session.close());
      const deps = { device, sealed, session, keyring, gate, database };
      return createRotationActivities({ ...deps, assertOwner: () => Promise.resolve(), reopen: () => undefined });
    },
    stored,
    users: () =>
      inside
        .items('/user')
        .map(({ values }) => ({ name: values['name'], disabled: values['disabled'] === 'true' }))
        .filter(({ name }) => name !== 'admin'),
  };
}

describe.each(['7.12.2', '7.20.8', '7.22.3'])('a login on RouterOS %s', (version) => {
  test('is made with a key of its own, proven over REST and SSH, used, and the former one removed; each step twice', async () => {
    const { lane, own, database, stored, users } = await setting({ version, withKey: true });
    const former = await stored();
    const before = await lane();
    const prepared = await before.prepareLogin({ ...own, oldUser: 'remove' });
    expect(await before.prepareLogin({ ...own, oldUser: 'remove' })).toEqual(prepared);
    for (let time = 0; time < 2; time++) await before.createLogin(own);
    expect(users()).toHaveLength(2);
    for (let time = 0; time < 2; time++) await before.proveLogin(own);
    await database.rotations.switch(own.rotationId);

    // A lane that still has the former login does nothing with it.
    await expect(before.proveLane(own)).rejects.toMatchObject({ code: 'LANE_LOST' });
    await expect(before.retireLogin({ ...own, fate: 'remove' })).rejects.toMatchObject({ code: 'LANE_LOST' });
    const after = await lane();
    await after.proveLane(own);
    for (let time = 0; time < 2; time++) await after.retireLogin({ ...own, fate: 'remove' });
    const now = await stored();
    expect(now).toMatchObject({ username: prepared.username, sshPrivateKey: expect.any(String) as string });
    expect(now.sshPrivateKey).not.toBe(former.sshPrivateKey);
    expect(users()).toEqual([{ name: prepared.username, disabled: false }]);
  });
});

test('a password is as long as the router wants, and of every category', async () => {
  const { fleet, lane, own, database, deviceId } = await setting();
  await fetch(`${fleet.controlUrl}/devices/lab-01/edit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      path: '/user/settings',
      set: { 'minimum-password-length': '48', 'minimum-categories': '4' },
    }),
  });
  const activities = await lane();
  await activities.prepareLogin({ ...own, oldUser: null });
  const rotation = await database.rotations.get(own.rotationId);
  const { password } = JSON.parse(open(keyring, rotation?.sealed ?? '', deviceId)) as { password: string };
  expect(password).toHaveLength(48);
  await activities.createLogin(own);
  await activities.proveLogin(own);
  for (let time = 0; time < 500; time++) expect(newPassword(32)).toMatch(/^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[\w.-]{32}$/);
});

test('a reply that is lost is settled by doing it again, which makes no second user', async () => {
  const { fleet, lane, own, users } = await setting();
  const activities = await lane();
  await activities.prepareLogin({ ...own, oldUser: null });
  await fleet.routers[0]!.setFaults([{ kind: 'drop_reply', match: { method: 'PUT', path: '/user' }, count: 1 }]);
  await activities.createLogin(own);
  expect(users()).toHaveLength(2);
  for (let time = 0; time < 2; time++) await activities.removeLogin(own);
  expect(users()).toHaveLength(1);
});

test('a user of that name which somebody else made is left alone', async () => {
  const { fleet, lane, own, users } = await setting();
  const activities = await lane();
  const { username } = await activities.prepareLogin({ ...own, oldUser: null });
  fleet.routers[0]!.router.insert('/user', { name: username, group: '*3', comment: 'mine' });
  await expect(activities.createLogin(own)).rejects.toMatchObject({ code: 'DEVICE_ENTRY_EXISTS' });
  await activities.removeLogin(own);
  expect(users().map(({ name }) => name)).toContain(username);
});

test('what an earlier rotation left on the router is removed by the next one', async () => {
  const { lane, own, users, deviceId, database } = await setting();
  const activities = await lane();
  await activities.prepareLogin({ ...own, oldUser: null });
  await activities.createLogin(own);
  expect(users()).toHaveLength(2);
  await activities.clearLeftLogins({ rotationId: `rot_${ulid()}`, deviceId });
  expect(users()).toHaveLength(1);
  expect(await database.rotations.get(own.rotationId)).toMatchObject({ state: 'taken_back', sealed: null });
});

test('is refused before anything is written where it could not be done', async () => {
  const { fleet, lane, own, users, stored } = await setting();
  const { router } = fleet.routers[0]!;
  const { username } = await stored();
  const account = router.items('/user').find(({ values }) => values['name'] === username)!;
  const activities = await lane();
  const group = router.insert('/user/group', { name: 'limited', policy: 'read,write,rest-api,api,!policy' });
  const full = account.values['group'] ?? '';
  account.values['group'] = group.id;
  await expect(activities.prepareLogin({ ...own, oldUser: null })).rejects.toMatchObject({
    code: 'DEVICE_PERMISSION_DENIED',
    details: { lacking: ['policy'] },
  });
  account.values['group'] = full;
  expect(users()).toHaveLength(1);
});
